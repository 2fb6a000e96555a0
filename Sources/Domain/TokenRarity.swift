import Glibc

/// How rare a model's tokens are among some texts: the weights of BERTScore with `idf`.
///
/// The weight of a token that stands in n of N texts is `log((N + 1) / (n + 1))`: 0 for one that all have, and
/// `log(N + 1)` for one that none has.
///
/// T. Zhang et al., BERTScore, ICLR 2020, section 3, with the smoothing of the package bert-score.
public struct TokenRarity: Sendable, Hashable {
    /// Texts that were counted.
    public let texts: Int
    private let counts: [Int32: Int]

    /// - Parameter ids: The tokens of each text.
    public init(_ ids: [[Int32]]) {
        var counts: [Int32: Int] = [:]
        for text in ids {
            for id in Set(text) { counts[id, default: 0] += 1 }
        }
        texts = ids.count
        self.counts = counts
    }

    public func weight(_ id: Int32) -> Double {
        log(Double(texts + 1) / Double((counts[id] ?? 0) + 1))
    }
}
