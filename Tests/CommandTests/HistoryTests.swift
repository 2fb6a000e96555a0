import Foundation
import Notation
import Testing

/// Runs over time, and what came of what was blocked.
@Suite struct HistoryTests {
    /// A branch's runs: blocked, blocked, mended; then one over another data set.
    private func filled() async throws -> (Workplace, [String]) {
        let place = try Workplace()
        let good = try TestApp { TestApp.right($0) }
        let bad = try TestApp { question in
            question.number % 2 == 0
                ? TestApp.Reply(body: TestApp.body("wrong", version: "2"))
                : TestApp.right(question, version: "2")
        }
        let mended = try TestApp { TestApp.right($0, version: "3") }
        try place.writeExamples(40)
        for (app, version) in [(bad, "a"), (bad, "b"), (mended, "c")] {
            try place.writePolicy(
                baseline: good.url, candidate: app.url, metrics: "exact_match, token_f1, latency, error_rate")
            _ = version
            _ = try await place.sluice("eval", environment: ["GITHUB_REF_NAME": "fix-1"])
        }
        try place.writeExamples(30)
        _ = try await place.sluice(
            "eval", "--title", "more\u{1B}[2J", environment: ["GITHUB_REF_NAME": "main"])
        return (place, place.runs())
    }

    @Test func qualityOverTimeWithWhatCameOfTheBlocks() async throws {
        let (place, runs) = try await filled()
        #expect(runs.count == 4)
        let shown = try await place.sluice("history", "--html", "h.html")
        #expect(shown.status == 0, "\(shown)")
        for words in ["4 runs", "exact_match", "latency.p95", "2 BLOCK", "│", "data set ", "prompt 2 → 3"] {
            #expect(shown.out.contains(words), "\(words): \(shown)")
        }
        #expect(shown.out.contains("mended: ships as \(runs[2])"), "\(shown)")
        #expect(shown.out.contains("exact_match not worse than baseline: "), "\(shown)")
        #expect(!shown.out.contains("\u{1B}"))
        let page = try place.read("h.html")
        #expect(page.contains("<svg") && page.contains("<title>") && !page.contains("\u{1B}"))
        #expect(XMLReader.problem(place.path("h.html")) == nil)
        #expect(page.utf8.count < 200_000)

        let json = try JSONValue.parse(Array(try await place.sluice("history", "--json").out.utf8))
        #expect(json["format"]?.stringValue == "sluice.history/1")
        let project = try #require(json["projects"]?[0])
        let series = try #require(
            project["series"]?.arrayValue?.first { $0["metric"]?.stringValue == "exact_match" })
        let points = try #require(series["points"]?.arrayValue)
        #expect(points.compactMap { $0["joined"]?.boolValue } == [false, true, true, false])
        #expect(points.compactMap { $0["value"]?.doubleValue } == [0.5, 0.5, 1, 1])
        #expect(points.compactMap { $0["n"]?.intValue } == [40, 40, 40, 30])
        #expect(json["gate_log"]?.arrayValue?.count == 2)
        #expect(json["gate_log"]?[1]?["sequel"]?["tries_between"]?.intValue == 1)

        let one = try await place.sluice(
            "history", "--metric", "token_f1", "--branch", "fix-1", "--last", "2")
        #expect(one.out.contains("token_f1") && !one.out.contains("exact_match  "), "\(one)")
        #expect(one.out.contains("2 runs"), "\(one)")
        let nonsense = try await place.sluice("history", "--metric", "token_f2", "--html", "n.html")
        #expect(nonsense.status == 64 && nonsense.out == "", "\(nonsense)")
        #expect(
            nonsense.err.contains("no run has a metric 'token_f2'; did you mean 'token_f1'?"), "\(nonsense)")
        #expect(nonsense.err.contains("there are exact_match, "), "\(nonsense)")
        #expect(!place.exists("n.html"))
        let own = try await place.sluice("history", "--policy", "sluice.yaml")
        #expect(own.status == 0 && own.out.contains("4 runs") && own.out.contains("project test"), "\(own)")
        #expect(try await place.sluice("history", "--project", "other").out.contains("0 runs"))
        #expect(try await place.sluice("history", "--since", "2999").out.contains("0 runs"))
    }

    @Test func notesAreKeptWithWhoAndWhenAndCounted() async throws {
        let (place, runs) = try await filled()
        let first = try await place.sluice(
            "history", "note", runs[0], "--outcome", "true-alarm", "--why", "users \u{1B}[2J complained",
            "--by", "Ada")
        #expect(first.status == 0, "\(first)")
        #expect(!first.out.contains("\u{1B}"))
        let second = try await place.sluice(
            "history", "note", runs[1], "--outcome", "false-alarm", "--why", "flaky index", "--json")
        #expect(second.out.contains("\"by\": \"tester\""), "\(second)")
        let shown = try await place.sluice("history")
        #expect(shown.out.contains("1 true and 1 false of 2 judged: 50.0 % true ["), "\(shown)")
        #expect(shown.out.contains("(90 %, Wilson)"), "\(shown)")
        #expect(shown.out.contains("true-alarm (Ada, 20"), "\(shown)")
        _ = try await place.sluice(
            "history", "note", runs[1], "--outcome", "true-alarm", "--why", "not the index after all")
        let again = try await place.sluice("history")
        #expect(again.out.contains("2 true and 0 false of 2 judged"), "the last word counts: \(again)")
        #expect(again.out.contains("flaky index"), "and what was said before stays")
    }

    private static let wrong: [String: Int32] = [
        "history --since yesterday": 64, "history --last 0": 64, "history --all --last 3": 64,
        "history nonsense": 64, "history --why x": 64, "history note r-1": 64,
        "history note r-1 --outcome bad --why x": 64, "history note r-1 --outcome true-alarm": 64,
        "history note r-1 --outcome true-alarm --why x": 65, "history": 65, "history --from nowhere": 65,
        "history --from x.db": 65,
    ]

    @Test(arguments: wrong.keys.sorted())
    func whatCannotBeDoneIsSaid(line: String) async throws {
        let place = try Workplace()
        let outcome = try await place.start(line.split(separator: " ").map(String.init)).outcome()
        #expect(outcome.status == HistoryTests.wrong[line], "\(outcome)")
        #expect(outcome.out.isEmpty && !outcome.err.isEmpty)
        #expect(place.files().isEmpty, "nothing is made: \(place.files())")
    }
}
