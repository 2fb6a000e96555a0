/// Decides whether a query may be answered at all: prompt injection, secrets of others, and help with harm.
///
/// Rules pair an act with an object ("ignore … instructions"), so that a word alone ("ignore my alarm") does
/// not block. Text is first freed of its disguises: digits for letters, spelled-out words, Base64.
struct Guardrail: Sendable {
    enum Outcome: Sendable, Hashable {
        case allow
        /// Refused, with the rule that said so.
        case block(rule: String, reason: String)
    }

    let settings: GuardrailSettings

    func check(_ query: String) -> Outcome {
        var words = Self.words(of: query)
        if settings.blocksAlarmingWords, let word = words.first(where: Self.alarming.contains) {
            return .block(rule: "wordlist", reason: "the word '\(word)' is not allowed")
        }
        if settings.undoesDisguise { words = Disguise.undone(words, in: query) }
        for rule in GuardrailRule.all where rule.matches(words, window: settings.window) {
            return .block(rule: rule.id, reason: rule.kind.reason)
        }
        return .allow
    }

    /// Lower-cased runs of letters and digits, with the marks that chat templates use as words of their own.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        func close() {
            if !word.isEmpty { words.append(Tokeniser.folded(word[...])) }
            word = []
        }
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...0xff: word.append(byte)
            case 0x27: break
            case 0x3c, 0x5b:
                close()
                words.append("<")
            default: close()
            }
        }
        close()
        return words
    }

    private static let alarming: Set<String> = [
        "ignore", "forget", "password", "pin", "hack", "hacking", "bomb", "bombs", "kill", "poison",
        "override",
        "stalking", "phishing", "laundering", "passport", "stolen", "pretend", "prompt", "rules",
    ]
}
