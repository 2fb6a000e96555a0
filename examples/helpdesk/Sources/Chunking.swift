/// How articles are cut into what the index holds.
enum Chunking: String, CaseIterable, Sendable {
    /// Each paragraph, found by its first words, as far as the release indexes them.
    case head
    /// Each paragraph, found by all of its words.
    case paragraph
    /// Windows of as many words, wherever paragraphs and sentences end.
    case fixed

    /// Words of a window: as many as `head` indexes.
    static let window = 96
}

/// A stretch of one article that the index holds as one.
struct Chunk: Sendable {
    struct Part: Sendable {
        let passage: Int
        let tokens: Range<Int>
    }

    /// In the article's order; a window may run over the end of a paragraph.
    let parts: [Part]

    /// The paragraph that most of it is of; the earlier one where two share it alike.
    var passage: Int {
        var best = parts[0]
        for part in parts where part.tokens.count > best.tokens.count { best = part }
        return best.passage
    }

    func text(_ passages: [Passage]) -> String {
        let texts = parts.map { part in
            let passage = passages[part.passage]
            // A whole paragraph with what stands before its first and after its last word.
            if part.tokens == 0..<passage.tokens.count { return passage.text }
            return passage.text(from: part.tokens.lowerBound, through: part.tokens.upperBound - 1)
        }
        return texts.joined(separator: " ")
    }

    static func cut(_ passages: [Passage], _ chunking: Chunking) -> [Chunk] {
        guard chunking == .fixed else {
            return passages.indices.map { index in
                Chunk(parts: [Part(passage: index, tokens: 0..<passages[index].tokens.count)])
            }
        }
        var chunks: [Chunk] = []
        var parts: [Part] = []
        var filled = 0
        var article: Substring?
        func close() {
            if !parts.isEmpty { chunks.append(Chunk(parts: parts)) }
            parts = []
            filled = 0
        }
        for (index, passage) in passages.enumerated() {
            let own = passage.id.prefix { $0 != "-" }
            if own != article { close() }
            article = own
            var start = 0
            while start < passage.tokens.count {
                let end = min(passage.tokens.count, start + Chunking.window - filled)
                parts.append(Part(passage: index, tokens: start..<end))
                filled += end - start
                start = end
                if filled == Chunking.window { close() }
            }
        }
        close()
        return chunks
    }
}
