import Domain
import Metrics
import Statistics

/// What the margin of one rule *by auto* stands on: how much a metric's paired difference varies in a run.
public struct MetricSpread: Sendable {
    /// As the rule writes it.
    public let metric: String
    public let isPassFail: Bool
    /// False where the metric is no mean over examples, so that an example has no difference of its own.
    public let isMean: Bool
    /// Highest minus lowest possible value, where both are known.
    public let span: Double?
    /// Examples that the rule speaks of and the candidate has a value for.
    public let n: Int
    /// Standard deviation of candidate minus baseline over the pairs; nil below two of them.
    public let deviation: Double?
}

extension GoldenGate {
    /// The spread of every metric that a rule compares *by auto*, out of what the run recorded; nothing is asked.
    ///
    /// - Throws: `MetricProblem`, `StoreError`.
    public func automaticSpreads() async throws -> [MetricSpread] {
        let rules = request.rules.filter(\.isAutomatic)
        guard !rules.isEmpty else { return [] }
        let prepared = try prepare()
        let scored = try await score(prepared, try await firstLook(prepared))
        var spreads: [MetricSpread] = []
        for rule in rules {
            let name = MetricCatalogue.definitionName(for: rule)
            guard let definition = scored.selection.definitions.first(where: { $0.name == name }) else {
                continue
            }
            spreads.append(try spread(rule, definition, scored.table))
        }
        return spreads
    }

    private func spread(
        _ rule: GateRule, _ definition: MetricDefinition, _ table: any ScoreTable
    ) throws -> MetricSpread {
        let examples = rule.slice.map { table.rows.members(of: $0) ?? [] } ?? Array(0..<table.rows.count)
        let after = try means(definition, .candidate, table, examples)
        let before = try means(definition, .baseline, table, examples)
        var differences: [Double] = []
        for (first, second) in zip(before, after) where !first.isNaN && !second.isNaN {
            differences.append(second - first)
        }
        var isMean = rule.metric.selector == nil && rule.metric.statistic.map { $0 == "mean" } ?? true
        if case .mean = definition.aggregate {} else { isMean = false }
        let deviation = differences.count < 2 ? nil : try? moments(differences).standardDeviation
        return MetricSpread(
            metric: rule.metric.text, isPassFail: definition.isPassFail, isMean: isMean,
            span: definition.span,
            n: after.count { !$0.isNaN }, deviation: deviation)
    }

    /// The mean over each example's repeats; NaN where none has a value.
    private func means(
        _ definition: MetricDefinition, _ arm: Arm, _ table: any ScoreTable, _ examples: [Int]
    ) throws -> [Double] {
        guard definition.width == 1, let column = try table.column(definition.name, arm) else { return [] }
        return examples.map { example in
            var mean = RunningMean()
            for row in table.rows.rows(of: example) where column.states[row] == 0 {
                mean.add(column.values[row])
            }
            return mean.value ?? .nan
        }
    }
}

extension GateRule {
    /// Whether its margin is fixed when a baseline is blessed.
    public var isAutomatic: Bool {
        if case .noWorse(by: .automatic) = form { return true }
        return false
    }
}

/// The margins *by auto* that a blessing fixes, and the rules it cannot fix one for.
public struct BlessingMargins: Sendable {
    public struct Fixed: Sendable {
        public let metric: String
        public let margin: AutomaticMargin
        public let n: Int
    }

    /// One a metric, in the order of the rules.
    public private(set) var fixed: [Fixed] = []
    /// Why a rule has none, in words.
    public private(set) var problems: [String] = []

    /// The largest margin is this share of a metric's range; a metric without a range has no largest.
    private static let capShare = 0.05
    /// The deviation of a paired pass/fail difference when 10 % of the pairs disagree.
    private static let passFailDeviation = try? pairedDeviation(discordantShare: 0.1)

    /// - Parameters:
    ///   - runs: Spreads of the blessed run, then of further runs whose deviations count too (an A/A run).
    ///   - gates: Number of the policy's gates.
    ///   - confidence: One-sided.
    public init(_ runs: [[MetricSpread]], gates: Int, confidence: Double) {
        for spread in runs.first ?? [] {
            var deviations = runs.joined().filter { $0.metric == spread.metric }.compactMap(\.deviation)
            if spread.isPassFail { deviations += [BlessingMargins.passFailDeviation].compactMap(\.self) }
            let rule = "'\(spread.metric) … by auto'"
            guard spread.isMean else {
                problems.append(
                    "\(rule): auto is for means over examples, which \(spread.metric) is not; write a number")
                continue
            }
            guard let deviation = deviations.max() else {
                problems.append(
                    "\(rule): nothing says how much \(spread.metric) varies between two runs; bless a run that had "
                        + "both arms, or name a run of the app against itself with --aa RUN")
                continue
            }
            let cap = spread.span.map { $0 * BlessingMargins.capShare } ?? .greatestFiniteMagnitude
            do throws(EstimateError) {
                let margin = try automaticMargin(
                    n: spread.n, standardDeviation: deviation, gates: max(1, gates), cap: cap,
                    confidence: confidence)
                add(Fixed(metric: spread.metric, margin: margin, n: spread.n))
            } catch {
                problems.append(
                    "\(rule): no margin can be fixed over \(spread.n) examples (\(error)); write a number")
            }
        }
    }

    /// Two rules over one metric, one in a slice, share the narrower margin: it is the stricter one.
    private mutating func add(_ new: Fixed) {
        guard let place = fixed.firstIndex(where: { $0.metric == new.metric }) else {
            return fixed.append(new)
        }
        if new.margin.margin < fixed[place].margin.margin { fixed[place] = new }
    }

    /// Metric as rules write it → margin in its unit.
    public var margins: [String: Double] {
        Dictionary(fixed.map { ($0.metric, $0.margin.margin) }, uniquingKeysWith: { first, _ in first })
    }
}
