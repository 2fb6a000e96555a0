import Domain
import Gating
import Metrics
import Notation
import Statistics
import Testing

@testable import Sweeping

@Suite struct AnalysisTests {
    private let axes = [Drawn.metric("exact_match"), Drawn.metric("latency")]

    @Test func theSameScoresGiveTheSameReport() throws {
        let drawn = Drawn(seed: 5, gains: [(0, 0), (0.3, 0.2), (-0.3, 0)])
        let first = try drawn.report(axes: axes)
        let again = try drawn.report(axes: axes)
        for (one, two) in zip(first.variants, again.variants) {
            #expect(one.cells.map { $0.difference?.p } == two.cells.map { $0.difference?.p })
            #expect(one.cells.map { $0.difference?.interval } == two.cells.map { $0.difference?.interval })
        }
    }

    /// Holm by hand: the k-th smallest of m times m − k + 1, never below the one before.
    @Test func claimsShareOneErrorOverVariantsAndMetrics() throws {
        let drawn = Drawn(seed: 11, gains: [(0, 0), (0.35, 0), (0, 0), (-0.35, 0)])
        let report = try drawn.report(axes: axes)
        #expect(report.family == 6)
        #expect(abs(report.jointCoverage - (1 - 0.05 / 6)) < 1e-12)
        var pairs: [(p: Double, adjusted: Double)] = []
        for row in report.variants.dropFirst() {
            for metric in report.claimed {
                let difference = try #require(row.cells[metric].difference)
                pairs.append((try #require(difference.p), try #require(difference.adjustedP)))
            }
        }
        var largest = 0.0
        for (rank, pair) in pairs.sorted(by: { $0.p < $1.p }).enumerated() {
            largest = max(largest, min(1, Double(6 - rank) * pair.p))
            #expect(abs(pair.adjusted - largest) < 1e-12)
        }
        #expect(report.claim(report.variants[1], 0) == .better)
        #expect(report.claim(report.variants[3], 0) == .worse)
        #expect(report.claim(report.variants[0], 0) == .none, "the reference claims nothing")
        // What is only shown has an interval of its own, and no p.
        let shown = try #require(report.metrics.firstIndex { $0.name == "token_f1" })
        #expect(!report.metrics[shown].isClaimed)
        let difference = try #require(report.variants[1].cells[shown].difference)
        #expect(difference.p == nil && difference.interval?.confidence == 0.9)
    }

    /// Faster and better on every example is surely better; faster by a hair is not.
    @Test func onlyWhatThePairsProveIsSurelyDominated() throws {
        let report = try Drawn(
            seed: 3, examples: 200, gains: [(0, 0), (0.45, -0.3), (0, 0.000_1)]
        ).report(axes: axes)
        let rows = report.variants
        #expect(rows[1].standing.isOnFrontier == true)
        #expect(rows[0].standing.surelyDominatedBy == ["v1"])
        #expect(rows[2].standing.surelyDominatedBy == ["v1"])
        for row in rows {
            #expect(Set(row.standing.surelyDominatedBy).isSubset(of: row.standing.dominatedBy))
            #expect(row.standing.isOnFrontier == row.standing.dominatedBy.isEmpty)
        }
        #expect(!rows[2].standing.surelyDominatedBy.contains("policy"))
    }

    @Test func twoThatAreTheSameDominateNobody() throws {
        var drawn = Drawn(seed: 9, gains: [(0, 0)])
        let side = drawn.sides()[0]
        drawn.gains = []
        let twin = SweepAnalysis.Side(
            variant: Variant(name: "twin", settings: [SweepPolicy.Setting("k", 5)]), target: "test",
            outcome: side.outcome)
        let report = try SweepAnalysis(
            facts: SweepReport.Facts(), sweep: SweepPolicy(), sides: [side, twin],
            definitions: Drawn.definitions, axes: axes, claimed: [], options: GateOptions()
        ).report()
        #expect(report.variants.allSatisfy { $0.standing.isOnFrontier == true })
        let cell = report.variants[1].cells[0].difference
        #expect(cell?.value == 0 && cell?.p == 1)
        #expect(report.variants[1].changed?.answers == 0)
        guard case .none(let count) = try #require(report.parameters.first).effect else {
            Issue.record("\(report.parameters)")
            return
        }
        #expect(count == 60)
        #expect(
            report.findings.first?.text.hasPrefix("k had no effect on any answer (60 compared): is it read?")
                == true)
        #expect(report.findings.count == 1, "it is said once")
    }

    /// `a` changes answers, `b` does not: each is judged among variants that differ in it alone.
    @Test func aParameterIsJudgedWhereItChangesAlone() throws {
        let drawn = Drawn(seed: 21, gains: [(0, 0), (0.2, 0)])
        let tables = drawn.sides()
        func side(_ name: String, _ settings: [SweepPolicy.Setting], like place: Int) -> SweepAnalysis.Side {
            SweepAnalysis.Side(
                variant: Variant(name: name, settings: settings), target: "test",
                outcome: tables[place].outcome)
        }
        let sides = [
            side("policy", [], like: 0), side("a", [.init("a", 1)], like: 1),
            side("b", [.init("b", 1)], like: 0),
            side("ab", [.init("b", 1), .init("a", 1)], like: 1),
            side("c", [.init("c", 1), .init("a", 2)], like: 1),
        ]
        let report = try SweepAnalysis(
            facts: SweepReport.Facts(), sweep: SweepPolicy(), sides: sides, definitions: Drawn.definitions,
            axes: axes, claimed: [], options: GateOptions()
        ).report()
        var effects: [String: SweepReport.Parameter.Effect] = [:]
        for parameter in report.parameters { effects[parameter.name] = parameter.effect }
        if case .changed(let answers, let count)? = effects["a"] {
            #expect(answers > 0 && count == 60)
        } else {
            Issue.record("\(effects)")
        }
        #expect(effects["b"] == SweepReport.Parameter.Effect.none(of: 60))
        #expect(effects["c"] == .unknown)
    }

    @Test func aVariantThatCouldNotBeAskedIsNoData() throws {
        var sides = Drawn(seed: 2, gains: [(0, 0), (0.3, 0)]).sides()
        sides.append(
            SweepAnalysis.Side(
                variant: Variant(name: "gone", settings: [.init("env X", 1)]), target: "not asked",
                outcome: .failed("an app behind an address is not ours to start anew")))
        var silent = MeasurementCounts()
        silent.planned = 60
        silent.appFailures = 60
        if case .scored(let table, _, _, _) = sides[1].outcome {
            sides.append(
                SweepAnalysis.Side(
                    variant: Variant(name: "dead", settings: [.init("k", 0)]), target: "test",
                    outcome: .scored(table, silent, versions: [], cost: nil)))
        }
        let report = try SweepAnalysis(
            facts: SweepReport.Facts(), sweep: SweepPolicy(), sides: sides, definitions: Drawn.definitions,
            axes: axes, claimed: [], options: GateOptions()
        ).report()
        #expect(report.variants[2].problem?.contains("start anew") == true)
        #expect(report.variants[3].problem?.hasPrefix("it answered nothing") == true)
        #expect(report.variants[2].cells.isEmpty && report.variants[2].standing.isOnFrontier == nil)
        #expect(report.family == 6, "what was planned shares the error, measured or not")
        #expect(report.findings.filter { $0.gravity == .bad }.count == 2)
        let adjusted = try #require(report.variants[1].cells[0].difference)
        #expect((adjusted.adjustedP ?? 0) >= min(1, (adjusted.p ?? 1) * 5))
    }

    @Test func withoutAReferenceThereIsNothingToHoldAgainst() throws {
        var sides = Drawn(seed: 2).sides()
        sides[0] = SweepAnalysis.Side(
            variant: sides[0].variant, target: "", outcome: .failed("connection refused"))
        let analysis = SweepAnalysis(
            facts: SweepReport.Facts(), sweep: SweepPolicy(), sides: sides, definitions: Drawn.definitions,
            axes: axes, claimed: [], options: GateOptions())
        #expect(throws: SweepAnalysis.Problem.self) { try analysis.report() }
    }

    @Test func aDecisionSaysWhatSpeaksAgainstIt() throws {
        let report = try Drawn(
            seed: 3, examples: 200, gains: [(0, 0), (0.45, -0.3), (-0.45, 0)]
        ).report(axes: axes)
        func decision(_ name: String) -> SweepDecision? {
            SweepDecision(report, chosen: name, why: "w", who: "p", decidedAt: "2026-11-20T05:09:21Z")
        }
        #expect(try #require(decision("v1")).cautions.isEmpty)
        let worse = try #require(decision("v2")).cautions.joined(separator: "; ")
        #expect(
            worse.contains("surely dominated by") && worse.contains("worse than the reference on exact_match")
        )
        #expect(decision("v9") == nil)
        #expect(decision("v1")?.name == "2026-11-20-v1")
    }
}
