import Domain
import Metrics
import Notation
import Scoring
import Synchronization
import Testing

@testable import Replay

/// What is asked first where a judge's budget may end before everything is.
@Suite struct AskingPhasesTests {
    /// Finds everything correct and nothing toxic, and remembers what it was asked for.
    final class Willing: Judge {
        let identity = JudgeIdentity(kind: "script", model: "willing", address: "test")
        private let asked = Mutex<[String]>([])

        var metrics: [String] { asked.withLock { $0 } }

        func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
            questions.map { question in
                asked.withLock { $0.append(question.metric) }
                var verdict = JSONObject()
                verdict["reason"] = "r"
                verdict["verdict"] = question.metric == "correctness" ? "correct" : "no"
                return .success(JudgeReply(verdict: verdict, reason: "r"))
            }
        }

        func close() async {}
    }

    private static let gate = GateRule(
        text: "correctness >= 0.5", metric: MetricReference(name: "correctness"),
        form: .compare(.atLeast, Quantity(value: 0.5, text: "0.5"), confidently: false))

    private func bench(_ judge: Willing, calls: Int?) -> GoldenGateTests.Bench {
        var bench = GoldenGateTests.Bench()
        bench.candidate = FakeTarget("new") { question in
            answered(answer("another \(question.example.id.dropFirst(2))", version: "2"))
        }
        bench.models = JudgeProvider(JudgeDesk(judge, budget: .init(calls: calls)))
        bench.change = { policy in
            // What does not gate stands first.
            policy.metrics = [MetricRequest(name: "toxicity"), MetricRequest(name: "judged_refusal")]
            policy.judge = JudgePolicy(kind: .command(["judge"]))
            policy.judge?.budget.calls = calls
        }
        bench.rules = [Self.gate]
        return bench
    }

    @Test func whatGatesIsWholeAndTheRestLosesByName() async throws {
        let judge = Willing()
        // Two arms of forty: correctness asks 80, and 20 are left.
        let result = try await bench(judge, calls: 100).gate().run()
        #expect(
            judge.metrics == [String](repeating: "correctness", count: 80)
                + .init(repeating: "toxicity", count: 20))
        #expect(result.gates[0].n == 40 && result.gates[0].outcome == .passes)
        #expect(
            result.measurement.losses.map { [$0.lost, $0.overBudget, $0.of] } == [
                [60, 60, 80], [80, 80, 80],
            ])
        #expect(result.measurement.losses.map(\.metric) == ["toxicity", "judged_refusal"])
        let note = try #require(result.warnings.first)
        #expect(
            note.hasPrefix(
                "the budget of 100 calls is spent (judge.budget): toxicity lost 60 of 80 and judged_refusal lost all 80; "
                    + "what gates was asked first"), "\(note)")
        #expect(note.contains("sluice eval --resume"))
        #expect(result.headline.hasSuffix("; not measured at all: judged_refusal"), "\(result.headline)")
    }

    /// The same examples are asked about in every run, in both arms.
    @Test func aBudgetThatIsTooSmallForTheGateIsSaidOfIt() async throws {
        var scores: [[String]] = []
        for _ in 0..<2 {
            let bench = bench(Willing(), calls: 30)
            let result = try await bench.gate().run()
            #expect(result.verdict == .cannotTell)
            #expect(
                result.warnings.first?.contains("correctness lost 50 of 80 (it gates)") == true,
                "\(result.warnings)")
            let bytes = try #require(
                try bench.evidence.get(run: result.manifest.runID, name: KeptScores.name))
            let kept = try KeptScores(bytes)
            var found: [String] = []
            for arm in Arm.allCases {
                let ids = (0..<40).map { bench.examples[$0].id }.filter {
                    if case .value? = kept.score("correctness", arm, .init($0, 0), series: nil) {
                        return true
                    }
                    return false
                }
                found.append(ids.joined(separator: " "))
                #expect(ids.count == 15)
            }
            #expect(found[0] == found[1], "both arms")
            scores.append(found)
        }
        #expect(scores[0] == scores[1])
    }

    @Test func withoutABudgetAllIsAskedTogether() async throws {
        let judge = Willing()
        let result = try await bench(judge, calls: nil).gate().run()
        #expect(Set(judge.metrics.prefix(20)).count == 3 && judge.metrics.count == 240)
        #expect(result.measurement.losses.isEmpty && result.headline.contains("not measured") == false)
    }
}
