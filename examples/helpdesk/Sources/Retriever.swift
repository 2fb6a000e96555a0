import Glibc

/// A passage that was found, with its score.
struct Hit: Sendable {
    let document: Int
    let score: Double
    /// The words of it that were found, where not all were.
    var tokens: Range<Int>?
    /// Its place among all that were found, where parts of one share it.
    var rank: Int?
}

/// BM25 over passages.
///
/// S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, FnTIR 3 (2009);
/// idf is ln(1 + (N − n + ½)/(n + ½)), which is never negative.
struct Retriever: Sendable {
    let settings: RetrievalSettings
    private let postings: [String: [Posting]]
    private let inverseFrequencies: [String: Double]
    private let lengths: [Double]
    private let meanLength: Double
    let documents: Int

    private struct Posting: Sendable {
        let document: Int
        let count: Double
    }

    init(_ passages: [Passage], settings: RetrievalSettings) {
        let imported = passages.prefix(settings.importedDocuments ?? passages.count)
        self.init(
            texts: imported.map { Array($0.tokens.prefix(settings.indexedTokens ?? $0.tokens.count)) },
            settings: settings)
    }

    /// - Parameter texts: The words of each document, as they are to be indexed.
    init(texts: [[Token]], settings: RetrievalSettings) {
        self.settings = settings
        documents = texts.count
        var postings: [String: [Posting]] = [:]
        var lengths: [Double] = []
        for (document, tokens) in texts.enumerated() {
            var counts: [String: Double] = [:]
            var length = 0.0
            for token in tokens {
                guard let term = Self.term(token, settings) else { continue }
                counts[term, default: 0] += 1
                length += 1
            }
            for (term, count) in counts {
                postings[term, default: []].append(Posting(document: document, count: count))
            }
            lengths.append(length)
        }
        self.lengths = lengths
        self.postings = postings
        meanLength = lengths.reduce(0, +) / Double(max(1, lengths.count))
        let count = Double(documents)
        inverseFrequencies = postings.mapValues { found in
            let n = Double(found.count)
            return log(1 + (count - n + 0.5) / (n + 0.5))
        }
    }

    /// The passages that match best, best first; terms of `context` weigh `contextWeight` of the query's own.
    ///
    /// Passages of equal score stand in the order of the index, or in one that `shuffle` chooses.
    ///
    /// - Parameter topK: How many at most; nil: as the release has it.
    func search(
        _ query: [Token], context: [Token], contextWeight: Double = 0.4, topK: Int? = nil,
        tieBreak: (Int) -> UInt64
    ) -> [Hit] {
        var scores = [Double](repeating: 0, count: documents)
        var seen: Set<String> = []
        for (tokens, weight) in [(query, 1.0), (context, contextWeight)] {
            for token in tokens {
                guard let term = Self.term(token, settings), seen.insert(term).inserted else { continue }
                guard let found = postings[term], let idf = inverseFrequencies[term] else { continue }
                for posting in found {
                    let relative = 1 - settings.b + settings.b * lengths[posting.document] / meanLength
                    let saturated =
                        posting.count * (settings.k1 + 1) / (posting.count + settings.k1 * relative)
                    scores[posting.document] += weight * idf * saturated
                }
            }
        }
        let found = scores.indices.filter { scores[$0] > 0 }
        let ordered = found.sorted { left, right in
            if abs(scores[left] - scores[right]) > 1e-9 { return scores[left] > scores[right] }
            return (tieBreak(left), left) < (tieBreak(right), right)
        }
        return ordered.prefix(topK ?? settings.topK).map { Hit(document: $0, score: scores[$0]) }
    }

    /// How rare a word is in the index: its idf, the highest of all for a word that the index does not hold.
    func weight(of token: Token) -> Double {
        guard let term = Self.term(token, settings) else { return 0 }
        return inverseFrequencies[term] ?? log(1 + (Double(documents) + 0.5) / 0.5)
    }

    private static func term(_ token: Token, _ settings: RetrievalSettings) -> String? {
        if settings.dropsStopwords, token.isStopword { return nil }
        return settings.stems ? Stemmer.stem(token.word) : token.word
    }
}
