import Domain
import Interchange
import Notation
import Rollout

/// Holds answers against what a plan calls valid. Reads what was kept of them, and never more.
public struct AnswerCheck: Sendable {
    private let rule: ValidationRule
    private let schema: JSONSchema?

    /// - Parameter schema: That of the rule, compiled.
    public init(_ rule: ValidationRule, schema: JSONSchema? = nil) {
        self.rule = rule
        self.schema = schema
    }

    private var wantsJSON: Bool { rule.json || schema != nil || !rule.required.isEmpty }

    /// Whether the answer is valid; nil where the rule does not speak of it, or too little of it is there.
    func verdict(of answer: RefinedAnswer, status: Int?, method: String, path: Substring) -> Bool? {
        guard let status, 200..<300 ~= status, status != 204, method != "HEAD", method != "OPTIONS",
            rule.paths.isEmpty || rule.paths.contains(where: { $0.matches(path) }),
            answer.isWhole, answer.encoding == nil
        else { return nil }
        let bytes = answer.streamText.map { Array($0.utf8) } ?? answer.body
        var value = answer.value
        if wantsJSON || rule.filled, value == nil { value = try? JSONValue.parse(bytes) }
        if wantsJSON {
            guard let value else { return false }
            if let schema {
                switch schema.verdict(of: value) {
                case .valid: break
                case .invalid: return false
                case .undecided: return nil
                }
            }
            for place in rule.required {
                guard let part = place.value(in: value), Self.holdsSomething(part) else { return false }
            }
        }
        return rule.filled ? Self.isFilled(value, bytes) : true
    }

    private static func isFilled(_ value: JSONValue?, _ bytes: [UInt8]) -> Bool {
        guard let value else { return bytes.contains { $0 > 0x20 } }
        var read = Answer(latencyMilliseconds: 0)
        guard ChatBody.read(value, into: &read) else { return holdsSomething(value) }
        return read.text.map { holdsSomething(.string($0)) } ?? false || !(read.tools ?? []).isEmpty
    }

    /// Neither null nor an empty text, list or object; blanks are nothing.
    private static func holdsSomething(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .string(let text): text.utf8.contains { $0 > 0x20 }
        case .array(let elements): !elements.isEmpty
        case .object(let object): object.count > 0
        case .bool, .integer, .number: true
        }
    }
}
