import Domain
import Gating
import Metrics

@testable import Doctor

/// Scores of a run in memory: values an example and arm, each with its repeats.
struct Scores {
    let count: Int
    var repeats = 1
    var slices: [ScoreRows.Slice] = []
    private var columns: [MemoryScoreTable.ColumnKey: ScoreColumn] = [:]
    private var arms: Set<Arm> = []

    init(_ count: Int, repeats: Int = 1) {
        self.count = count
        self.repeats = repeats
    }

    /// - Parameter values: A value for each repeat of each example; nil: it failed.
    mutating func add(_ metric: String, _ arm: Arm, _ values: [Double?]) {
        precondition(values.count == count * repeats)
        arms.insert(arm)
        columns[MemoryScoreTable.ColumnKey(metric, arm)] = ScoreColumn(
            width: 1, values: values.map { $0 ?? .nan }, states: values.map { $0 == nil ? -1 : 0 },
            reasons: ["unreachable"], answered: [false])
    }

    /// Pairs of an expected and a predicted label.
    mutating func add(labels metric: String, _ arm: Arm, _ pairs: [(String, String)]) {
        arms.insert(arm)
        let names = Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
        func code(_ name: String) -> Double { Double(names.firstIndex(of: name) ?? -1) }
        columns[MemoryScoreTable.ColumnKey(metric, arm)] = ScoreColumn(
            width: 2, values: pairs.flatMap { [code($0.0), code($0.1)] },
            states: pairs.map { _ in 0 }, reasons: [], labels: names)
    }

    mutating func slice(_ name: String, _ values: [String]) {
        let labels = Set(values).sorted()
        slices.append(
            ScoreRows.Slice(
                name: name, labels: labels, codes: values.map { Int32(labels.firstIndex(of: $0) ?? -1) }))
    }

    var table: MemoryScoreTable {
        let ids = (0..<count).map { number in "E-" + String(10_000 + number) }
        return MemoryScoreTable(
            rows: ScoreRows(ids: ids, slices: slices, starts: (0...count).map { Int32($0 * repeats) }),
            arms: Arm.allCases.filter { arms.contains($0) }, columns: columns)
    }
}

func definitions(_ names: [String]) throws -> [MetricDefinition] {
    try names.map { try MetricCatalogue.define(MetricRequest(name: $0)) }
}

func rule(
    _ metric: String, _ form: GateForm, each: Bool = false, statistic: String? = nil,
    slice: SliceCondition? = nil, unsure: UnsurePolicy? = nil
) -> GateRule {
    let reference = MetricReference(name: metric, selector: each ? .each : nil, statistic: statistic)
    return GateRule(text: reference.text, slice: slice, metric: reference, form: form, unsure: unsure)
}

func margin(_ size: Double) -> GateForm {
    .noWorse(by: .absolute(Quantity(value: size, text: "\(size)")))
}

func atLeast(_ bound: Double, confidently: Bool = false) -> GateForm {
    .compare(.atLeast, Quantity(value: bound, text: "\(bound)"), confidently: confidently)
}

func examined(
    _ scores: Scores, _ rules: [GateRule], _ metrics: [String], isSameApp: Bool = false, trials: Int = 400,
    curveTrials: Int = 50, seed: UInt64 = 7, workers: Int = 1, options: GateOptions = GateOptions(seed: 7)
) async throws -> DoctorReport {
    let input = DoctorInput(
        table: scores.table, rules: rules, definitions: try definitions(metrics), options: options,
        isSameApp: isSameApp, trials: trials, curveTrials: curveTrials, seed: seed)
    return try await Examination(input).examine(
        project: "test", policyPath: "sluice.yaml", source: "r-1", workers: workers)
}
