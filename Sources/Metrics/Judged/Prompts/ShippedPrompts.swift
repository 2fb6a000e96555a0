import Domain
import Notation

/// A prompt as it ships: its text, the form of its verdict and its holes.
struct ShippedPrompt: Sendable {
    let name: String
    let schema: JSONValue
    let fields: [String]
    let text: String
}

extension JudgePrompts {
    /// One line a prompt; the order is of no account.
    static let shippedTexts: [ShippedPrompt] = [
        .claims, .support, .relevance, .correctness, .contextPrecision, .rubric, .preference, .refusal,
        .toxicity, .tone, .taskSuccess, .knowledgeRetention, .roleAdherence, .completenessWishes,
        .completeness,
    ]

    static let shippedByName: [String: JudgePrompt] = {
        var byName: [String: JudgePrompt] = [:]
        for shipped in shippedTexts {
            // A shipped text that is no prompt is found by the tests, never by a user.
            byName[shipped.name] = try? JudgePrompt(
                name: shipped.name, text: shipped.text, schema: shipped.schema, fields: shipped.fields)
        }
        return byName
    }()
}
