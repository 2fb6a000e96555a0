import Statistics

/// How large something is in either arm, over the same requests: the mean, percentiles and the whole distribution.
public struct NumberChange: Sendable {
    public struct Percentile: Sendable {
        /// In `(0, 1)`.
        public let level: Double
        public let production: Reading
        public let candidate: Reading
        public let difference: Reading

        /// `p95`.
        public var name: String { "p\(Int((level * 100).rounded()))" }
    }

    public let name: String
    /// As metrics name their units: `milliseconds`, `tokens`, `characters`, `currency`, `ratio`, `count`.
    public let unit: String
    public let summary: String
    public let pairs: Int
    public let keys: Int
    public let production: Reading
    public let candidate: Reading
    public let difference: Reading
    public let relative: Reading?
    /// Production's second answer, where there is one, of a time: it carries the mirrored share, as the candidate does.
    public let control: Reading?
    /// Whether the arms' numbers are of unequal load, so that their difference is no claim.
    public let isIncomparable: Bool
    /// Whether any pair differs; where none does, there is no question to put.
    let isMoved: Bool
    /// Of the mean paired difference over keys.
    public let meanTest: TestResult?
    /// Of the whole distribution.
    public let curveTest: TestResult?
    public let percentiles: [Percentile]
    /// Ascending, one more than there are counts; empty where there is nothing to draw.
    public let edges: [Double]
    public let productionCounts: [Int]
    public let candidateCounts: [Int]
    public internal(set) var adjustedMean: Double?
    public internal(set) var adjustedCurve: Double?

    static let levels = [0.5, 0.9, 0.95, 0.99]

    init?(
        _ name: String, unit: String, _ summary: String, _ values: KeyedValues, confidence: Double,
        seed: UInt64, control: KeyedValues = KeyedValues(), isIncomparable: Bool = false
    ) {
        guard values.count > 0 else { return nil }
        let means = values.means
        self.name = name
        self.unit = unit
        self.summary = summary
        pairs = values.count
        keys = means.count
        production = Self.mean(means.production, confidence)
        candidate = Self.mean(means.candidate, confidence)
        let differences = means.differences
        difference = Reading(
            candidate.value - production.value, n: means.count, method: "mean paired difference over keys"
        ) { () throws(EstimateError) in
            try keyedInterval(differences, range: nil, confidence: confidence)
        }
        relative = relativeChange(
            means.production, means.candidate, range: nil, confidence: confidence, seed: seed)
        self.isIncomparable = isIncomparable
        isMoved = zip(values.production, values.candidate).contains { $0 != $1 }
        self.control = control.count > 0 ? Self.mean(control.means.production, confidence) : nil
        let isTested = isMoved && !isIncomparable
        meanTest = !isTested ? nil : try? pairedMeanTest(differences, alternative: .twoSided, seed: seed)
        curveTest =
            !isTested
            ? nil
            : try? pairedKolmogorovSmirnov(
                baseline: values.production, candidate: values.candidate, units: values.keys.map(Int.init),
                resamples: values.count > 10_000 ? 5_000 : 10_000, seed: seed)
        percentiles = Self.percentiles(values, means, confidence, seed)
        if let edges = try? histogramEdges(spanning: values.production + values.candidate, bins: 24),
            let before = try? histogram(values.production, edges: edges),
            let after = try? histogram(values.candidate, edges: edges)
        {
            self.edges = edges
            productionCounts = before.counts
            candidateCounts = after.counts
        } else {
            edges = []
            productionCounts = []
            candidateCounts = []
        }
    }

    private static func mean(_ values: [Double], _ confidence: Double) -> Reading {
        let value = (try? moments(values).mean) ?? .nan
        return Reading(value, n: values.count, method: "mean over keys") { () throws(EstimateError) in
            try keyedInterval(values, range: nil, confidence: confidence)
        }
    }

    /// Percentiles over requests; where a key has several, keys are what is drawn again.
    private static func percentiles(
        _ values: KeyedValues, _ means: KeyedValues.Means, _ confidence: Double, _ seed: UInt64
    ) -> [Percentile] {
        guard let before = try? SortedSample(values.production),
            let after = try? SortedSample(values.candidate)
        else { return [] }
        var places: [Int32: Int] = [:]
        for (place, key) in means.keys.enumerated() { places[key] = place }
        let place = values.keys.map { places[$0] ?? 0 }
        let resamples = values.count > 5_000 ? 400 : 1_000
        let levels = Self.levels
        var weights = [Int32](repeating: 1, count: values.count)
        let drawn = try? bootstraps(
            count: means.count, outputs: 3 * levels.count, resamples: resamples, seed: seed,
            name: "keys drawn again"
        ) { drawn, results in
            for pair in place.indices { weights[pair] = drawn[place[pair]] }
            for (index, level) in levels.enumerated() {
                let old = before.quantile(at: level, weights: weights.span)
                let new = after.quantile(at: level, weights: weights.span)
                results[3 * index] = old
                results[3 * index + 1] = new
                results[3 * index + 2] = new - old
            }
        }
        var found: [Percentile] = []
        for (index, level) in levels.enumerated() {
            guard let old = try? quantile(ofSorted: before.values, at: level),
                let new = try? quantile(ofSorted: after.values, at: level)
            else { continue }
            func reading(_ value: Double, _ output: Int, sorted: [Double]?) -> Reading {
                Reading(value, n: means.count, method: "quantile (R-7) of requests") {
                    () throws(EstimateError) in
                    if means.isSingle, let sorted {
                        return try quantileInterval(ofSorted: sorted, at: level, confidence: confidence)
                    }
                    // Fewer draws than that hold no bound of so far a place, whatever the method.
                    let needed = try observationsNeeded(
                        forQuantile: max(level, 1 - level), confidence: (1 + confidence) / 2)
                    guard means.count >= needed else {
                        throw .tooFew(count: means.count, needed: needed, of: "keys")
                    }
                    guard let drawn else { throw .tooFew(count: means.count, needed: 2, of: "keys") }
                    return try drawn[3 * index + output].get().percentileInterval(confidence: confidence)
                }
            }
            found.append(
                Percentile(
                    level: level, production: reading(old, 0, sorted: before.values),
                    candidate: reading(new, 1, sorted: after.values),
                    difference: reading(new - old, 2, sorted: nil)))
        }
        return found
    }
}
