import Glibc

/// Several kinds of harm watched together: one alarm, with one α over all of them.
///
/// Alarms when Σ wᵢEᵢ ≥ 1/α. The weighted mean of e-processes is one itself, whatever the dependence between
/// the metrics, and is never worse than Bonferroni: where one metric alone has Eᵢ ≥ 1/(wᵢα), the sum is there
/// too.
///
/// The state is the metrics' counts: monitors of many gateways merge exactly, in any order. `record` costs
/// what one `RateRatioEProcess` does and allocates nothing; `logEValue` is O(metrics × stages).
public struct HarmMonitor: Sendable, Hashable {
    /// What is watched.
    public struct Metric: Sendable, Hashable, Codable {
        /// As printed in the reason of an alarm: `"errors"`.
        public let name: String
        /// Relative to the other metrics': the monitor divides by their sum.
        public let weight: Double
        /// Usually 1, and 1.1 for common events.
        public let toleratedRatio: Double

        public init(name: String, weight: Double = 1, toleratedRatio: Double = 1) {
            self.name = name
            self.weight = weight
            self.toleratedRatio = toleratedRatio
        }
    }

    /// What one metric adds to the evidence.
    public struct Contribution: Sendable, Hashable {
        public let name: String
        /// wᵢEᵢ / Σ wE, in `0...1`.
        public let share: Double
        /// ln Eᵢ of the metric alone, unweighted.
        public let logEValue: Double
        public let canaryEvents: Int
        public let productionEvents: Int
    }

    public let metrics: [Metric]
    /// The share of healthy releases that may ever be stopped.
    public let alpha: Double
    /// One for each metric, in their order.
    public private(set) var processes: [RateRatioEProcess]
    private let logWeights: [Double]

    /// - Parameter alpha: In `(0, 1)`; by default what the release's budget has for counts.
    /// - Throws: `EstimateError.tooFew` without metrics, `.invalidParameter` for weights that are not
    ///   positive and finite, for tolerated ratios that are not, for a name given twice, and for `alpha`.
    public init(
        metrics: [Metric], alpha: Double = AlarmBudget.release.counts
    ) throws(EstimateError) {
        try requireCount(metrics.count, atLeast: 1, "metrics")
        try requireProbability(alpha, "alpha")
        var sum = 0.0
        var names = Set<String>()
        var processes: [RateRatioEProcess] = []
        for metric in metrics {
            guard metric.weight > 0, metric.weight.isFinite else {
                throw .invalidParameter("weight of '\(metric.name)'", must: "be positive and finite")
            }
            guard names.insert(metric.name).inserted else {
                throw .invalidParameter("name '\(metric.name)'", must: "be given once")
            }
            sum += metric.weight
            processes.append(try RateRatioEProcess(toleratedRatio: metric.toleratedRatio))
        }
        guard sum.isFinite else { throw .overflow }
        self.metrics = metrics
        self.alpha = alpha
        self.processes = processes
        logWeights = metrics.map { log($0.weight / sum) }
    }

    /// Counts one event of the metric at `index`: the first of its sticky key.
    public mutating func record(metric index: Int, inCanary: Bool, share: CanaryShare) {
        processes[index].record(inCanary: inCanary, share: share)
    }

    /// Counts events of the metric at `index` at once.
    /// - Throws: `EstimateError.invalidCounts`.
    public mutating func add(
        metric index: Int, canary: Int, production: Int, share: CanaryShare
    ) throws(EstimateError) {
        try processes[index].add(canary: canary, production: production, share: share)
    }

    /// Adds what another gateway counted, of other keys. Associative and commutative, exactly.
    /// - Throws: `EstimateError.invalidParameter` unless both watch the same metrics at the same α,
    ///   `.invalidCounts`; the monitor is then unchanged.
    public mutating func merge(_ other: HarmMonitor) throws(EstimateError) {
        guard metrics == other.metrics, alpha == other.alpha else {
            throw .invalidParameter("metrics and alpha", must: "be the same in both")
        }
        var merged = processes
        for index in merged.indices { try merged[index].merge(other.processes[index]) }
        processes = merged
    }

    /// ln Σ wᵢEᵢ, 0 before the first event.
    public var logEValue: Double {
        var largest = -Double.infinity
        var sum = 0.0
        for index in processes.indices {
            let term = logWeights[index] + processes[index].logEValue
            if term <= largest {
                sum += exp(term - largest)
            } else {
                sum = sum * exp(largest - term) + 1
                largest = term
            }
        }
        return largest + log(sum)
    }

    /// Whether Σ wᵢEᵢ ≥ 1/α now. Evidence can fall again: act at the first alarm, and let that stand.
    public var isAlarmed: Bool {
        let limit = -log(alpha)
        // A mean of means is at most the best of all alternatives; that spares most looks the exponentials.
        var best = -Double.infinity
        for process in processes { best = max(best, process.logTerms.max()) }
        return best >= limit && logEValue >= limit
    }

    /// Every metric by its part in the evidence, the largest first; equals in the order of the metrics.
    public var contributions: [Contribution] {
        let total = logEValue
        var out: [Contribution] = []
        for (index, process) in processes.enumerated() {
            let log = process.logEValue
            let share = min(1, exp(logWeights[index] + log - total))
            out.append(
                Contribution(
                    name: metrics[index].name, share: share, logEValue: log,
                    canaryEvents: process.canaryEvents,
                    productionEvents: process.events - process.canaryEvents))
        }
        // Stable, so that equals stay in order.
        return out.sorted { $0.share > $1.share }
    }
}

extension HarmMonitor: Codable {
    private enum CodingKeys: CodingKey {
        case metrics
        case alpha
        case processes
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            metrics: container.decode([Metric].self, forKey: .metrics),
            alpha: container.decode(Double.self, forKey: .alpha))
        let read = try container.decode([RateRatioEProcess].self, forKey: .processes)
        guard read.map(\.toleratedRatio) == metrics.map(\.toleratedRatio) else {
            throw EstimateError.invalidParameter("processes", must: "be those of the metrics")
        }
        processes = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(metrics, forKey: .metrics)
        try container.encode(alpha, forKey: .alpha)
        try container.encode(processes, forKey: .processes)
    }
}
