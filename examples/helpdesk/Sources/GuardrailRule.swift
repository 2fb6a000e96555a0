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
        _ id: String, _ kind: Kind, acts: Set<String>, objects: [String], unless: [String] = [],
        needs: Set<String> = []
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
