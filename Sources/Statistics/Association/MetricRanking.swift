/// Whether an offline metric earns its place in the gate, and the pair that says so.
public struct MetricRanking: Sendable, Hashable {
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// It predicts an outcome.
        case earns
        /// It predicts none, and goes against one.
        case misleads
        /// Too few releases to know.
        case cannotTell = "cannot tell"
        /// Whatever it has to say of any outcome is too weak to be worth having.
        case doesNot = "does not"
    }

    public let metric: String
    public let standing: Standing
    /// Which of the study's pairs says most about it: the strongest of those that give it its standing.
    public let pair: Int

    /// All metrics: by standing, then the smaller adjusted p, then the larger correlation, then as given.
    static func ranked(_ pairs: [ReleasePair], metrics: [String]) -> [MetricRanking] {
        var rankings: [MetricRanking] = []
        let size = pairs.count / max(1, metrics.count)
        for (index, metric) in metrics.enumerated() {
            let own = (index * size)..<((index + 1) * size)
            let standing = standing(pairs[own].map(\.finding))
            let telling = own.filter { speaks(pairs[$0].finding, for: standing) }
            let strongest = telling.min { isStronger(pairs[$0], pairs[$1]) } ?? own.lowerBound
            rankings.append(MetricRanking(metric: metric, standing: standing, pair: strongest))
        }
        let order = Standing.allCases
        return rankings.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.standing != other.standing {
                return order.firstIndex(of: one.standing) ?? 0 < order.firstIndex(of: other.standing) ?? 0
            }
            if isStronger(pairs[one.pair], pairs[other.pair]) { return true }
            if isStronger(pairs[other.pair], pairs[one.pair]) { return false }
            return left.offset < right.offset
        }.map(\.element)
    }

    private static func standing(_ findings: [ReleasePair.Finding]) -> Standing {
        if findings.contains(.predicts) { return .earns }
        if findings.contains(.opposes) { return .misleads }
        return findings.allSatisfy { $0 == .tooWeak } ? .doesNot : .cannotTell
    }

    private static func speaks(_ finding: ReleasePair.Finding, for standing: Standing) -> Bool {
        switch (standing, finding) {
        case (.earns, .predicts), (.misleads, .opposes), (.doesNot, .tooWeak): true
        case (.cannotTell, .cannotTell), (.cannotTell, .sharesTrend): true
        default: false
        }
    }

    private static func isStronger(_ one: ReleasePair, _ other: ReleasePair) -> Bool {
        let (first, second) = (one.adjusted ?? 2, other.adjusted ?? 2)
        if first != second { return first < second }
        let left = abs(one.measured?.spearman.value ?? 0)
        return left > abs(other.measured?.spearman.value ?? 0)
    }
}
