import Domain
import Ledger
import Metrics
import Scoring
import Statistics
import Synchronization
import Testing

@testable import Replay

@Suite struct GoldenGateTests {
    struct Bench {
        var examples: [Example] = ReplayTests.examples(40)
        var baseline: FakeTarget? = FakeTarget("old") {
            answered(answer("answer \($0.example.id.dropFirst(2))"))
        }
        var candidate = FakeTarget("new") {
            answered(answer("answer \($0.example.id.dropFirst(2))", version: "2"))
        }
        var evidence = MemoryEvidence()
        var runs = MemoryRunStore()
        var cache: MemoryResponseCache?
        var rules = [
            GateRule(
                text: "exact_match not worse than baseline", metric: MetricReference(name: "exact_match"),
                form: .notWorse),
            GateRule(
                text: "error_rate <= 1%", metric: MetricReference(name: "error_rate"),
                form: .compare(.atMost, Quantity(value: 0.01, text: "1%"), confidently: false)),
        ]
        var layers = [RequiredLayers(layer: .golden, askedBy: [])]
        var change: (inout ReleasePolicy) -> Void = { _ in }
        var models: any ModelProvider = NoModels()

        func gate(
            run: String = "r-1", resume: Bool = false, rescore: Bool = false, repeats: Int = 1
        ) -> GoldenGate {
            var policy = ReleasePolicy(
                project: "test", app: AppPolicy(baseline: nil, candidate: nil),
                source: ReleasePolicy.SourceText(path: "sluice.yaml", text: ""))
            policy.metrics = ["exact_match", "token_f1", "error_rate", "latency"].map {
                MetricRequest(name: $0)
            }
            policy.app.limits.concurrency = 4
            policy.app.limits.retries = 0
            change(&policy)
            var manifest = Manifest(
                runID: run, sluiceVersion: "test", project: "test", policyPath: "sluice.yaml")
            manifest.seed = 7
            manifest.dataset = Manifest.DatasetFacts(
                digest: "d", count: examples.count, files: [], version: nil)
            manifest.candidate = Manifest.TargetFacts(identity: candidate.identity)
            manifest.baseline = baseline.map { Manifest.TargetFacts(identity: $0.identity) }
            var targets: [Arm: any Target] = [.candidate: candidate]
            if let baseline { targets[.baseline] = baseline }
            return GoldenGate(
                GoldenGate.Request(
                    policy: policy, rules: rules, layers: layers, resources: MetricResources(),
                    manifest: manifest,
                    repeats: repeats, resume: resume, rescore: rescore),
                GoldenGate.Ports(
                    examples: MemoryExamples(examples), targets: targets, evidence: evidence, runs: runs,
                    scratch: MemoryScratch(), cache: cache, clock: SteppingClock(), models: models))
        }
    }

    @Test func theSameAppShips() async throws {
        let result = try await Bench().gate().run()
        #expect(result.verdict == .ship)
        #expect(result.measurement.answered == 80)
        #expect(result.movement.unchangedCount == 40)
        #expect(result.changes == ["prompt 1 → 2"])
    }

    /// `slices: [tags]`: a slice for every tag, and an example lies in each of its own.
    @Test func tagsAreSlicesOneEach() async throws {
        var bench = Bench()
        bench.examples = examples(40) { example, number in
            example.tags = (number % 2 == 0 ? ["even"] : []) + (number < 10 ? ["low", "even"] : [])
        }
        bench.change = { $0.slices = ["tags"] }
        let result = try await bench.gate().run()
        let found = result.slices.filter { $0.metric == "exact_match" }
        #expect(found.map(\.slice) == ["tags", "tags"])
        #expect(found.map(\.value) == ["even", "low"])
        #expect(found.map(\.n) == [25, 10])
        #expect(found.map(\.outcome) == [.passes, .notJudged])
        bench.rules = [
            GateRule(
                text: "when tags = low: exact_match >= 1", slice: SliceCondition(name: "tags", value: "low"),
                metric: MetricReference(name: "exact_match"),
                form: .compare(.atLeast, Quantity(value: 1, text: "1"), confidently: false))
        ]
        let sliced = try await bench.gate(run: "r-2").run()
        #expect(sliced.gates[0].n == 10 && sliced.gates[0].outcome == .passes)
    }

    @Test func aWorseAppIsBlockedAndTheExampleShown() async throws {
        var bench = Bench()
        bench.candidate = FakeTarget("new") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            return answered(answer(number < 20 ? "nonsense" : "answer \(number)", version: "2"))
        }
        let result = try await bench.gate().run()
        #expect(result.verdict == .block)
        #expect(result.movement.newlyFailingCount == 20)
        #expect(result.shown.first?.candidate?.text == "nonsense")
        #expect(result.shown.first?.baseline?.text == "answer 0")
        #expect(bench.runs.run("r-1")?.verdict == .block)
    }

    @Test func anAppThatIsNotThereIsNoVerdict() async throws {
        var bench = Bench()
        bench.candidate = FakeTarget("new") { _ in failed(.unreachable) }
        await #expect(throws: ReplayInterruption.self) { try await bench.gate().run() }
        #expect(bench.candidate.asked.count == 1, "it is not asked forty times")
    }

    @Test func anAppThatGoesAwayIsGivenUpAndTheRestResumes() async throws {
        var bench = Bench()
        bench.examples = examples(200)
        let isDown = Mutexed(false)
        bench.candidate = FakeTarget("new") { question in
            if isDown.withLock({ $0 }) { return failed(.unreachable) }
            if question.example.id == "E-60" { isDown.withLock { $0 = true } }
            return answered(answer("answer \(question.example.id.dropFirst(2))", version: "2"))
        }
        await #expect(throws: ReplayInterruption.self) { try await bench.gate().run() }
        let askedBefore = bench.candidate.asked.count
        #expect(askedBefore < 120)
        isDown.withLock { $0 = false }
        bench.candidate = FakeTarget("new") {
            answered(answer("answer \($0.example.id.dropFirst(2))", version: "2"))
        }
        let result = try await bench.gate(resume: true).run()
        #expect(result.verdict == .ship)
        #expect(result.measurement.answered == 400)
        #expect(result.measurement.unmeasured == 0)
        let again = Set(bench.candidate.asked.map(\.example.id))
        #expect(!again.contains("E-0") && !again.contains("E-10"), "what was answered is not asked again")
        #expect(bench.candidate.asked.count <= 200 - 55)
    }

    @Test func aStoppedRunResumesToTheSameResult() async throws {
        var whole = Bench()
        whole.examples = examples(120)
        let expected = try await whole.gate().run()

        var bench = Bench()
        bench.examples = whole.examples
        let count = Mutexed(0)
        let handle = Mutexed<Task<RunResult, any Error>?>(nil)
        bench.candidate = FakeTarget("new") { question in
            let now = count.withLock { count -> Int in
                count += 1
                return count
            }
            if now == 50 {
                // The run may come so far before its handle is there.
                while handle.withLock({ $0 == nil }) { await Task.yield() }
                handle.withLock { $0?.cancel() }
            }
            return answered(answer("answer \(question.example.id.dropFirst(2))", version: "2"))
        }
        let gate = bench.gate()
        let task = Task { try await gate.run() }
        handle.withLock { $0 = task }
        await #expect(throws: (any Error).self) { try await task.value }
        bench.candidate = whole.candidate
        let result = try await bench.gate(resume: true).run()
        #expect(result.verdict == expected.verdict)
        #expect(result.gates.map(\.candidate) == expected.gates.map(\.candidate))
        #expect(result.gates.map(\.difference) == expected.gates.map(\.difference))
        #expect(result.measurement.answered == expected.measurement.answered)
    }

    @Test func aRescoreAsksNothingAndAgrees() async throws {
        let bench = Bench()
        let first = try await bench.gate().run()
        let asked = bench.candidate.asked.count + (bench.baseline?.asked.count ?? 0)
        let again = try await bench.gate(rescore: true).run()
        #expect(bench.candidate.asked.count + (bench.baseline?.asked.count ?? 0) == asked)
        #expect(again.verdict == first.verdict)
        #expect(again.gates.map(\.difference) == first.gates.map(\.difference))
    }

    @Test func overFivePercentUnmeasuredCannotTellWhateverElse() async throws {
        var bench = Bench()
        bench.examples = examples(100)
        bench.candidate = FakeTarget("new") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            if number % 8 == 1 { return failed(.throttled, status: 429) }
            return answered(answer(number < 60 ? "nonsense" : "answer \(number)", version: "2"))
        }
        bench.change = { $0.app.limits.retries = 0 }
        let result = try await bench.gate().run()
        #expect(result.verdict == .cannotTell)
        #expect(result.measurement.unmeasured == 13)
    }

    @Test func anAppThatAlwaysFailsIsBlocked() async throws {
        var bench = Bench()
        bench.candidate = FakeTarget("new") { _ in failed(.status, status: 500) }
        let result = try await bench.gate().run()
        #expect(result.verdict == .block)
        #expect(result.measurement.appFailures == 40)
    }

    @Test func unchangedInputsCostOneCallAnArmTheSecondTime() async throws {
        var bench = Bench()
        bench.cache = MemoryResponseCache()
        _ = try await bench.gate(run: "r-1").run()
        let before = bench.candidate.asked.count
        let result = try await bench.gate(run: "r-2").run()
        #expect(bench.candidate.asked.count == before + 1, "one, to see which versions run")
        #expect(result.measurement.fromCache == 78)
        #expect(result.verdict == .ship)
    }

    @Test func anAppThatShowsNoVersionIsNeverCached() async throws {
        var bench = Bench()
        bench.cache = MemoryResponseCache()
        bench.candidate = FakeTarget("new") {
            answered(answer("answer \($0.example.id.dropFirst(2))", version: nil))
        }
        _ = try await bench.gate(run: "r-1").run()
        let before = bench.candidate.asked.count
        _ = try await bench.gate(run: "r-2").run()
        #expect(bench.candidate.asked.count == before * 2)
    }

    @Test func aChangedVersionIsAskedAnew() async throws {
        var bench = Bench()
        bench.cache = MemoryResponseCache()
        _ = try await bench.gate(run: "r-1").run()
        bench.candidate = FakeTarget("new") {
            answered(answer("answer \($0.example.id.dropFirst(2))", version: "3"))
        }
        _ = try await bench.gate(run: "r-2").run()
        #expect(bench.candidate.asked.count == 40)
    }

    @Test func repeatsAreAskedApartAndTheExamplesOwnNumberWins() async throws {
        var bench = Bench()
        bench.examples = examples(10) { example, number in if number == 3 { example.repeats = 5 } }
        let result = try await bench.gate(repeats: 2).run()
        #expect(bench.candidate.asked.count == 9 * 2 + 5)
        #expect(result.measurement.planned == 2 * (9 * 2 + 5))
        // Repeats are clustered by example.
        #expect(result.gates[0].n == 10)
    }

    @Test func aSecondLookAtTheSamePairIsCounted() async throws {
        let bench = Bench()
        #expect(try await bench.gate(run: "r-1").run().manifest.attempt == 1)
        #expect(try await bench.gate(run: "r-2").run().manifest.attempt == 2)
        #expect(
            try await bench.gate(run: "r-2", resume: true).run().manifest.attempt == 2,
            "a resumed run is one look")
        var other = bench
        other.candidate = FakeTarget("new") {
            answered(answer("answer \($0.example.id.dropFirst(2))", version: "9"))
        }
        #expect(try await other.gate(run: "r-3").run().manifest.attempt == 1)
    }

    @Test func answersOfTheCacheAreNoNewLook() async throws {
        var bench = Bench()
        bench.cache = MemoryResponseCache()
        for run in ["r-1", "r-2", "r-3"] {
            #expect(try await bench.gate(run: run).run().manifest.attempt == 1)
        }
        bench.cache = nil
        #expect(try await bench.gate(run: "r-4").run().manifest.attempt == 2, "asked anew, it is")
    }

    @Test func whatNoArmAnsweredIsNoCrash() async throws {
        var bench = Bench()
        bench.candidate = FakeTarget("new") { _ in failed(.notAsked) }
        bench.baseline = FakeTarget("old") { _ in failed(.notAsked) }
        bench.change = { $0.metrics.append(MetricRequest(name: "intent_f1")) }
        bench.examples = examples(10) { example, _ in example.expectedIntent = "banking" }
        let result = try await bench.gate().run()
        #expect(result.verdict == .couldNotMeasure)
    }

    /// Cost has no worst value: what the candidate no longer says must not become the baseline's own.
    @Test(arguments: [true, false]) func aCandidateThatStopsSayingItsCostDoesNotInheritTheBaselines(
        answers: Bool
    ) async throws {
        var bench = Bench()
        bench.examples = examples(100)
        bench.baseline = FakeTarget("old") { question in
            var told = answer("answer \(question.example.id.dropFirst(2))")
            told.usage = Usage(cost: 0.001)
            return answered(told)
        }
        bench.candidate = FakeTarget("new") { question in
            if !answers, question.example.id != "E-0" { return failed(.status, status: 500) }
            return answered(answer("answer \(question.example.id.dropFirst(2))", version: "2"))
        }
        for form in [
            GateForm.compare(.atMost, Quantity(value: 1, text: "1"), confidently: false), .notWorse,
            .within(share: 0.2),
        ] {
            let run = "r-\(form)".prefix(20).filter { $0.isLetter || $0 == "-" }
            bench.rules = [GateRule(text: "cost", metric: MetricReference(name: "cost"), form: form)]
            let result = try await bench.gate(run: String(run)).run()
            #expect(result.verdict == .cannotTell, "\(form): \(result.headline)")
        }
    }

    @Test func aBaselineThatFailsMakesNoCandidateLookWell() async throws {
        var bench = Bench()
        bench.examples = examples(100)
        bench.baseline = FakeTarget("old") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            return number < 90 ? failed(.status, status: 500) : answered(answer("answer \(number)"))
        }
        bench.candidate = FakeTarget("new") { _ in answered(answer("nonsense", version: "2")) }
        bench.rules = [bench.rules[0]]
        let result = try await bench.gate().run()
        #expect(result.verdict == .cannotTell)
        #expect(result.headline.contains("the baseline failed on 90 of 100"))
    }

    @Test func boundsAloneNeedNoBaseline() async throws {
        var bench = Bench()
        bench.baseline = nil
        bench.rules = [bench.rules[1]]
        let result = try await bench.gate().run()
        #expect(result.verdict == .ship)
        #expect(result.measurement.planned == 40)
    }

    /// Of each example some repeats are answered when the run stops; the others are asked, and those alone.
    @Test func aRunOfRepeatsGoesOnInTheMiddleOfAnExample() async throws {
        var bench = Bench()
        bench.examples = examples(12)
        bench.baseline = nil
        bench.rules = [bench.rules[1]]
        bench.change = { $0.app.limits.concurrency = 1 }
        let handle = Mutexed<Task<RunResult, any Error>?>(nil)
        let count = Mutexed(0)
        bench.candidate = FakeTarget("new") { question in
            let number = count.withLock { count -> Int in
                count += 1
                return count
            }
            if number == 17 { handle.withLock { $0?.cancel() } }
            return answered(answer("answer \(question.example.id.dropFirst(2))"))
        }
        let gate = bench.gate(repeats: 3)
        let task = Task { try await gate.run() }
        handle.withLock { $0 = task }
        await #expect(throws: (any Error).self) { try await task.value }
        var kept = Set<String>()
        try bench.evidence.read(
            run: "r-1", each: { kept.insert("\($0.example) \($0.repetition)") }, problem: { _ in })
        bench.candidate = FakeTarget("new") { answered(answer("answer \($0.example.id.dropFirst(2))")) }
        let result = try await bench.gate(resume: true, repeats: 3).run()
        #expect(result.measurement.answered == 36)
        let again = bench.candidate.asked.map { "\($0.example.id) \($0.repetition)" }
        #expect(again.count == 36 - kept.count)
        #expect(kept.isDisjoint(with: again))
        #expect(kept.count >= 16)
    }

    @Test func marginsAreFixedFromTheSpreadOfTheDifferences() async throws {
        var bench = Bench()
        // Half of the answers gain a word: latency stays, token_f1 falls by .2.
        bench.candidate = FakeTarget("new") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            return answered(answer("answer \(number)" + (number < 20 ? " perhaps" : ""), version: "2"))
        }
        func auto(_ name: String) -> GateRule {
            GateRule(
                text: name + " auto", metric: MetricReference(name: name), form: .noWorse(by: .automatic))
        }
        bench.rules = [auto("token_f1"), auto("exact_match"), auto("latency")]
        _ = try await bench.gate().run()
        let spreads = try await bench.gate(rescore: true).automaticSpreads()
        #expect(spreads.map(\.n) == [40, 40, 40])
        // Sample deviation of 20 zeros and 20 × −0.2 (F1 of two tokens in three: 2·(2/3)/(5/3) = .8).
        #expect(abs((spreads[0].deviation ?? 0) - 0.1 * (40.0 / 39).squareRoot()) < 1e-12)
        let margins = BlessingMargins([spreads], gates: 3, confidence: 0.95)
        #expect(margins.problems == [])
        // (z.95 + z(1 − .2/3)) σ/√n = (1.644854 + 1.501086) · .101274 / 6.324555 = .050376, capped at .05.
        #expect(abs((margins.fixed.first?.margin.uncapped ?? 0) - 0.050376) < 1e-5)
        #expect(margins.margins["token_f1"] == 0.05)
        #expect(margins.margins["latency"] == 0, "it never varied")
    }
}
