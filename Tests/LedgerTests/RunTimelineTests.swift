import Domain
import Ledger
import Testing

@Suite struct RunTimelineTests {
    @Test func pointsAreJoinedOverOneDataSetAndOneJudgeOnly() throws {
        let runs = [
            Runs.run(0), Runs.run(1), Runs.run(2, dataset: "sha256:bb"), Runs.run(3, dataset: "sha256:bb"),
            Runs.run(4, dataset: "sha256:bb", judge: "gpt-4o"),
            Runs.run(5, dataset: "sha256:bb", judge: "gpt-5"),
            Runs.run(
                6, dataset: "sha256:bb", judge: "gpt-5", metrics: [Runs.metric("recall@3", 1, unit: "count")]),
        ]
        let line = RunTimeline(project: "helpdesk", runs: runs)
        let series = try #require(line.series.first)
        #expect(series.points.map(\.isJoined) == [false, true, false, true, false, false, false])
        #expect(series.latest.count == 1)
        #expect(
            line.marks.map(\.words) == [
                "data set aa → bb", "judge ragas.jsonl none → gpt-4o", "judge ragas.jsonl gpt-4o → gpt-5",
            ])
        #expect(line.marks.map(\.run) == [2, 4, 5])
        #expect(line.marks.allSatisfy { $0.parts })
    }

    @Test func aChangeOfVersionIsMarkedAndJoined() throws {
        let line = RunTimeline(project: "helpdesk", runs: [Runs.run(0), Runs.run(1, prompt: "v2")])
        #expect(line.series[0].points.map(\.isJoined) == [false, true])
        #expect(line.marks.map(\.words) == ["prompt v1 → v2"])
        #expect(line.marks.allSatisfy { !$0.parts })
    }

    @Test func aRunThatDidNotMeasureLeavesAGapAndTheNextIsHeldAgainstTheLastThatDid() throws {
        let runs = [Runs.run(0), Runs.run(1, metrics: []), Runs.run(2)]
        let line = RunTimeline(project: "helpdesk", runs: runs)
        #expect(line.series[0].points.map(\.run) == [0, 2])
        #expect(line.series[0].points.map(\.isJoined) == [false, true])
        let other = [Runs.run(0), Runs.run(1, dataset: "sha256:bb", metrics: []), Runs.run(2)]
        #expect(
            RunTimeline(project: "helpdesk", runs: other).series[0].points.map(\.isJoined) == [false, true])
    }

    @Test func projectsAreKeptApartAndMetricsChosen() {
        let runs = [
            Runs.run(0, project: "b"), Runs.run(1, project: "a"),
            Runs.run(2, project: "b", dataset: "sha256:cc"),
        ]
        let lines = RunTimeline.byProject(runs)
        #expect(lines.map(\.project) == ["a", "b"])
        #expect(lines.map(\.runs.count) == [1, 2])
        #expect(RunTimeline.byProject(runs, metrics: ["mrr"]).allSatisfy { $0.series.isEmpty })
    }

    @Test func aSummaryIsTheSameAfterItsBytes() throws {
        var run = Runs.run(
            3, verdict: .block, branch: "b\u{1F}", title: "„x\" → y", version: "2026-Q1", judge: "m")
        run.cost = 0.1 + 0.2
        run.currency = "EUR"
        run.commit = "abc+"
        run.changes = ["prompt"]
        run.files = [RunSummary.Fact(name: "report.json", value: "sha256:00")]
        run.gates.append(
            RunSummary.Gate(
                rule: "r", outcome: "fails", baseline: nil, candidate: nil, note: "n", waivedBy: "team"))
        let bytes = RunSummaryCodec.encode(run)
        let read = try RunSummaryCodec.decode(bytes)
        #expect(read == run)
        #expect(RunSummaryCodec.encode(read) == bytes)
        for cut in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: RunSummaryCodec.Problem.self) { try RunSummaryCodec.decode(Array(bytes[..<cut])) }
        }
    }
}
