import Domain
import Metrics
import Notation
import Synchronization
import Testing

@testable import Scoring

/// Several providers as one, and programs of the user's own behind one.
@Suite struct JoinedModelsTests {
    private final class Scorer: CustomScorer {
        let facts: ModelFacts
        private let seen = Mutex<[String]>([])
        private let ends = Mutex(0)
        private let score: @Sendable (Int) -> CustomScore

        init(_ name: String, _ score: @escaping @Sendable (Int) -> CustomScore = { .score(Double($0)) }) {
            facts = ModelFacts(role: name, name: "program of \(name)", digest: "d-\(name)")
            self.score = score
        }

        var asked: [String] { seen.withLock { $0 } }
        var closed: Int { ends.withLock { $0 } }

        func scores(of lines: [String]) async -> [CustomScore] {
            seen.withLock { seen in
                lines.map { line in
                    seen.append(line)
                    return score(seen.count)
                }
            }
        }

        func close() async { ends.withLock { $0 += 1 } }
    }

    private func custom(_ metric: String, _ line: String) -> ModelRequest {
        var answer = Answer(latencyMilliseconds: nil)
        answer.text = line
        return .custom(CustomQuestion(metric, Example(id: "e", query: "q"), answer))
    }

    /// The answers' texts in lines that programs were shown.
    private func texts(_ lines: [String]) -> [String?] {
        lines.map { (try? JSONValue.parse($0))?["answer"]?["text"]?.stringValue }
    }

    private func words(_ answer: ModelAnswer) -> String {
        switch answer {
        case .score(let value): "\(value)"
        case .inapplicable(let why): "inapplicable: \(why)"
        case .failed(let why): "failed: \(why)"
        default: "other"
        }
    }

    @Test func eachRequestGoesToTheOneBehindIts() async throws {
        let one = Scorer("tone")
        let two = Scorer("risk") { _ in .inapplicable("nothing to risk") }
        let vectors = CountingProvider()
        let joined = JoinedModels([CustomProvider(["tone": one]), CustomProvider(["risk": two]), vectors])
        let answers = await joined.answers(to: [
            custom("risk", "a"), .embedding(ExactText("xyz"), .texts), custom("tone", "b"),
            custom("none", "c"), custom("tone", "d"),
        ])
        #expect(texts(one.asked) == ["b", "d"] && texts(two.asked) == ["a"])
        #expect(vectors.calls.map(\.count) == [2])
        #expect(words(answers[0]) == "inapplicable: nothing to risk")
        #expect(words(answers[2]) == "1.0" && words(answers[4]) == "2.0")
        #expect(words(answers[3]) == "failed: not of this kind", "the provider of vectors says yes to all")
        guard case .embedding(let embedding) = answers[1] else {
            Issue.record("\(answers[1])")
            return
        }
        #expect(embedding.vector.values == [3, 1])
        #expect(joined.model(.custom("tone")) == one.facts)
        #expect(joined.uses.map(\.model.role) == ["tone", "risk", "embedding"])
        await joined.close()
        #expect(one.closed == 1 && two.closed == 1)
    }

    @Test func nobodyBehindARequestIsAFailureOfThatOneAlone() async throws {
        let one = Scorer("tone")
        let joined = JoinedModels([CustomProvider(["tone": one])])
        let answers = await joined.answers(to: [.embedding(ExactText("a"), .texts), custom("tone", "b")])
        #expect(answers.map(words) == ["failed: the policy names no model for it", "1.0"])
    }

    @Test func aScoreIsAskedForOnceAndAFailureAgain() async throws {
        let scorer = Scorer("tone") { $0 == 1 ? .failed("it crashed") : .score(0.5) }
        let provider = CustomProvider(["tone": scorer])
        #expect(await provider.answers(to: [custom("tone", "a")]).map(words) == ["failed: it crashed"])
        #expect(await provider.answers(to: [custom("tone", "a")]).map(words) == ["0.5"])
        #expect(await provider.answers(to: [custom("tone", "a")]).map(words) == ["0.5"])
        #expect(texts(scorer.asked) == ["a", "a"])
        let use = try #require(provider.uses.first)
        #expect(use.wanted == 3 && use.asked == 2 && use.cached == 1 && use.failed == 1)
    }

    @Test func whatAJudgesMemoryLacksIsTold() async throws {
        struct Broken: JudgementCache {
            func judgements(of keys: [JudgementKey]) throws(StoreError) -> [JudgeReply?] {
                throw StoreError(.full, "the disk is full")
            }

            func keep(_ judgements: [(key: JudgementKey, reply: JudgeReply)]) throws(StoreError) {
                throw StoreError(.full, "the disk is full")
            }
        }
        struct Silent: Judge {
            let identity = JudgeIdentity(kind: "script", model: "m", address: "test")
            func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
                questions.map { _ in .failure(.refused("no")) }
            }
            func close() async {}
        }
        let provider = JudgeProvider(JudgeDesk(Silent(), cache: Broken()))
        let prompt = JudgePromptIdentity(name: "p", version: "1", digest: "d")
        let question = JudgeQuestion(metric: "m", prompt: prompt, messages: [], schema: .null)
        _ = await JoinedModels([provider]).answers(to: [.judgement(question)])
        #expect(provider.problems.count == 1 && provider.problems[0].contains("not kept for later runs"))
        #expect(JoinedModels([provider]).problems == provider.problems)
    }
}
