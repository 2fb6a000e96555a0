import Domain
import Ledger
import Statistics
import Testing

@Suite struct GateLogTests {
    private static let failing = [("recall@3 >= 0.8", "fails"), ("latency.p95 <= 3s", "passes")]
    private static let passing = [("recall@3 >= 0.8", "passes"), ("latency.p95 <= 3s", "passes")]

    private func blocked(
        _ number: Int, branch: String? = "fix", title: String = "", pair: String? = nil
    ) -> RunSummary {
        Runs.run(number, verdict: .block, branch: branch, title: title, pair: pair, gates: Self.failing)
    }

    private func shipped(
        _ number: Int, branch: String? = "fix", title: String = "", pair: String? = nil,
        gates: [(String, String)] = GateLogTests.passing
    ) -> RunSummary {
        Runs.run(number, branch: branch, title: title, pair: pair, gates: gates)
    }

    private func sequels(_ runs: [RunSummary]) -> [GateLog.Sequel] {
        GateLog(runs: runs, notes: []).alarms.map(\.sequel)
    }

    @Test func whatCameOfABlockedChange() {
        #expect(sequels([blocked(0), shipped(1)]) == [.mended(run: "r-1001", triesBetween: 0)])
        #expect(
            sequels([blocked(0), blocked(1), shipped(2)]) == [
                .mended(run: "r-1002", triesBetween: 0), .mended(run: "r-1002", triesBetween: 1),
            ])
        #expect(sequels([shipped(0), blocked(1)]) == [.nothingSince], "what came before is no sequel")
        #expect(sequels([blocked(0), blocked(1)]) == [.nothingSince, .stillBlocked(runs: 1)])
        #expect(sequels([blocked(0), shipped(1, branch: "other")]) == [.nothingSince])
        #expect(
            sequels([blocked(0, pair: "p"), shipped(1, pair: "p")]) == [.shippedUnchanged(run: "r-1001")])
        #expect(
            sequels([blocked(0), shipped(1, gates: [("latency.p95 <= 3s", "passes")])])
                == [.shippedWithout(run: "r-1001", rules: ["recall@3 >= 0.8"])])
    }

    @Test func aSharedBranchTellsNoChangeApartAndATitleDoes() {
        #expect(sequels([blocked(0, branch: "main"), shipped(1, branch: "main")]) == [.unknown])
        #expect(
            sequels([blocked(0, branch: "main", title: "v15"), shipped(1, branch: nil, title: "v15")])
                == [.mended(run: "r-1001", triesBetween: 0)])
    }

    @Test func aWaiverIsNoMending() {
        var run = shipped(1)
        run.gates[0] = RunSummary.Gate(
            rule: "recall@3 >= 0.8", outcome: "fails", baseline: nil, candidate: 0.7, note: "",
            waivedBy: "team")
        #expect(sequels([blocked(0), run]) == [.shippedWithout(run: "r-1001", rules: ["recall@3 >= 0.8"])])
    }

    @Test func theLastJudgementCountsAndOverridingIsNone() {
        let runs = (0..<4).map { blocked($0) } + [shipped(4)]
        func note(_ number: Int, _ outcome: RunNote.Outcome) -> RunNote {
            RunNote(
                run: "r-\(1000 + number)", outcome: outcome, why: "w", by: "b", at: "2026-11-20T00:00:00Z")
        }
        let log = GateLog(
            runs: runs,
            notes: [
                note(0, .falseAlarm), note(0, .trueAlarm), note(1, .trueAlarm), note(1, .overridden),
                note(2, .falseAlarm), note(4, .trueAlarm),
            ])
        #expect(log.alarms.map(\.judgement) == [nil, .falseAlarm, .trueAlarm, .trueAlarm])
        #expect(log.alarms.map(\.isOverridden) == [false, false, true, false])
        #expect(log.trueAlarms == 2 && log.falseAlarms == 1)
        #expect(log.counts == [.block: 4, .ship: 1])
    }

    /// Wilson 45/50 at 95 %: [.7864, .9565], as published examples have it.
    @Test func countsCarryTheirWilsonIntervals() throws {
        let runs = (0..<50).map { number in
            var run = blocked(0)
            run = Runs.run(number % 20, verdict: .block, gates: Self.failing)
            return renamed(run, "r-\(number)")
        }
        let notes = runs.enumerated().map { number, run in
            RunNote(
                run: run.id, outcome: number < 45 ? .trueAlarm : .falseAlarm, why: "w", by: "b",
                at: "2026-11-20T00:00:00Z")
        }
        let log = GateLog(runs: runs, notes: notes)
        let precision = try #require(log.precision(confidence: 0.95))
        #expect(precision.n == 50 && precision.value == 0.9)
        let interval = try #require(precision.interval)
        #expect(abs(interval.lower - 0.7864) < 5e-5 && abs(interval.upper - 0.9565) < 5e-5)
        #expect(log.falseAlarmRate()?.value == 0.1)
        #expect(GateLog(runs: [], notes: []).precision() == nil)
    }

    private func renamed(_ run: RunSummary, _ id: String) -> RunSummary {
        var new = RunSummary(id: id)
        new.startedAt = run.startedAt
        new.verdict = run.verdict
        new.gates = run.gates
        return new
    }

    @Test func aSummarySaysWhoWaivedAGate() throws {
        let rule = GateRule(
            text: "recall@3 >= 0.8", metric: MetricReference(name: "recall@3"),
            form: .compare(.atLeast, Quantity(value: 0.8, text: "0.8"), confidently: false))
        var gate = GateResult(
            rule: rule, outcome: .fails, unit: "ratio", direction: "higher", n: 9, note: "", method: "")
        gate.waiver = Waiver(gate: rule.text, owner: "Ada", why: "x", until: try #require(Day("2026-12-01")))
        var result = RunResult(
            manifest: Manifest(runID: "r-1", sluiceVersion: "1", project: "p", policyPath: "p"),
            verdict: .ship, headline: "")
        result.gates = [gate]
        let summary = RunSummary(result, pair: "p")
        #expect(summary.gates.map(\.waivedBy) == ["Ada"] && summary.failing.isEmpty)
    }
}
