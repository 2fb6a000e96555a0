import Domain
import Metrics

@testable import Gating

/// One measurement of a column in the making.
enum Cell: Sendable {
    case value(Double)
    case values([Double])
    case labels(String, String?)
    case text(String)
    /// The metric does not apply to the example.
    case notApplicable
    /// The app gave no answer, and the metric says nothing without one.
    case noAnswer
    /// The answer lacks the part.
    case notShown
    /// Infrastructure failed: nobody saw it.
    case failed

    static func pass(_ holds: Bool) -> Cell { .value(holds ? 1 : 0) }
}

/// Builds a table of scores in memory.
struct Scores {
    var ids: [String]
    var repeats = 1
    var slices: [ScoreRows.Slice] = []
    private var columns: [MemoryScoreTable.ColumnKey: ScoreColumn] = [:]
    private var arms: [Arm] = [.candidate]

    init(_ count: Int, repeats: Int = 1) {
        ids = (0..<count).map { number in
            let digits = String(number)
            return "ex-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        }
        self.repeats = repeats
    }

    /// Adds a column: a cell for each repeat of each example.
    mutating func add(_ metric: String, _ arm: Arm, _ cells: [Cell]) {
        precondition(cells.count == ids.count * repeats)
        if arm == .baseline, !arms.contains(.baseline) { arms.insert(.baseline, at: 0) }
        columns[MemoryScoreTable.ColumnKey(metric, arm)] = Scores.column(cells)
    }

    mutating func add(_ metric: String, baseline: [Cell], candidate: [Cell]) {
        add(metric, .baseline, baseline)
        add(metric, .candidate, candidate)
    }

    mutating func add(_ metric: String, baseline: [Double], candidate: [Double]) {
        add(metric, baseline: baseline.map(Cell.value), candidate: candidate.map(Cell.value))
    }

    mutating func slice(_ name: String, _ values: [String?]) {
        let labels = Set(values.compactMap(\.self)).sorted()
        slices.append(
            ScoreRows.Slice(
                name: name, labels: labels,
                codes: values.map { value in value.flatMap { labels.firstIndex(of: $0) }.map(Int32.init) ?? -1
                }))
    }

    var table: MemoryScoreTable {
        MemoryScoreTable(
            rows: ScoreRows(ids: ids, slices: slices, starts: (0...ids.count).map { Int32($0 * repeats) }),
            arms: arms,
            columns: columns)
    }

    private static let reasons = [
        "it does not apply", "no answer", "the answer shows no part", "unreachable",
    ]

    private static func column(_ cells: [Cell]) -> ScoreColumn {
        var labels: [String] = []
        var codes: [String: Int] = [:]
        func code(_ label: String) -> Double {
            if let known = codes[label] { return Double(known) }
            codes[label] = labels.count
            labels.append(label)
            return Double(labels.count - 1)
        }
        var width = 1
        for cell in cells {
            if case .values(let values) = cell { width = max(width, values.count) }
            if case .labels = cell { width = 2 }
        }
        var values: [Double] = []
        var states: [Int32] = []
        let missing = [Double](repeating: .nan, count: width)
        for cell in cells {
            switch cell {
            case .value(let value): values.append(value)
            case .values(let all): values += all
            case .labels(let expected, let predicted):
                values += [code(expected), predicted.map(code) ?? -1]
            case .text(let text): values += [code(text)]
            case .notApplicable, .noAnswer, .notShown, .failed: values += missing
            }
            switch cell {
            case .notApplicable: states.append(1)
            case .noAnswer: states.append(2)
            case .notShown: states.append(-3)
            case .failed: states.append(-4)
            case .value, .values, .labels, .text: states.append(0)
            }
        }
        return ScoreColumn(
            width: width, values: values, states: states, reasons: reasons,
            answered: [true, false, true, false],
            labels: labels)
    }
}

/// Definitions by name: the catalogue's own, and for what it lacks plain ones.
func definitions(_ names: [String]) throws -> [MetricDefinition] {
    try names.map { name in
        switch name {
        case "score", "length":
            plain(name, unit: .count, lowest: nil, highest: nil, direction: .neither)
        case "score_band": plain(name, isPassFail: true)
        case "score_error": plain(name, unit: .count, lowest: 0, highest: nil, direction: .lower)
        case "schema": plain(name, stage: .format, isPassFail: true)
        case "per_success":
            MetricDefinition(
                name: name, summary: "", unit: .money, lowest: 0, direction: .lower, tier: .business,
                stage: .operation, source: "", width: 2,
                aggregate: .sums { $0[1] > 0 ? $0[0] / $0[1] : nil }, measure: { _ in .notApplicable("") })
        default: try MetricCatalogue.define(MetricRequest(name: name))
        }
    }
}

private func plain(
    _ name: String, unit: MetricUnit = .ratio, lowest: Double? = 0, highest: Double? = 1,
    direction: Direction = .higher, stage: Stage? = nil, isPassFail: Bool = false
) -> MetricDefinition {
    MetricDefinition(
        name: name, summary: "", unit: unit, lowest: lowest, highest: highest, direction: direction,
        tier: .quality, stage: stage, source: "", isPassFail: isPassFail, measure: { _ in .notApplicable("") }
    )
}

func quantity(_ value: Double) -> Quantity { Quantity(value: value, text: shortNumber(value)) }

func rule(
    _ metric: String, _ form: GateForm, each: Bool = false, member: String? = nil, statistic: String? = nil,
    when slice: SliceCondition? = nil, unsure: UnsurePolicy? = nil
) -> GateRule {
    let selector: MetricReference.Selector? = each ? .each : member.map { .named($0) }
    let reference = MetricReference(name: metric, selector: selector, statistic: statistic)
    return GateRule(text: "\(reference.text) …", slice: slice, metric: reference, form: form, unsure: unsure)
}

/// Everything was answered.
func answered(_ scores: Scores, arms: Int = 2) -> MeasurementCounts {
    var counts = MeasurementCounts()
    counts.planned = scores.ids.count * scores.repeats * arms
    counts.answered = counts.planned
    return counts
}

func judge(
    _ scores: Scores, _ rules: [GateRule], metrics: [String], kpi: KPIDefinition? = nil,
    options: GateOptions = GateOptions(seed: 7), measurement: MeasurementCounts? = nil
) throws -> Judgement {
    try GoldenJudge(rules: rules, definitions: try definitions(metrics), kpi: kpi, options: options)
        .judge(scores.table, measurement: measurement ?? answered(scores))
}

/// The first gate of a judgement over a single rule.
func gate(
    _ scores: Scores, _ rule: GateRule, metrics: [String], kpi: KPIDefinition? = nil,
    options: GateOptions = GateOptions(seed: 7)
) throws -> GateResult {
    try judge(scores, [rule], metrics: metrics, kpi: kpi, options: options).gates[0]
}

/// Pass and fail of pairs: so many of each kind, in this order: both, only baseline, only candidate, neither.
func paired(
    _ both: Int, _ onlyBaseline: Int, _ onlyCandidate: Int, _ neither: Int
) -> (
    baseline: [Cell], candidate: [Cell]
) {
    func cells(_ parts: [(Int, Bool)]) -> [Cell] {
        parts.flatMap { Array(repeating: .pass($0.1), count: $0.0) }
    }
    return (
        cells([(both, true), (onlyBaseline, true), (onlyCandidate, false), (neither, false)]),
        cells([(both, true), (onlyBaseline, false), (onlyCandidate, true), (neither, false)])
    )
}
