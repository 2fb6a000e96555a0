import Domain
import Metrics
import Statistics

/// A metric's value in one arm as a function of how often each example counts: what resampling recomputes.
///
/// NaN: the metric has no value on that set (a class that was not drawn).
struct Functional: Sendable {
    /// Examples, an entry of the weights each.
    let count: Int
    let value: @Sendable (Span<Int32>) -> Double

    /// - Parameters:
    ///   - member: A class of a confusion metric.
    ///   - statistic: `p95`, `max` …: of a metric that is a mean.
    init(_ numbers: ArmNumbers, _ aggregate: Aggregate, member: String? = nil, statistic: String? = nil) {
        count = numbers.count
        switch (numbers, aggregate) {
        case (.scores(let values), _): value = Functional.ofScores(values, statistic)
        case (.repeats(let rows), _): value = Functional.ofRepeats(rows, statistic)
        case (.sums(let rows), .sums(let combine)):
            value = { weights in combine(rows.totals(weights)) ?? .nan }
        case (.labels(let rows), .confusion(let whole, let perClass)):
            let table = LabelTable(rows, labels: LabelTable.labels(of: [rows]))
            guard let member else {
                value = { weights in whole(table.matrix(weights)) ?? .nan }
                return
            }
            guard let perClass, let label = table.labels.firstIndex(of: member) else {
                value = { _ in .nan }
                return
            }
            value = { weights in perClass(table.matrix(weights), label) ?? .nan }
        case (.sums, _), (.labels, _), (.texts, _): value = { _ in .nan }
        }
    }

    init(count: Int, value: @escaping @Sendable (Span<Int32>) -> Double) {
        self.count = count
        self.value = value
    }

    /// With every example counted once; nil where the metric has no value.
    func whole() -> Double? {
        guard count > 0 else { return nil }
        let ones = [Int32](repeating: 1, count: count)
        let found = value(ones.span)
        return found.isFinite ? found : nil
    }

    /// `p95` → 0.95; nil where it names no percentile.
    static func percentile(_ statistic: String?) -> Double? {
        guard let statistic, statistic.first == "p", let number = Double(statistic.dropFirst()) else {
            return nil
        }
        return number > 0 && number < 100 ? number / 100 : nil
    }

    /// Whether a statistic of scores is their mean.
    static func isMean(_ statistic: String?) -> Bool { statistic == nil || statistic == "mean" }

    private static func ofScores(
        _ values: [Double], _ statistic: String?
    ) -> @Sendable (Span<Int32>) -> Double {
        if let level = percentile(statistic) {
            guard let sorted = try? SortedSample(values) else { return { _ in .nan } }
            return { weights in sorted.quantile(at: level, weights: weights) }
        }
        switch statistic {
        case "max": return { weights in extreme(values, weights, largest: true) }
        case "min": return { weights in extreme(values, weights, largest: false) }
        default: return { weights in mean(values, weights) }
        }
    }

    /// Every repeat of an example stands as often as the example does: the example is what is drawn.
    private static func ofRepeats(
        _ rows: RepeatRows, _ statistic: String?
    ) -> @Sendable (Span<Int32>) -> Double {
        if let level = percentile(statistic) {
            guard let sorted = try? SortedSample(rows.values, owners: rows.owners, of: rows.count) else {
                return { _ in .nan }
            }
            return { weights in sorted.quantile(at: level, weights: weights) }
        }
        let ends = (0..<rows.count).map { row in
            (statistic == "max" ? rows.values(of: row).max() : rows.values(of: row).min()) ?? .nan
        }
        return ofScores(ends, statistic)
    }

    private static func mean(_ values: [Double], _ weights: Span<Int32>) -> Double {
        var mean = RunningMean()
        for index in values.indices { mean.add(values[index], times: Double(weights[index])) }
        return mean.value ?? .nan
    }

    private static func extreme(_ values: [Double], _ weights: Span<Int32>, largest: Bool) -> Double {
        var found = Double.nan
        for index in values.indices where weights[index] > 0 {
            let value = values[index]
            if found.isNaN || (largest ? value > found : value < found) { found = value }
        }
        return found
    }
}

/// A metric's value in both arms under the same weights, which makes what is drawn from it paired.
struct PairedFunctional: Sendable {
    let count: Int
    let values: @Sendable (Span<Int32>) -> (baseline: Double, candidate: Double)
    /// Nil where nobody knows which examples changed. Computed on demand: what is only shown has no use for it.
    let carriers: @Sendable () -> Carriers?
    /// The largest value that an example has in either arm, where it has one.
    var largest: Double?

    init(_ arms: PairedSample.Arms, _ aggregate: Aggregate, member: String? = nil, statistic: String? = nil) {
        if case .labels(let before) = arms.baseline, case .labels(let after) = arms.candidate {
            let alike = Alike(before, after)
            let old = Functional(.labels(alike.before), aggregate, member: member)
            let new = Functional(.labels(alike.after), aggregate, member: member)
            let carriers: @Sendable () -> Carriers? = {
                PairedFunctional.carriers(alike, aggregate, member: member)
            }
            self.init(count: arms.count, carriers: carriers) { weights in
                alike.counted(weights) { (old.value($0), new.value($0)) }
            }
            return
        }
        let before = Functional(arms.baseline, aggregate, member: member, statistic: statistic)
        let after = Functional(arms.candidate, aggregate, member: member, statistic: statistic)
        let carriers: @Sendable () -> Carriers? = {
            arms.changed.map { Carriers(changed: $0, influences: nil) }
        }
        self.init(count: arms.count, carriers: carriers) { weights in
            (before.value(weights), after.value(weights))
        }
        if case .scores(let one) = arms.baseline, case .scores(let other) = arms.candidate {
            largest = (one + other).reduce(0) { max($0, abs($1)) }
        }
        if case .repeats(let one) = arms.baseline, case .repeats(let other) = arms.candidate {
            largest = (one.values + other.values).reduce(0) { max($0, abs($1)) }
        }
    }

    init(
        count: Int, carriers: @escaping @Sendable () -> Carriers? = { nil },
        values: @escaping @Sendable (Span<Int32>) -> (baseline: Double, candidate: Double)
    ) {
        self.count = count
        self.carriers = carriers
        self.values = values
    }

    /// With every example counted once; nil where either arm has no value.
    func whole() -> (baseline: Double, candidate: Double)? {
        guard count > 0 else { return nil }
        let ones = [Int32](repeating: 1, count: count)
        let found = values(ones.span)
        return found.baseline.isFinite && found.candidate.isFinite ? found : nil
    }
}
