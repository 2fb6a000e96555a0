/// A paragraph that answers may come from.
struct Passage: Sendable {
    let id: String
    let text: String
    let tokens: [Token]

    init(id: String, text: String) {
        self.id = id
        self.text = text
        tokens = Tokeniser.tokens(of: text)
    }

    /// The text from the first byte of one token to the last byte of another.
    func text(from first: Int, through last: Int) -> String {
        Tokeniser.text(Array(text.utf8), tokens[first].start, tokens[last].end)
    }
}
