/// What a question asks for, read off its words.
struct Question: Sendable {
    enum Kind: Int, CaseIterable, Sendable { case who, when, number, place, manner, thing, other }

    let tokens: [Token]
    let kind: Kind
    /// The noun after *which* or *what* ("what **company**"), as a token.
    let focus: Token?
    let build: Build
    /// The first and the last word after the question word that carry meaning.
    let firstContent: Token?
    let lastContent: Token?

    /// How a question is built: "who **won** …", "what **did** … win", "where **is** …".
    enum Build: Int, Sendable { case plain, auxiliary, being }

    init(_ text: String) { self.init(tokens: Tokeniser.tokens(of: text)) }

    init(tokens: [Token]) {
        self.tokens = tokens
        var kind = Kind.other
        var focus: Token?
        var build = Build.plain
        var rest = tokens[...]
        for (index, token) in tokens.enumerated() {
            let next = index + 1 < tokens.count ? tokens[index + 1] : nil
            guard let found = Self.kind(of: token.word, before: next?.word) else { continue }
            kind = found
            rest = tokens[(index + 1)...]
            build = rest.prefix(3).lazy.compactMap { Self.build(of: $0.word) }.first ?? .plain
            if ["what", "which", "many", "much"].contains(token.word) || kind == .number {
                focus = tokens[(index + 1)...].prefix(4).first {
                    !$0.isStopword && !Self.measures.contains($0.word)
                }
            }
            if kind == .thing, let focus {
                if Self.times.contains(focus.word) { kind = .when }
                if Self.places.contains(focus.word) { kind = .place }
                if Self.people.contains(focus.word) { kind = .who }
                if Self.amounts.contains(focus.word) { kind = .number }
            }
            break
        }
        self.kind = kind
        self.focus = focus
        self.build = build
        firstContent = rest.first { !$0.isStopword && $0.start != focus?.start }
        lastContent = tokens.last { !$0.isStopword }
    }

    private static func kind(of word: String, before next: String?) -> Kind? {
        switch word {
        case "who", "whom", "whose": .who
        case "when": .when
        case "where": .place
        case "why": .manner
        case "what", "which": .thing
        case "how": next.map(measures.contains) == true ? .number : .manner
        default: nil
        }
    }

    private static func build(of word: String) -> Build? {
        switch word {
        case "do", "does", "did": .auxiliary
        case "is", "are", "was", "were", "be", "been", "has", "have", "had", "can", "could", "will", "would":
            .being
        default: nil
        }
    }

    private static let measures: Set<String> = [
        "many", "much", "long", "old", "far", "large", "big", "tall", "high", "deep", "often", "fast", "wide",
    ]
    private static let times: Set<String> = [
        "year", "years", "date", "day", "month", "century", "decade", "time",
    ]
    private static let places: Set<String> = [
        "city", "country", "state", "place", "region", "location", "area", "river", "town", "county",
        "continent",
    ]
    private static let people: Set<String> = [
        "person", "man", "woman", "actor", "king", "president", "leader", "player", "scientist", "artist",
        "author", "general", "emperor", "architect", "writer",
    ]
    private static let amounts: Set<String> = [
        "percentage", "percent", "number", "amount", "portion", "population",
    ]
}
