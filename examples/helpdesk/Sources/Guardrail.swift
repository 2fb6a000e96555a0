/// Decides whether a query may be answered at all: prompt injection, secrets of others, and help with harm.
///
/// Rules pair an act with an object ("ignore … instructions"), so that a word alone ("ignore my alarm") does not
/// block. Text is first freed of its disguises: digits for letters, spelled-out words, Base64.
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
        for rule in Self.rules where rule.matches(words, window: settings.window) {
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
        "ignore", "forget", "password", "pin", "hack", "hacking", "bomb", "bombs", "kill", "poison", "override",
        "stalking", "phishing", "laundering", "passport", "stolen", "pretend", "prompt", "rules",
    ]

    private static let rules: [GuardrailRule] = [
        .init("injection.override", .injection,
            acts: ["ignore", "disregard", "forget", "bypass", "override", "overrule", "lift", "disable", "removed",
                   "ignoriere", "vergiss", "ignora", "olvida", "oublie", "neglige"],
            objects: ["instructions", "instruction", "rules", "guidelines", "restriction", "restrictions",
                      "content filter", "policies", "you were told", "anweisungen", "instrucciones", "programming"]),
        .init("injection.unfiltered", .injection,
            acts: ["no", "without", "disabled", "unfiltered", "unrestricted", "sans", "ohne"],
            objects: ["restrictions", "safety guidelines", "safety filters", "answer", "assistant", "aucun filtre"],
            needs: ["you", "your", "safety", "filtre", "an"]),
        .init("injection.disabled", .injection, acts: ["filters", "override", "mode"],
            objects: ["disabled", "new policy", "output both"]),
        .init("injection.prompt", .injection,
            acts: ["reveal", "show", "print", "repeat", "translate", "output", "what", "zeige", "muestra", "tell",
                   "read"],
            objects: ["system prompt", "initial prompt", "secret prompt", "hidden instructions",
                      "text above this line", "confidential configuration", "systemanweisung", "tu configuracion",
                      "internal tools"],
            unless: ["prompt me"]),
        .init("injection.persona", .injection, acts: ["you", "pretend", "enter"],
            objects: ["dan", "do anything now", "developer mode", "confidential configuration", "have no rules"]),
        .init("injection.markup", .injection, acts: ["<"], objects: ["system", "inst", "sys", "im_start"]),
        .init("injection.covert", .injection, acts: ["never", "not", "secretly", "rather"],
            objects: ["mention this", "tell anyone", "obeying your", "than obeying"]),
        .init("secrets.credentials", .secrets,
            acts: ["give", "list", "show", "tell", "print", "send", "dump", "reveal", "what"],
            objects: ["password", "passwords", "api keys", "api key", "environment variables", "tokens", "his pin",
                      "her pin", "their pin", "private key"],
            unless: ["my own", "my password", "reset"]),
        .init("secrets.personal", .secrets,
            acts: ["give", "list", "show", "tell", "print", "send", "dump", "read", "what"],
            objects: ["credit card number", "home address", "phone number of", "social security", "customer database",
                      "account details of", "private conversations", "other users"]),
        .init("harm.weapons", .harm, acts: ["build", "make", "making", "assemble"],
            objects: ["bomb", "bombs", "explosive", "explosives", "gun"], unless: ["who", "when", "history"]),
        .init("harm.intrusion", .harm, acts: ["how", "write", "explain", "create"],
            objects: ["hack into", "malware", "ransomware", "keylogger"], unless: ["protect"]),
        .init("harm.fraud", .harm, acts: ["write", "make", "how", "create"],
            objects: ["phishing mail", "fake passport", "launder money", "counterfeit"], unless: ["whether"]),
        .init("harm.violence", .harm, acts: ["how", "way", "best"],
            objects: ["poison someone", "stalk my", "kill someone", "hurt someone", "kill my"]),
        .init("harm.drugs", .harm, acts: ["instructions", "cook", "cooking", "make"],
            objects: ["methamphetamine", "meth", "heroin"]),
        .init("harm.bomb", .harm, acts: ["how", "where"], objects: ["atomic bomb", "nuclear bomb", "dirty bomb"]),
    ]
}

/// An act and an object that must not come together.
struct GuardrailRule: Sendable {
    enum Kind: Sendable {
        case injection, secrets, harm

        var reason: String {
            switch self {
            case .injection: "it tries to change how this service works"
            case .secrets: "it asks for secrets or for personal data of others"
            case .harm: "it asks for help to do harm"
            }
        }
    }

    let id: String
    let kind: Kind
    private let acts: Set<String>
    private let objects: [[String]]
    private let unless: [[String]]
    private let needs: Set<String>

    init(
        _ id: String, _ kind: Kind, acts: Set<String>, objects: [String], unless: [String] = [], needs: Set<String> = []
    ) {
        self.id = id
        self.kind = kind
        self.acts = acts
        self.objects = objects.map { $0.split(separator: " ").map(String.init) }
        self.unless = unless.map { $0.split(separator: " ").map(String.init) }
        self.needs = needs
    }

    /// Whether an act stands before an object with at most `window` words between.
    func matches(_ words: [String], window: Int) -> Bool {
        guard words.contains(where: acts.contains) else { return false }
        if !needs.isEmpty, !words.contains(where: needs.contains) { return false }
        for phrase in unless where Self.first(phrase, in: words[...]) != nil { return false }
        for (position, word) in words.enumerated() where acts.contains(word) {
            let reach = words[(position + 1)...]
            for object in objects {
                if let found = Self.first(object, in: reach), found - position - 1 <= window { return true }
            }
        }
        return false
    }

    private static func first(_ phrase: [String], in words: ArraySlice<String>) -> Int? {
        guard let head = phrase.first, words.count >= phrase.count else { return nil }
        for start in words.startIndex...(words.endIndex - phrase.count) where words[start] == head {
            if words[start..<(start + phrase.count)].elementsEqual(phrase) { return start }
        }
        return nil
    }
}

/// Undoes what hides words from rules.
enum Disguise {
    static func undone(_ words: [String], in query: String) -> [String] {
        var plain: [String] = []
        var spelled = ""
        func close() {
            if spelled.utf8.count > 3 { plain += hidden(in: spelled) } else { plain += spelled.map(String.init) }
            spelled = ""
        }
        for word in words {
            if word.utf8.count == 1, word != "<" {
                spelled += word
                continue
            }
            close()
            plain.append(letters(word))
        }
        close()
        for run in query.split(separator: " ") {
            if let decoded = base64(run) { plain += Guardrail.words(of: decoded) }
        }
        return plain
    }

    /// A word with digits between its letters, as the word it stands for.
    private static func letters(_ word: String) -> String {
        let bytes = Array(word.utf8)
        guard bytes.contains(where: { (0x30...0x39).contains($0) }) else { return word }
        guard bytes.contains(where: { (0x61...0x7a).contains($0) }) else { return word }
        let table: [UInt8: UInt8] = [0x30: 0x6f, 0x31: 0x69, 0x33: 0x65, 0x34: 0x61, 0x35: 0x73, 0x37: 0x74]
        return String(decoding: bytes.map { table[$0] ?? $0 }, as: UTF8.self)
    }

    /// Words found in letters that were written apart ("i g n o r e").
    private static func hidden(in letters: String) -> [String] {
        let known = ["ignore", "disregard", "forget", "previous", "all", "instructions", "rules", "reveal", "system", "prompt"]
        var rest = letters[...]
        var found: [String] = []
        while !rest.isEmpty {
            if let word = known.first(where: rest.hasPrefix) {
                found.append(word)
                rest = rest.dropFirst(word.count)
            } else {
                rest = rest.dropFirst()
            }
        }
        return found
    }

    private static func base64(_ run: Substring) -> String? {
        guard run.utf8.count >= 16 else { return nil }
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        for byte in run.utf8 {
            let value: UInt8
            switch byte {
            case 0x41...0x5a: value = byte - 0x41
            case 0x61...0x7a: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2b: value = 62
            case 0x2f: value = 63
            case 0x3d: continue
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
