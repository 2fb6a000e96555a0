import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// What models said of a run: kept when it comes, taken as it is where the run is read, told where it went wrong.
@Suite struct ModelPassTests {
    /// A judge that finds nothing toxic, and notes what it answered.
    private final class Answered: Sendable { let prompts = Mutex<[String]>([]) }

    private static let verdict: JSONValue = [
        "model": "judge-1",
        "choices": [
            ["message": ["content": "{\"reason\": \"r\", \"verdict\": \"no\"}"], "finish_reason": "stop"]
        ],
        "usage": ["prompt_tokens": 10, "completion_tokens": 5],
    ]

    private func judge(_ answered: Answered, delay: Duration) throws -> AnyApp {
        try AnyApp { request in
            let prompt = request.body?["messages"]?[1]?["content"]?.stringValue ?? ""
            answered.prompts.withLock { $0.append(prompt) }
            var reply = AnyApp.Reply.json(Self.verdict)
            reply.delay = delay
            return reply
        }
    }

    /// A kill loses what was under way, and nothing that came: with a budget, whose batches were four, and without.
    @Test(arguments: ["", "  budget: { calls: 500 }\n"])
    func whatAJudgeAnsweredOutlivesAKill(budget: String) async throws {
        let app = try TestApp { TestApp.right($0) }
        let answered = Answered()
        let slow = try judge(answered, delay: .milliseconds(60))
        let place = try Workplace()
        try place.writeExamples(24)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"], metrics: "toxicity, error_rate",
            more: "judge:\n  openai: \(slow.origin)/v1\n  model: judge-1\n  concurrency: 2\n\(budget)")
        let child = try place.start(["eval"])
        let isUnderWay = try await child.waits { answered.prompts.withLock { $0.count } >= 11 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        #expect(await child.outcome().status == -SIGKILL)
        let before = answered.prompts.withLock { $0.count }
        try #require(before < 20)
        let run = try place.newestRun()
        let resumed = try await place.sluice("eval", "--resume", run)
        #expect(resumed.status == 0, "\(resumed)")
        var counts: [String: Int] = [:]
        for prompt in answered.prompts.withLock({ $0 }) { counts[prompt, default: 0] += 1 }
        #expect(counts.count == 24)
        #expect(counts.values.reduce(0, +) <= 24 + 2, "two were under way when it was killed")
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
    }

    @Test func aPauseThatAnAppAsksForIsTold() async throws {
        let app = try TestApp { question in
            if question.number == 0 {
                return TestApp.Reply(status: 429, body: "{}", headers: ["Retry-After": "3"])
            }
            return TestApp.right(question)
        }
        let place = try Workplace()
        try place.writeExamples(4)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"], metrics: "error_rate",
            limits: "concurrency: 1, timeout: 5s, retries: 2")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            outcome.err.contains("waiting: the candidate asks for 3 s of patience"), "\(outcome)")
    }

    private func embedding(_ asked: Answered) throws -> TestApp {
        try TestApp { question in
            let texts = (question.body?["input"]?.arrayValue ?? []).compactMap(\.stringValue)
            asked.prompts.withLock { $0 += texts }
            let rows = texts.enumerated().map { index, text in
                "{\"index\": \(index), \"embedding\": [1, \(text.contains("zzz") ? -1 : 1)]}"
            }
            return TestApp.Reply(body: "{\"model\": \"m-1\", \"data\": [\(rows.joined(separator: ","))]}")
        }
    }

    /// A run that is only read keeps its files, and its verdict over other examples rests on its own scores.
    @Test func aDiffJudgesRunsByTheirModelsScores() async throws {
        let app = try TestApp { TestApp.right($0) }
        let other = try TestApp { question in
            question.number % 2 == 0 ? TestApp.right(question) : TestApp.Reply(body: TestApp.body("zzz"))
        }
        let asked = Answered()
        let endpoint = try embedding(asked)
        let address = endpoint.url.replacingOccurrences(of: "/answer", with: "/v1")
        let place = try Workplace()
        try place.writeExamples(40)
        try place.writePolicy(
            baseline: app.url, candidate: other.url, gates: ["cosine_similarity not worse than baseline"],
            metrics: "cosine_similarity", more: "embedding: { openai: \"\(address)\", name: m }\n")
        let run = try await place.sluice("eval")
        #expect(run.status == 1, "\(run)")
        let name = try place.newestRun()
        let path = ".sluice/runs/\(name)/model-scores.json"
        let scores = try place.read(path)
        let count = asked.prompts.withLock { $0.count }
        // The first two are gone, and of the third something else is expected.
        let lines = try place.read("golden.jsonl").split(separator: "\n").map(String.init)
        try place.write(
            "golden.jsonl",
            lines.dropFirst(2).enumerated().map { number, line in
                number == 0 ? line.replacingOccurrences(of: "answer 2", with: "other") : line
            }.joined(separator: "\n") + "\n")
        let diff = try await place.sluice("dataset", "diff", name, "golden.jsonl", "--json")
        #expect(diff.status == 0, "\(diff)")
        #expect(asked.prompts.withLock { $0.count } == count, "nobody is asked")
        #expect(try place.read(path) == scores)
        let value = try JSONValue.parse(Array(diff.out.utf8))
        let effect = try #require(
            value["effects"]?[0] ?? value["verdicts"]?[0] ?? value["runs"]?[0], "\(diff)")
        for part in ["remaining", "reexpected"] {
            let gate = try #require(effect[part]?["gates"]?[0], "\(part): \(effect)")
            #expect(gate["n"]?.intValue == 37, "\(part): \(gate)")
            #expect(gate["baseline"]?.doubleValue == 1, "\(part): \(gate)")
        }
    }

    /// Behind an address another model answers than in the run before: said, and its vectors are asked for again.
    @Test func anEmbeddingWhoseModelChangedBetweenRunsIsTold() async throws {
        let app = try TestApp { TestApp.right($0) }
        let turn = Mutex(0)
        let endpoint = try AnyApp { request in
            let texts = request.body?["input"]?.arrayValue ?? []
            let name = turn.withLock { "m-\($0)" }
            let rows = texts.indices.map { "{\"index\": \($0), \"embedding\": [1, 1]}" }
            return AnyApp.Reply(body: "{\"model\": \"\(name)\", \"data\": [\(rows.joined(separator: ","))]}")
        }
        let place = try Workplace()
        try place.writeExamples(6)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            metrics: "cosine_similarity, error_rate",
            more: "embedding: { openai: \"\(endpoint.origin)/v1\", name: m }\n")
        let first = try await place.sluice("eval")
        #expect(first.status == 0 && !first.out.contains("changed"), "\(first)")
        turn.withLock { $0 = 1 }
        try place.writeExamples(8)
        let second = try await place.sluice("eval")
        let out = second.out.replacingOccurrences(of: "\n    ", with: " ")
        #expect(out.contains("call it by 2 names (m-0, m-1)"), "\(second)")
        #expect(out.contains("delete .sluice/vectors.db"), "\(second)")
        let third = try await place.sluice("eval")
        #expect(!third.out.contains("call it by"), "all of it is of one model again: \(third)")
    }
}
