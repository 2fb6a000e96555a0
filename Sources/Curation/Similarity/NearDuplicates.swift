import Domain

/// Which of some new examples say what others say already, or nearly.
public struct NearDuplicates: Sendable {
    /// A new example and one that it resembles.
    public struct Pair: Sendable, Hashable {
        public let new: Int
        public let other: Int
        /// 1 where the inputs are the same, letter case, spacing and punctuation aside.
        public let similarity: Double
    }

    private var check: DuplicateCheck
    private var count = 0

    /// - Parameters:
    ///   - columns: Further columns that requests send.
    ///   - threshold: Least similarity that counts as nearly the same.
    public init(columns: [String] = [], threshold: Double = 0.8) {
        check = DuplicateCheck(columns: columns, threshold: threshold)
    }

    public mutating func note(_ example: Example) {
        check.note(example)
        count += 1
    }

    /// Pairs in which an example from number `first` on takes part, by that number.
    ///
    /// - Parameter examples: The same that were noted, in the same order.
    public func pairs(from first: Int, _ examples: any ExampleSource) throws(StoreError) -> [Pair] {
        let clusters = try check.clusters(examples)
        var pairs: [Pair] = []
        for number in first..<max(first, count) where Int(clusters.same[number]) != number {
            pairs.append(Pair(new: number, other: Int(clusters.same[number]), similarity: 1))
        }
        for link in clusters.links where max(link.left, link.right) >= first {
            pairs.append(
                Pair(
                    new: max(link.left, link.right), other: min(link.left, link.right),
                    similarity: link.similarity))
        }
        return pairs.sorted { ($0.new, $0.other) < ($1.new, $1.other) }
    }
}
