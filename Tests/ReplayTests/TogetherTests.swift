import Domain
import Ledger
import Metrics
import Synchronization
import Testing

@testable import Replay

/// Several apps over one data set, side by side.
@Suite struct TogetherTests {
    private static func right(_ name: String) -> FakeTarget {
        FakeTarget(name) { answered(answer("answer \($0.example.id.dropFirst(2))")) }
    }

    private func bench(_ target: FakeTarget, count: Int = 40) -> GoldenGateTests.Bench {
        var bench = GoldenGateTests.Bench()
        bench.examples = examples(count)
        bench.baseline = nil
        bench.candidate = target
        return bench
    }

    private func scores(_ side: Result<SideScores, any Error>, _ metric: String) throws -> [Double] {
        try #require(try side.get().table.column(metric, .candidate)).values
    }

    @Test func eachAppIsScoredByItsOwnAnswersOverTheSameExamples() async throws {
        let wrong = FakeTarget("wrong") { question in
            let number = Int(question.example.id.dropFirst(2)) ?? 0
            return answered(answer(number % 4 == 0 ? "nonsense" : "answer \(number)"))
        }
        let found = try await GoldenGate.together([
            bench(Self.right("a")).gate(run: "s-v0"), bench(wrong).gate(run: "s-v1"),
        ])
        #expect(try scores(found.sides[0], "exact_match").reduce(0, +) == 40)
        #expect(try scores(found.sides[1], "exact_match").reduce(0, +) == 30)
        #expect(try found.sides[1].get().measurement.answered == 40)
        #expect(found.definitions.map(\.name).contains("exact_match"))
    }

    /// What disturbs one disturbs all: no app is asked all at once, and none always first.
    @Test func oneExampleIsAskedOfAllBeforeTheNext() async throws {
        let order = Mutexed<[(String, String)]>([])
        func target(_ name: String) -> FakeTarget {
            FakeTarget(name) { question in
                order.withLock { $0.append((question.example.id, name)) }
                return answered(answer("x"))
            }
        }
        var gates: [GoldenGate] = []
        for name in ["a", "b", "c"] {
            var bench = bench(target(name), count: 12)
            bench.change = { $0.app.limits.concurrency = 1 }
            gates.append(bench.gate(run: "s-" + name))
        }
        _ = try await GoldenGate.together(gates)
        // The first example of each was asked to see what runs.
        let asked = Array(order.withLock { $0 }.dropFirst(3))
        var firsts: Set<String> = []
        for start in stride(from: 0, to: asked.count, by: 3) {
            let three = asked[start..<(start + 3)]
            #expect(Set(three.map(\.0)).count == 1, "\(three)")
            #expect(Set(three.map(\.1)).count == 3)
            firsts.insert(three[start].1)
        }
        #expect(asked.count == 33)
        #expect(firsts == ["a", "b", "c"])
    }

    @Test func anAppThatIsNotThereEndsAlone() async throws {
        let gone = FakeTarget("gone") { _ in failed(.unreachable) }
        let found = try await GoldenGate.together([
            bench(Self.right("a")).gate(run: "s-v0"), bench(gone).gate(run: "s-v1"),
        ])
        #expect(try found.sides[0].get().measurement.answered == 40)
        #expect(throws: ReplayInterruption.self) { try found.sides[1].get() }
        #expect(gone.asked.count == 1)
    }

    @Test func anAppThatGoesAwayIsGivenUpAndTheOthersGoOn() async throws {
        let count = Mutexed(0)
        let leaving = FakeTarget("leaving") { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number > 10 ? failed(.unreachable) : answered(answer("x"))
        }
        let stays = Self.right("stays")
        let found = try await GoldenGate.together([
            bench(leaving, count: 200).gate(run: "s-v0"), bench(stays, count: 200).gate(run: "s-v1"),
        ])
        #expect(throws: ReplayInterruption.self) { try found.sides[0].get() }
        #expect(leaving.asked.count < 60, "it is not asked two hundred times")
        #expect(stays.asked.count == 200)
        #expect(try found.sides[1].get().measurement.answered == 200)
    }

    @Test func theBudgetIsNeverOverdrawnAndTheRestResumes() async throws {
        let (first, second) = (Self.right("a"), Self.right("b"))
        let budget = CallBudget(31)
        let evidence = MemoryEvidence()
        func gates(_ resume: Bool, _ budget: CallBudget) -> [GoldenGate] {
            [first, second].enumerated().map { number, target in
                var bench = bench(target)
                bench.evidence = evidence
                var gate = bench.gate(run: "s-v\(number)", resume: resume)
                var ports = gate.ports
                ports.targets = [.candidate: BudgetedTarget(target, budget)]
                gate = GoldenGate(gate.request, ports)
                return gate
            }
        }
        await #expect(throws: ReplayInterruption.self) {
            try await GoldenGate.together(gates(false, budget), budget: budget)
        }
        #expect(budget.isSpent && budget.made == 31)
        #expect(first.asked.count + second.asked.count == 31)
        let rest = CallBudget(49)
        let found = try await GoldenGate.together(gates(true, rest), budget: rest)
        #expect(rest.made == 49, "what was answered is not asked again")
        #expect(first.asked.count == 40 && second.asked.count == 40)
        for side in found.sides { #expect(try scores(side, "exact_match").reduce(0, +) == 40) }
    }

    /// The budget ends while apps are asked what they show: what was answered is in the log all the same.
    @Test(arguments: [1, 2, 3]) func whatWasRehearsedIsKeptWhateverEndsTheRun(_ calls: Int) async throws {
        let (first, second) = (Self.right("a"), Self.right("b"))
        let evidence = MemoryEvidence()
        func gates(_ resume: Bool, _ budget: CallBudget) -> [GoldenGate] {
            [first, second].enumerated().map { number, target in
                var bench = bench(target)
                bench.evidence = evidence
                let gate = bench.gate(run: "s-v\(number)", resume: resume)
                var ports = gate.ports
                ports.targets = [.candidate: BudgetedTarget(target, budget)]
                return GoldenGate(gate.request, ports)
            }
        }
        let budget = CallBudget(calls)
        await #expect(throws: ReplayInterruption.self) {
            try await GoldenGate.together(gates(false, budget), budget: budget)
        }
        #expect(first.asked.count + second.asked.count == calls)
        let rest = CallBudget(80 - calls)
        let found = try await GoldenGate.together(gates(true, rest), budget: rest)
        #expect(rest.made == 80 - calls, "what was answered is not asked again")
        for side in found.sides {
            #expect(try scores(side, "exact_match").reduce(0, +) == 40)
            #expect(try side.get().measurement.answered == 40, "each counts once")
        }
    }

    @Test func theForecastCountsTurnsAndWhatTheCacheHolds() async throws {
        let cache = MemoryResponseCache()
        func gate(_ run: String) -> GoldenGate {
            var bench = bench(Self.right("a"), count: 10)
            bench.examples = examples(10) { example, number in
                if number == 9 {
                    example.history = [
                        Message(role: .user, content: "first"), Message(role: .assistant, content: "said"),
                    ]
                }
            }
            bench.cache = cache
            return bench.gate(run: run)
        }
        let before = try gate("s-v0").forecast(versions: nil)
        #expect(before.open == 10 && before.calls == 11 && before.cached == 0)
        _ = try await GoldenGate.together([gate("s-v1")])
        let versions = try #require(GoldenGate.versionsText(answer("x")))
        let after = try gate("s-v2").forecast(versions: versions)
        // The first one is asked again, to see what runs.
        #expect(after.open == 1 && after.cached == 9 && after.calls == 1)
        #expect(try gate("s-v3").forecast(versions: "prompt=9").cached == 0)
    }
}
