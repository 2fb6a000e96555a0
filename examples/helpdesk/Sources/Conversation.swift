/// One turn of a conversation.
struct Turn: Sendable {
    let isUser: Bool
    let text: String
}

/// A query with what was said before it, as far as the query leans on that.
struct Conversation: Sendable {
    let query: String
    let tokens: [Token]
    /// What the user and the app said before, where the query cannot be understood alone; else nil.
    let context: String?
    let contextTokens: [Token]
    /// The user's own words of the context.
    let askedBefore: String?

    init(_ query: String, history: [Turn]) {
        self.query = query
        tokens = Tokeniser.tokens(of: query)
        guard !history.isEmpty, Self.leans(tokens) else {
            context = nil
            contextTokens = []
            askedBefore = nil
            return
        }
        let recent = history.suffix(4)
        context = recent.map(\.text).joined(separator: " \n ")
        contextTokens = recent.flatMap { Tokeniser.tokens(of: $0.text) }
        askedBefore = history.last { $0.isUser }?.text
    }

    /// Whether a query points back: a pronoun, a word that continues, or hardly a word of its own.
    private static func leans(_ tokens: [Token]) -> Bool {
        if let first = tokens.first, ["and", "also", "then", "so", "but"].contains(first.word) {
            return true
        }
        if tokens.contains(where: { pointers.contains($0.word) }) { return true }
        return tokens.count { !$0.isStopword } <= 3
    }

    private static let pointers: Set<String> = [
        "he", "she", "it", "they", "him", "her", "his", "its", "their", "them", "that", "this", "those",
        "these",
        "there", "one", "here",
    ]
}
