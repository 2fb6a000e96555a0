import Domain
import Metrics
import Notation
import Scoring
import Statistics
import Synchronization
import Testing

@testable import Replay

/// Metrics that ask models, through the whole gate.
@Suite struct ModelMetricsTests {
    /// Vectors by the letters of a text; remembers what it was asked, and may end the run while it works.
    final class Letters: ModelProvider {
        private let asked = Mutex<[String]>([])
        private let stop: @Sendable (Int) async -> Void

        init(stop: @escaping @Sendable (Int) async -> Void = { _ in }) { self.stop = stop }

        var texts: [String] { asked.withLock { $0 } }

        func model(_ kind: ModelKind) -> ModelFacts? {
            ModelFacts(role: "embedding", name: "letters", digest: "l1")
        }

        func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
            var answers: [ModelAnswer] = []
            for request in requests {
                guard case .embedding(let text, _) = request else {
                    answers.append(.failed("not of this kind"))
                    continue
                }
                asked.withLock { $0.append(text.text) }
                var values = [Float](repeating: 0, count: 64)
                for byte in text.text.utf8 { values[Int(byte) % 64] += 1 }
                let model = EmbeddingModel(name: "letters", digest: "l1")
                do {
                    let vector = try EmbeddingVector(model: model, values: values)
                    answers.append(.embedding(TextEmbedding(vector: vector, tokenCount: nil)))
                } catch {
                    answers.append(.failed("\(error)"))
                }
            }
            await stop(texts.count)
            return answers
        }

        var uses: [ModelUse] {
            var use = ModelUse(ModelFacts(role: "embedding", name: "letters", digest: "l1"), unit: "texts")
            use.wanted = texts.count
            return texts.isEmpty ? [] : [use]
        }
    }

    private func bench(_ models: any ModelProvider, count: Int = 40) -> GoldenGateTests.Bench {
        var bench = GoldenGateTests.Bench()
        bench.examples = examples(count)
        bench.candidate = FakeTarget("new") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            return answered(answer(number % 2 == 0 ? "answer \(number)" : "zzz", version: "2"))
        }
        bench.models = models
        bench.rules = [
            GateRule(
                text: "cosine_similarity not worse than baseline",
                metric: MetricReference(name: "cosine_similarity"), form: .notWorse)
        ]
        return bench
    }

    @Test func aDropOfMeaningBlocksAndItsScoresAreKept() async throws {
        let models = Letters()
        let bench = bench(models)
        let result = try await bench.gate().run()
        #expect(result.verdict == .block)
        #expect(result.gates.map(\.n) == [40])
        #expect(result.gates[0].baseline?.value == 1)
        // Forty references, and "zzz": what the baseline answers is its reference.
        #expect(Set(models.texts).count == 41)
        let asked = models.texts.count
        #expect(result.models.map(\.wanted) == [asked])
        // What is shown of an example is what was judged, not a measuring without the model.
        let shown = try #require(result.shown.first { $0.movement == "newly failing" })
        let score = try #require(shown.scores.first { $0.metric == "cosine_similarity" })
        #expect(score.baseline == 1)
        #expect((score.candidate ?? 2) < 0.9)
        #expect(score.note == nil)

        var again = bench.gate(rescore: true)
        #expect(try await again.run().gates[0].difference == result.gates[0].difference)
        #expect(models.texts.count == asked)

        var request = again.request
        request.takesKeptScores = true
        var silent = bench
        silent.models = NoModels()
        again = GoldenGate(request, silent.gate(rescore: true).ports)
        let read = try await again.run()
        #expect(read.gates[0].difference == result.gates[0].difference)
        #expect(read.models == result.models)
    }

    @Test func anAddressThatAnswersByTwoNamesIsToldOf() {
        var use = ModelUse(ModelFacts(role: "judge", name: "j", digest: "d"), unit: "judgements")
        use.names = ["m-1"]
        #expect(GoldenGate.changeNote(use) == nil)
        use.names = ["m-1", "m-2"]
        #expect(GoldenGate.changeNote(use)?.contains("call it by 2 names (m-1, m-2)") == true)
    }

    @Test func withoutAModelNothingIsJudged() async throws {
        let result = try await bench(NoModels()).gate().run()
        #expect(result.verdict == .cannotTell)
        #expect(result.measurement.metricFailures == 80)
    }

    @Test func aRunStoppedWhileModelsAreAskedGoesOnWithWhatWasMeasured() async throws {
        let handle = Mutexed<Task<RunResult, any Error>?>(nil)
        let stopping = Letters { count in
            if count > 60 {
                while handle.withLock({ $0 == nil }) { await Task.yield() }
                handle.withLock { $0?.cancel() }
            }
        }
        var first = bench(stopping, count: 200)
        let gate = first.gate()
        let task = Task { try await gate.run() }
        handle.withLock { $0 = task }
        await #expect(throws: ReplayInterruption.self) { try await task.value }
        let before = stopping.texts.count
        #expect(before < 200)
        let rest = Letters()
        first.models = rest
        let result = try await first.gate(resume: true).run()
        #expect(result.gates.map(\.n) == [200])
        #expect(rest.texts.count < 202 - before + 64)
        // What the first part asked is counted with what the second did.
        #expect(result.models.map(\.wanted) == [stopping.texts.count + rest.texts.count])
        // But for examples of which one arm alone was measured.
        #expect(Set(rest.texts).intersection(stopping.texts).count < 10)
    }

    // MARK: - By definition

    /// Whether models are wanted is told by the metrics as they are asked for, whatever else their families can do.
    @Test(
        arguments: [
            (["context_recall[embedding]"], [], true), (["context_precision[embedding]"], [], true),
            (["context_recall[text]", "context_precision[id]"], [], false), (["exact_match"], [], false),
            ([], ["context_recall[embedding]"], true), (["composite[fine]"], [], true),
            (["composite[plain]"], [], false),
        ] as [([String], [String], Bool)])
    func modelsAreWantedByWhatIsMeasured(_ metrics: [String], _ rules: [String], _ wants: Bool) throws {
        var bench = GoldenGateTests.Bench()
        bench.rules = rules.map { name in
            GateRule(
                text: name,
                metric: MetricReference(
                    name: String(name.prefix { $0 != "[" }),
                    selector: .named(String(name.drop { $0 != "[" }.dropFirst().dropLast()))),
                form: .notWorse)
        }
        bench.change = { $0.metrics = metrics.map { MetricRequest(name: $0) } }
        var request = bench.gate().request
        request.resources.composites = [
            CompositeMetric(
                name: "fine", form: .anyOf,
                parts: [.init(request: MetricRequest(name: "toxicity"), atMost: 0)]),
            CompositeMetric(
                name: "plain", form: .anyOf, parts: [.init(request: MetricRequest(name: "exact_match"))]),
        ]
        #expect(request.wantsModels == wants)
        #expect(request.selection?.judged.map(\.name) == (metrics == ["composite[fine]"] ? ["toxicity"] : []))
    }

    // MARK: - A judge between two arms

    /// Prefers the answer that calls itself better, whatever stands first.
    final class Fair: Judge {
        let identity = JudgeIdentity(kind: "script", model: "fair", address: "test")

        func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
            questions.map { question in
                let shown = question.messages.last?.content ?? ""
                let isFirst = shown.prefix(
                    upTo: shown.firstRange(of: " second>")?.lowerBound ?? shown.endIndex
                )
                .contains("better")
                var verdict = JSONObject()
                verdict["reason"] = "r"
                verdict["verdict"] = .string(isFirst ? "first" : "second")
                return .success(JudgeReply(verdict: verdict, reason: "r"))
            }
        }

        func close() async {}
    }

    /// The other arm's answers reach a metric that compares the arms, through the whole gate.
    @Test func aPreferenceSeesBothArmsAnswers() async throws {
        var bench = GoldenGateTests.Bench()
        bench.candidate = FakeTarget("new") { question in
            answered(answer("better answer \(question.example.id.dropFirst(2))", version: "2"))
        }
        let desk = JudgeDesk(Fair())
        bench.models = JudgeProvider(desk)
        bench.change = { $0.metrics = [MetricRequest(name: "preference")] }
        bench.rules = [
            GateRule(
                text: "preference >= 0.5", metric: MetricReference(name: "preference"),
                form: .compare(.atLeast, Quantity(value: 0.5, text: "0.5"), confidently: false))
        ]
        let result = try await bench.gate().run()
        #expect(result.gates[0].candidate?.value == 1 && result.gates[0].baseline?.value == 0)
        #expect(result.gates[0].outcome == .passes && result.gates[0].n == 40)
        // Two orders of forty pairs: both arms hang on the same questions.
        #expect(result.models.map(\.wanted) == [80])
        #expect(result.models.map(\.inBothOrders) == [40] && result.models.map(\.orderDisagreed) == [0])
    }

    @Test func withOneArmThereIsNothingToPrefer() async throws {
        var bench = GoldenGateTests.Bench()
        bench.baseline = nil
        bench.models = JudgeProvider(JudgeDesk(Fair()))
        bench.change = { $0.metrics = [MetricRequest(name: "preference")] }
        bench.rules = []
        let result = try await bench.gate().run()
        #expect(result.models.isEmpty && result.measurement.metricFailures == 0)
    }
}
