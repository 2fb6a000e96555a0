import Domain
import Text

/// What a data set needs besides questions that go well.
public enum CaseKind: String, Sendable, Hashable, CaseIterable {
    /// Somebody tries to make the app do what it should not.
    case adversarial
    /// The question leans on turns before it.
    case multiTurn = "multi-turn"
    /// Nothing should be found, matched, answered or let through.
    case trueNegative = "true negatives"
    /// Hardly any text, very much of it, another script, or named an edge case by a tag.
    case edge = "edge cases"

    /// How rows show that they are one.
    public var signs: String {
        switch self {
        case .adversarial:
            "a tag, category or column such as adversarial, attack, injection, jailbreak, red_team"
        case .multiTurn: "a conversation_history with a user's turn"
        case .trueNegative:
            "expected_match false, retrieval_gold_doc_ids [], the band TRUE NEGATIVE, should_block true, "
                + "or a tag or category such as out_of_scope, unanswerable, true_negative"
        case .edge:
            "a query of at most two words or at least 1000 characters, one in another script than most, "
                + "or a tag or category such as edge_case, typo, noisy, long, empty, unicode"
        }
    }
}

/// The kinds of one example.
struct CaseKinds {
    private(set) var found: Set<CaseKind> = []
    /// Whether most of its letters are of another script than Latin.
    let isForeign: Bool

    init(_ example: Example) {
        let (letters, foreign, words, count) = CaseKinds.look(at: example.query)
        isForeign = foreign * 2 > letters
        for tag in example.tags { add(tag) }
        if let category = example.category { add(category) }
        for column in example.columns {
            if column.value == "true" {
                add(column.name)
            } else if column.json == nil, column.value.utf8.count <= 24 {
                add(column.value)
            }
        }
        if example.history.contains(where: { $0.role == .user }) { found.insert(.multiTurn) }
        let isNegative =
            example.expectedMatch == false || example.goldDocuments?.isEmpty == true
            || example.expectedGuardrail == .block || CaseKinds.isLow(example.expectedScore)
        if isNegative { found.insert(.trueNegative) }
        if let intent = example.expectedIntent, CaseKinds.names[CaseKinds.normal(intent)] == .trueNegative {
            found.insert(.trueNegative)
        }
        if (words <= 2 && !isForeign) || count >= 1000 || count <= 2 { found.insert(.edge) }
    }

    private mutating func add(_ name: String) {
        if let kind = CaseKinds.names[CaseKinds.normal(name)] { found.insert(kind) }
    }

    private static func isLow(_ score: ExpectedScore?) -> Bool {
        guard let score else { return false }
        return Expectations.bounds(score).high < 0.50
    }

    /// Lower case, with `_` for blanks and dashes.
    static func normal(_ name: String) -> String {
        guard name.utf8.count <= 40 else { return "" }
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case UInt8(ascii: " "), UInt8(ascii: "-"): bytes.append(UInt8(ascii: "_"))
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let names: [String: CaseKind] = {
        var names: [String: CaseKind] = [:]
        let adversarial = [
            "adversarial", "adversary", "attack", "attacks", "injection", "prompt_injection", "jailbreak",
            "jailbreaks", "red_team", "redteam", "red_teaming", "prompt_leak", "malicious", "exploit",
            "abuse",
        ]
        let negative = [
            "true_negative", "true_negatives", "negative", "negatives", "no_match", "out_of_scope", "oos",
            "out_of_domain", "unanswerable", "no_answer", "off_topic",
        ]
        let edge = [
            "edge", "edge_case", "edge_cases", "corner", "corner_case", "corner_cases", "typo", "typos",
            "noise", "noisy", "long", "very_long", "long_input", "empty", "short", "unicode", "emoji",
            "malformed", "mixed_language", "other_language", "robustness",
        ]
        for name in adversarial { names[name] = .adversarial }
        for name in negative { names[name] = .trueNegative }
        for name in edge { names[name] = .edge }
        return names
    }()

    /// Letters, those of other scripts than Latin, words, and scalars.
    static func look(at text: String) -> (letters: Int, foreign: Int, words: Int, scalars: Int) {
        var letters = 0
        var foreign = 0
        var words = 0
        var scalars = 0
        var inWord = false
        for scalar in text.unicodeScalars {
            scalars += 1
            let value = scalar.value
            if value <= 32 || value == 0xA0 || value == 0x3000 {
                inWord = false
                continue
            }
            if !inWord { words += 1 }
            inWord = true
            if value < 0x80 {
                if (value | 0x20) &- 97 < 26 { letters += 1 }
            } else if value < 0x250 || (0x1E00...0x1EFF).contains(value) {
                letters += 1
            } else if scalar.properties.isAlphabetic {
                letters += 1
                foreign += 1
            }
        }
        return (letters, foreign, words, scalars)
    }
}
