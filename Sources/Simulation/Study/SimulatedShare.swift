import Statistics

/// A share of replications, with its Wilson interval.
public struct SimulatedShare: Sendable, Hashable {
    public let count: Int
    public let replications: Int

    public init(count: Int, of replications: Int) {
        self.count = count
        self.replications = replications
    }

    init<Element>(_ elements: [Element], where holds: (Element) -> Bool) {
        self.init(count: elements.count(where: holds), of: elements.count)
    }

    public var value: Double { replications > 0 ? Double(count) / Double(replications) : 0 }

    /// Nil without replications.
    public func interval(confidence: Double = 0.95) -> Interval? {
        try? wilsonInterval(successes: count, trials: replications, confidence: confidence)
    }

    /// Whether more replications than chance allows did it, were the true share `limit`: the exact binomial test at
    /// level `alpha`.
    public func exceeds(_ limit: Double, alpha: Double = 0.001) -> Bool {
        guard
            let test = try? binomialTest(
                successes: count, trials: replications, probability: limit, alternative: .greater)
        else { return false }
        return test.pValue < alpha
    }
}

/// A quantile over replications of which some may have no value: those come after all others.
public struct SimulatedQuantile: Sendable, Hashable {
    /// Nil: so many have none that the quantile lies beyond every value.
    public let value: Double?
    /// Bounds by order statistics, 95 % two-sided; nil where they lie beyond every value or n is too small.
    public let lower: Double?
    public let upper: Double?
    public let n: Int

    init(_ values: [Double?], _ level: Double) {
        n = values.count
        let sorted = values.map { $0 ?? .infinity }.sorted()
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        let place = max(0, min(sorted.count - 1, Int((Double(sorted.count) * level).rounded(.up)) - 1))
        value = sorted.isEmpty ? nil : finite(sorted[place])
        lower = finite(try? quantileLowerBound(ofSorted: sorted, at: level, confidence: 0.975))
        upper = finite(try? quantileUpperBound(ofSorted: sorted, at: level, confidence: 0.975))
    }
}
