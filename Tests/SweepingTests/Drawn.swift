import Domain
import Gating
import Metrics
import Notation
import Statistics

@testable import Sweeping

/// Scores drawn for variants of an app: examples of their own difficulty, repeats, and what each variant adds.
struct Drawn {
    var seed: UInt64
    var examples = 60
    var repeats = 1
    /// Share of the examples on which a variant may do otherwise than the reference.
    var touched = 1.0
    /// What each variant adds to the chance of passing, and to the times as a share; the reference first.
    var gains: [(passes: Double, time: Double)] = [(0, 0), (0, 0), (0, 0)]

    static let definitions: [MetricDefinition] = ["exact_match", "token_f1", "latency"].compactMap {
        try? MetricCatalogue.define(MetricRequest(name: $0))
    }

    static func metric(_ name: String, _ statistic: String? = nil) -> MetricReference {
        MetricReference(name: name, statistic: statistic)
    }

    /// Pass and fail, a score with many ends, and times with a long tail: correlated, since the example and the luck of
    /// the moment are one.
    func tables() -> [MemoryScoreTable] {
        gains.indices.map { variant in
            var passes: [Double] = []
            var scores: [Double] = []
            var times: [Double] = []
            for example in 0..<examples {
                var nature = RandomStream(seed: seed, stream: UInt64(example))
                let ease = nature.unit()
                let weight = nature.unit()
                // Which examples a variant touches is its own.
                var choice = RandomStream(seed: seed &+ 77, stream: UInt64(variant * examples + example))
                let author = choice.unit() < touched ? variant : 0
                for repetition in 0..<repeats {
                    let stream = UInt64(1_000 + (author * examples + example) * repeats + repetition)
                    var luck = RandomStream(seed: seed, stream: stream)
                    let chance = min(1, max(0, 0.2 + 0.6 * ease + gains[author].passes))
                    let didPass = luck.unit() < chance
                    passes.append(didPass ? 1 : 0)
                    scores.append(didPass ? 1 : luck.unit() < 0.5 ? 0 : (luck.unit() * 4).rounded() / 4)
                    let tail = luck.unit()
                    let time = (50 + 200 * weight + 40 / (0.05 + tail)) * (1 + gains[author].time)
                    times.append(time)
                }
            }
            return table([passes, scores, times])
        }
    }

    private func table(_ columns: [[Double]]) -> MemoryScoreTable {
        let starts = (0...examples).map { Int32($0 * repeats) }
        let rows = ScoreRows(ids: (0..<examples).map { "E-\($0)" }, slices: [], starts: starts)
        var kept: [MemoryScoreTable.ColumnKey: ScoreColumn] = [:]
        for (definition, values) in zip(Drawn.definitions, columns) {
            kept[MemoryScoreTable.ColumnKey(definition.name, .candidate)] = ScoreColumn(
                width: 1, values: values, states: [Int32](repeating: 0, count: values.count), reasons: [])
        }
        // What the answer was, for the question whether anything changed.
        kept[MemoryScoreTable.ColumnKey(Stage.generation.signalName, .candidate)] = ScoreColumn(
            width: 1, values: columns[1], states: [Int32](repeating: 0, count: columns[1].count), reasons: [])
        return MemoryScoreTable(rows: rows, arms: [.candidate], columns: kept)
    }

    func sides(settings: [[SweepPolicy.Setting]]? = nil) -> [SweepAnalysis.Side] {
        tables().enumerated().map { place, table in
            var counts = MeasurementCounts()
            counts.planned = examples * repeats
            counts.answered = examples * repeats
            let own =
                settings?[place] ?? (place == 0 ? [] : [SweepPolicy.Setting("k", .integer(Int64(place)))])
            return SweepAnalysis.Side(
                variant: Variant(name: place == 0 ? "policy" : "v\(place)", settings: own), target: "test",
                outcome: .scored(table, counts, versions: [], cost: nil))
        }
    }

    func report(
        axes: [MetricReference], claimed: [MetricReference] = [], effort: GateOptions.Effort = .verdict
    ) throws -> SweepReport {
        try SweepAnalysis(
            facts: SweepReport.Facts(), sweep: SweepPolicy(), sides: sides(), definitions: Drawn.definitions,
            axes: axes, claimed: claimed, options: GateOptions(seed: seed, effort: effort)
        ).report()
    }
}
