import Domain
import Statistics
import Synchronization
import Testing

@testable import Replay

/// Who is asked first must not hang on anything that rows may share.
@Suite struct AskingOrderTests {
    @Test(arguments: [1, 2, 3, 5, 8]) func eachHasEachPlaceEquallyOftenInEveryBlock(count: Int) {
        let order = AskingOrder(seed: 7, count: count)
        for block in 0..<40 {
            var seen = Array(repeating: Array(repeating: 0, count: count), count: count)
            for example in (block * order.block)..<((block + 1) * order.block) {
                let places = order.places(example)
                #expect(places.sorted() == Array(0..<count))
                for (place, number) in places.enumerated() { seen[number][place] += 1 }
            }
            #expect(seen.allSatisfy { $0.allSatisfy { $0 == order.block / count } }, "\(seen)")
        }
    }

    /// Of 1200 rows in each residue class some 1200 / count have a side first; 5 standard deviations bound the chance.
    @Test(arguments: [2, 3, 4], 2...6) func noKindOfRowFavoursASide(count: Int, period: Int) {
        for seed in 1...5 {
            let order = AskingOrder(seed: UInt64(seed), count: count)
            for residue in 0..<period {
                var firsts = Array(repeating: 0, count: count)
                for row in 0..<1200 { firsts[order.places(row * period + residue)[0]] += 1 }
                let share = 1 / Double(count)
                let spread = 5 * (1200 * share * (1 - share)).squareRoot()
                for first in firsts {
                    #expect(
                        abs(Double(first) - 1200 * share) < spread, "seed \(seed), row \(residue): \(firsts)")
                }
            }
        }
    }

    @Test func repeatsOfAnExampleTakeTurns() {
        let order = AskingOrder(seed: 3, count: 2)
        for example in 0..<50 {
            #expect(order.places(example) == order.places(example, repetition: 1).reversed())
            #expect(order.places(example) == order.places(example, repetition: 2))
        }
    }

    @Test func theSeedDecidesAndNothingElse() {
        let firsts = { (seed: UInt64) in (0..<64).map { AskingOrder(seed: seed, count: 2).places($0)[0] } }
        #expect(firsts(1) == firsts(1))
        #expect(firsts(1) != firsts(2))
    }

    /// Rows in turns of a dear and a cheap kind: the first to ask pays 100 times as much for the dear ones.
    @Test func anAppAgainstItselfPaysNoMoreForItsPlace() async throws {
        let asked = Mutexed<Set<String>>([])
        let paid = Mutexed<[String: Int]>([:])
        func target(_ name: String) -> FakeTarget {
            FakeTarget(name) { question in
                let isFirst = asked.withLock { $0.insert(question.example.id).inserted }
                let number = Int(question.example.id.dropFirst(2)) ?? 0
                if isFirst, number.isMultiple(of: 2) { paid.withLock { $0[name, default: 0] += 1 } }
                return answered(answer("answer \(number)"))
            }
        }
        var bench = GoldenGateTests.Bench()
        bench.examples = examples(400)
        bench.baseline = target("old")
        bench.candidate = target("new")
        _ = try await bench.gate().run()
        let dear = paid.withLock { $0 }
        #expect(dear.values.reduce(0, +) == 200)
        #expect(dear.values.allSatisfy { (65...135).contains($0) }, "\(dear)")
    }

    /// The same with three apps side by side, and rows in turns of three kinds.
    @Test func appsSideBySidePayAlike() async throws {
        let asked = Mutexed<Set<String>>([])
        let paid = Mutexed<[String: Int]>([:])
        var gates: [GoldenGate] = []
        for name in ["a", "b", "c"] {
            var bench = GoldenGateTests.Bench()
            bench.examples = examples(900)
            bench.baseline = nil
            bench.change = { $0.app.limits.concurrency = 1 }
            bench.candidate = FakeTarget(name) { question in
                let isFirst = asked.withLock { $0.insert(question.example.id).inserted }
                let number = Int(question.example.id.dropFirst(2)) ?? 0
                if isFirst, number.isMultiple(of: 3) { paid.withLock { $0[name, default: 0] += 1 } }
                return answered(answer("answer \(number)"))
            }
            gates.append(bench.gate(run: "s-" + name))
        }
        _ = try await GoldenGate.together(gates)
        let dear = paid.withLock { $0 }
        #expect(dear.values.reduce(0, +) == 300)
        #expect(dear.count == 3 && dear.values.allSatisfy { (60...140).contains($0) }, "\(dear)")
    }
}
