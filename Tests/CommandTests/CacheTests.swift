import Foundation
import Notation
import Testing

/// The response cache says what it did, in every form.
@Suite struct CacheTests {
    private func place(
        _ usage: String = #", "usage": {"input_tokens": 100, "output_tokens": 20}"#
    ) throws -> (
        Workplace, TestApp
    ) {
        let place = try Workplace()
        let app = try TestApp { question in
            // Every fourth answer does not say what it took.
            let says = question.query.hasSuffix("3") ? "" : usage
            let number = question.query.dropFirst("question ".count)
            return TestApp.Reply(
                body: "{\"answer\": \"answer \(number)\", \"versions\": {\"prompt\": \"1\"}\(says)}")
        }
        try place.writeExamples(20)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            metrics: "exact_match, error_rate",
            limits: "concurrency: 2, timeout: 5s, retries: 0, cache: true, cache_age: 2h",
            app: "  prices: { currency: EUR, input: 1/M, output: 10/M }")
        let policy = try place.read("sluice.yaml").replacingOccurrences(
            of: "versions: /versions }", with: "versions: /versions, usage: /usage }")
        try place.write("sluice.yaml", policy)
        return (place, app)
    }

    @Test func theSecondRunSaysWhatTheCacheSaved() async throws {
        let (place, app) = try place()
        let first = try await place.sluice("eval")
        #expect(first.out.contains("cache: 0 of 20 answers (0.0 %); entries last 2 h"), "\(first)")
        let second = try await place.sluice(
            "eval", "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html")
        #expect(app.asked.count == 21, "one is asked, to see what runs")
        // 19 answers from the cache; of 20 questions, 3 and 13 end in 3.
        let words =
            "19 of 20 answers (95.0 %), saved 19 calls, 2,040 tokens (1,700 in, 340 out; 2 calls did not say), "
        #expect(
            second.out.replacingOccurrences(of: "\n    ", with: " ").contains("cache: " + words), "\(second)")
        for (name, text) in [
            ("c.md", try place.read("c.md")), ("j.xml", try place.read("j.xml")),
            ("r.html", try place.read("r.html")),
        ] {
            #expect(text.contains(words), "\(name)")
            #expect(text.contains("EUR (2 calls of unknown price); entries last 2 h"), "\(name)")
        }
        let run = try place.newestRun()
        let report = try JSONValue.parse(Array(try place.read(".sluice/runs/\(run)/report.json").utf8))
        let cache = try #require(report["measurement"]?["cache"])
        #expect(cache["hits"]?.intValue == 19 && cache["asked"]?.intValue == 1)
        #expect(cache["hit_rate"]?.doubleValue == 0.95)
        // 17 × (100 × 1 + 20 × 10) per million.
        #expect(abs((cache["saved_money"]?.doubleValue ?? 0) - 0.0051) < 1e-12)
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
        #expect(
            try await place.sluice("report", run, "--json").out
                == (try place.read(".sluice/runs/\(run)/report.json")))
    }

    @Test func unknownPricesAreSaidAsUnknown() async throws {
        let (place, app) = try place("")
        try place.write(
            "sluice.yaml",
            try place.read("sluice.yaml").replacingOccurrences(
                of: "  prices: { currency: EUR, input: 1/M, output: 10/M }\n", with: ""))
        _ = try await place.sluice("eval")
        let second = try await place.sluice("eval")
        #expect(
            second.out.contains("saved 19 calls, tokens unknown, money unknown; entries last 2 h"),
            "\(second)")
        #expect(app.asked.count == 21)
        #expect(try await place.sluice("eval", "--no-cache").out.contains("cache:") == false)
        #expect(app.asked.count == 41)
    }

    @Test func anAgeCanBeAskedFor() async throws {
        let (place, app) = try place()
        _ = try await place.sluice("eval")
        #expect(try await place.sluice("eval", "--cache-age", "6h").out.contains("entries last 6 h"))
        #expect(app.asked.count == 21)
        try await Task.sleep(for: .milliseconds(2100))
        #expect(try await place.sluice("eval", "--cache-age", "1s").out.contains("0 of 20 answers"))
        #expect(app.asked.count == 41)
        for bad in ["0s", "6", "soon", "-1h"] {
            #expect(try await place.sluice("eval", "--cache-age=\(bad)").status == 64, "\(bad)")
        }
    }
}
