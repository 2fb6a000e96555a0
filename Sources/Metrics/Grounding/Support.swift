import Domain
import Text

/// A text cut into sentences that say something, with the words that are looked for in them.
struct Statement: Sendable {
    let text: String
    /// Each word once.
    let words: Set<UInt64>

    init(_ text: String) {
        self.text = text
        words = Set(wordKeys(text))
    }

    /// The sentences of a text that have a word.
    static func all(_ text: String) -> [Statement] {
        sentences(text).map { Statement($0) }.filter { !$0.words.isEmpty }
    }

    /// The share of its words that stand in others.
    func share(in others: Set<UInt64>) -> Double {
        var found = 0
        for word in words where others.contains(word) { found += 1 }
        return words.isEmpty ? 0 : Double(found) / Double(words.count)
    }
}

/// What was retrieved, as statements are looked for in it.
struct Chunk: Sendable {
    let statements: [Statement]
    let words: Set<UInt64>
    let numbers: Set<String>

    init(_ text: String) {
        statements = Statement.all(text)
        words = statements.reduce(into: []) { $0.formUnion($1.words) }
        numbers = Set(NamesAndNumbers(text).numbers)
    }

    /// Several as one.
    init(joining chunks: [Chunk]) {
        statements = chunks.flatMap(\.statements)
        words = chunks.reduce(into: []) { $0.formUnion($1.words) }
        numbers = chunks.reduce(into: []) { $0.formUnion($1.numbers) }
    }

    /// The texts of documents as chunks.
    ///
    /// - Throws: the measurement, where the app shows no documents, or one without its text, or found nothing.
    static func all(of input: borrowing MeasureInput) throws(Unshown) -> [Chunk] {
        guard let documents = input.answer?.documents else {
            throw Unshown(input.notShown("documents"))
        }
        if documents.isEmpty { throw Unshown(.notApplicable("nothing was retrieved")) }
        var chunks: [Chunk] = []
        for document in documents {
            guard let text = document.text else {
                throw Unshown(input.notShown("documents", "text of its documents"))
            }
            chunks.append(Chunk(text))
        }
        return chunks
    }

    /// Why there is nothing to look in.
    struct Unshown: Error {
        let measurement: Measurement

        init(_ measurement: Measurement) { self.measurement = measurement }
    }
}

/// How well chunks support a statement.
///
/// The best of all chunks: by words, the share of the statement's words that stand in the chunk; by meaning, the
/// cosine to the nearest of the chunk's sentences, nothing below 0; the greater of the two. It is multiplied by the
/// share of the statement's names and numbers that stand in the chunks or in the question, since what is made up is
/// mostly these, and neither words nor meaning weigh them.
struct Support: Sendable {
    /// What support is looked for by.
    enum Basis: String, CaseIterable, Sendable { case words, meaning, either }

    let basis: Basis
    /// The question's words and numbers: what the user said, the answer may say.
    private let askedWords: Set<UInt64>
    private let askedNumbers: Set<String>

    init(_ basis: Basis, _ example: Example) {
        self.basis = basis
        let asked = ([example.query] + example.history.map(\.content)).joined(separator: "\n")
        askedWords = Set(wordKeys(asked))
        askedNumbers = Set(NamesAndNumbers(asked).numbers)
    }

    /// From 0 to 1.
    func of(
        _ statement: Statement, in chunks: [Chunk], _ models: ModelAnswers
    ) throws(ModelGap) -> Double {
        var best = basis == .meaning ? 0 : byWords(statement, chunks)
        if basis != .words, best < 1 {
            for chunk in chunks {
                for sentence in chunk.statements {
                    best = max(best, try Meaning.cosine(statement.text, sentence.text, models))
                }
            }
        }
        return best * shareOfFacts(statement, chunks)
    }

    /// The texts whose vectors tell the support by meaning; none where words alone tell that it is whole.
    func texts(_ statements: [Statement], _ chunks: [Chunk]) -> [String] {
        if basis == .words || chunks.isEmpty { return [] }
        var open = statements
        if basis == .either { open = statements.filter { byWords($0, chunks) < 1 } }
        if open.isEmpty { return [] }
        return open.map(\.text) + chunks.flatMap { $0.statements.map(\.text) }
    }

    private func byWords(_ statement: Statement, _ chunks: [Chunk]) -> Double {
        chunks.map { statement.share(in: $0.words) }.max() ?? 0
    }

    /// 1 where the statement has neither name nor number.
    private func shareOfFacts(_ statement: Statement, _ chunks: [Chunk]) -> Double {
        let facts = NamesAndNumbers(statement.text)
        let count = facts.names.count + facts.numbers.count
        if count == 0 { return 1 }
        var found = 0
        for name in facts.names {
            let keys = wordKeys(name)
            if keys.allSatisfy({ key in askedWords.contains(key) || chunks.contains { $0.words.contains(key) }
            }) {
                found += 1
            }
        }
        for number in facts.numbers
        where askedNumbers.contains(number) || chunks.contains(where: { $0.numbers.contains(number) }) {
            found += 1
        }
        return Double(found) / Double(count)
    }
}
