import Foundation
import Notation
import Testing

/// Metrics that ask models, through the whole command.
@Suite struct ModelTests {
    private static let minilm = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            ".build/models/minilm"
        )
        .path

    private func place(
        _ app: TestApp, embedding: String, gates: [String] = ["cosine_similarity >= 0.9"],
        metrics: String = "cosine_similarity, bertscore, { bertscore_recall: { idf: true } }"
    ) throws -> Workplace {
        let place = try Workplace()
        try place.writeExamples(6)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: gates, metrics: metrics,
            more: "embedding: \(embedding)\n")
        return place
    }

    @Test func aModelThatIsNotThereSaysHowToGetIt() async throws {
        let app = try TestApp { TestApp.right($0) }
        let place = try place(app, embedding: "{ model: models/none }")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("models/none: there is no such folder"), "\(outcome)")
        #expect(outcome.err.contains("scripts/bootstrap model"), "\(outcome)")
        #expect(app.asked.isEmpty, "nothing is asked before it is known that it can be judged")
    }

    @Test func theModelStandsInEveryFormAndIsAskedOnce() async throws {
        let app = try TestApp { TestApp.right($0) }
        let place = try place(app, embedding: "{ model: \"\(Self.minilm)\" }")
        let outcome = try await place.sluice("eval", "--markdown", "c.md", "--html", "r.html")
        #expect(outcome.status == 0, "\(outcome)")
        let words = "embedding by minilm "
        for (face, text) in [
            ("terminal", outcome.out), ("markdown", try place.read("c.md")),
            ("html", try place.read("r.html")),
        ] { #expect(text.contains(words), "\(face)") }
        let run = try place.newestRun()
        let report = try JSONValue.parse(Array(try place.read(".sluice/runs/\(run)/report.json").utf8))
        let model = try #require(report["models"]?.arrayValue?.first)
        #expect(model["role"] == "embedding" && model["digest"]?.stringValue?.count == 64)
        #expect(model["asked"]?.intValue == 12, "6 texts, and 6 texts' tokens: answer and reference are one")
        let metrics = report["metrics"]?.arrayValue ?? []
        for name in ["cosine_similarity", "bertscore", "bertscore_recall"] {
            let metric = metrics.first { $0["name"]?.stringValue == name }
            #expect(abs((metric?["candidate"]?["value"]?.doubleValue ?? 0) - 1) < 1e-5, "\(name)")
        }
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
        #expect(try await place.sluice("report", run).out.contains(words))
        // The vectors are kept for the next run, and the scores for the same.
        let again = try await place.sluice("eval", "--json")
        #expect(again.out.contains("\"asked\": 6"), "vectors of tokens are made anew: \(again.out)")
    }

    /// Texts that say nothing, or nothing that the model can read, and one that is longer than it reads at once.
    @Test func oddTextsAreScoredOrSaid() async throws {
        let place = try Workplace()
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: odd
            app: { candidate: http://127.0.0.1:1/ }
            dataset: golden/
            embedding: { model: "\(Self.minilm)" }
            gates: ["error_rate <= 5%"]
            """)
        let texts: [(String, Double?)] = [
            ("", 0), (#" \n\t"#, 0), (#"\u0000\u0001"#, 0), (#"\u200b\u2060\ufeff"#, 0), ("😀", nil),
            ("It rains.", 1),
        ]
        var lines = texts.map { "{\"reference_response\":\"It rains.\",\"answer\":\"\($0.0)\"}\n" }.joined()
        lines +=
            "{\"reference_response\":\"It rains.\",\"answer\":\"\(String(repeating: "word ", count: 5000))\"}\n"
        lines += #"{"reference_response":"It rains.","answer":"\ud800"}"# + "\n"
        try place.write("in.jsonl", lines)
        for metric in ["cosine_similarity", "bertscore"] {
            let outcome = try await place.sluice(
                "score", metric, "--policy", "sluice.yaml", "--file", "in.jsonl", "--json")
            #expect(outcome.status == 65, "\(outcome)")
            let rows = try outcome.out.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
            for (row, (text, score)) in zip(rows, texts) {
                let value = row["scores"]?[metric]?.doubleValue
                if let score {
                    #expect(abs((value ?? .nan) - score) < 1e-5, "\(metric) '\(text)': \(row)")
                } else {
                    let why = row["unscored"]?[metric]?["failed"]?.stringValue ?? ""
                    #expect(value == nil && why.contains("knows too few"), "\(metric) '\(text)': \(row)")
                }
            }
            #expect(rows[6]["scores"]?[metric]?.doubleValue != nil)
            #expect(outcome.err.contains("1 text was longer than minilm reads at once"), "\(outcome)")
            #expect(rows[7]["error"]?.stringValue?.contains("half of a surrogate pair") == true, "\(outcome)")
        }
    }

    @Test func aTextBeyondTheModelsLengthIsSaid() async throws {
        let app = try TestApp { _ in
            TestApp.Reply(body: TestApp.body(String(repeating: "word ", count: 600)))
        }
        let place = try place(
            app, embedding: "{ model: \"\(Self.minilm)\" }", gates: ["error_rate <= 1%"],
            metrics: "cosine_similarity, error_rate")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 0, "\(outcome)")
        let out = outcome.out.replacingOccurrences(of: "\n    ", with: " ")
        #expect(out.contains("1 text was longer than minilm reads at once, and read in parts"), "\(outcome)")
    }

    /// An endpoint that gives a vector too few fails the measurement, whatever the app answers.
    @Test func anEndpointThatMiscountsIsNoScore() async throws {
        let app = try TestApp { TestApp.right($0) }
        let endpoint = try TestApp { _ in TestApp.Reply(body: "{\"data\": [{\"embedding\": [1, 2]}]}") }
        let address = endpoint.url.replacingOccurrences(of: "/answer", with: "/v1")
        let place = try place(
            app, embedding: "{ openai: \"\(address)\", name: m }", metrics: "cosine_similarity")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.out.contains("CANNOT TELL"), "\(outcome)")
        let out = outcome.out.replacingOccurrences(of: "\n      ", with: " ")
        #expect(out.contains("1 vectors for 6 texts"), "\(outcome)")
    }

    /// The same answers with two models: each run names its own, and no score is taken over.
    @Test func scoresOfTwoModelsDoNotMeet() async throws {
        let app = try TestApp { TestApp.right($0) }
        let endpoint = try TestApp { question in
            let texts = question.body?["input"]?.arrayValue ?? []
            // The second model sees no likeness anywhere.
            let isSecond = question.body?["model"] == "second"
            let rows = texts.enumerated().map { index, _ in
                "{\"index\": \(index), \"embedding\": [1, \(isSecond ? (index % 2 == 0 ? 1 : -1) : 0)]}"
            }
            return TestApp.Reply(body: "{\"data\": [\(rows.joined(separator: ","))]}")
        }
        let address = endpoint.url.replacingOccurrences(of: "/answer", with: "/v1")
        let place = try place(
            app, embedding: "{ openai: \"\(address)\", name: first }", metrics: "answer_relevance",
        )
        try place.write(
            "sluice.yaml",
            try place.read("sluice.yaml").replacingOccurrences(
                of: "cosine_similarity >= 0.9", with: "answer_relevance >= 0.9"))
        let first = try await place.sluice("eval")
        #expect(first.status == 0, "\(first)")
        let asked = endpoint.asked.count
        let run = try place.newestRun()
        try place.write(
            "sluice.yaml",
            try place.read("sluice.yaml").replacingOccurrences(of: "name: first", with: "name: second"))
        let second = try await place.sluice("eval", "--rescore", run)
        #expect(second.status == 1, "\(second)")
        #expect(endpoint.asked.count > asked)
        #expect(app.asked.count == 6, "the app is asked no more")
    }
}
