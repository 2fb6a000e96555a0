import Deployment
import Domain
import Probing
import Synchronization
import Testing

/// Which examples are drawn, and how often an app is asked.
@Suite struct ContractProberTests {
    private func drawn(_ ids: [String], _ count: Int, seed: UInt64 = 1) -> [String] {
        var draw = ProbeDraw(count: count, seed: seed)
        for id in ids { draw.note(id) }
        return draw.chosen.map { ids[$0] }
    }

    @Test func theSameExamplesAreDrawnWhereverTheyStand() {
        let ids = (0..<500).map { "E-\($0)" }
        let some = drawn(ids, 20)
        #expect(some.count == 20)
        #expect(drawn(ids, 20) == some)
        #expect(Set(drawn(ids.reversed(), 20)) == Set(some))
        #expect(Set(drawn(ids, 20, seed: 2)) != Set(some))
        // A tenth more rows displace a tenth of the probes or so: 5 of 20 has a chance below 1 in 50.
        let more = drawn(ids + (500..<550).map { "E-\($0)" }, 20)
        #expect(Set(more).intersection(some).count >= 15)
        #expect(drawn(["a", "b"], 20) == ["a", "b"])
        #expect(drawn([], 20) == [])
    }

    private final class App: Target {
        let identity = TargetIdentity(kind: "http", address: "http://a", configuration: "")
        let asked = Mutex<[(String, Int)]>([])
        let reply: @Sendable (Question) -> Attempt.Result

        init(_ reply: @escaping @Sendable (Question) -> Attempt.Result) { self.reply = reply }

        func ask(_ question: Question) async -> Attempt {
            asked.withLock { $0.append((question.example.id, question.attempt)) }
            return Attempt(reply(question))
        }

        func close() async {}
    }

    @Test(arguments: [
        (Failure.Cause.unreachable, 3), (.throttled, 3), (.timeout, 1), (.status, 1), (.malformed, 1),
        (.notAsked, 1),
    ])
    func onlyWhatWasNotServedIsAskedAgain(_ entry: (Failure.Cause, Int)) async {
        let app = App { _ in .failed(Failure(cause: entry.0, detail: "x")) }
        var limits = ReplayLimits()
        limits.retries = 2
        let prober = ContractProber(
            [.init(name: "a", target: app)], limits: limits, run: "c-1", clock: TestClock().clock)
        let looks = await prober.looks([Example(id: "E", query: "q")], concurrency: 4)
        #expect(looks.count == 1)
        #expect(app.asked.withLock { $0.count } == entry.1)
    }

    @Test func looksComeInTheOrderOfExamplesAndInstances() async {
        let app = App { _ in .answered(Answer(latencyMilliseconds: 1)) }
        let prober = ContractProber(
            [.init(name: "a", target: app), .init(name: "b", target: app)], limits: ReplayLimits(),
            run: "c-1",
            clock: TestClock().clock)
        let looks = await prober.looks((0..<10).map { Example(id: "E-\($0)", query: "q") }, concurrency: 7)
        #expect(looks.map { $0.example + $0.target } == (0..<10).flatMap { ["E-\($0)a", "E-\($0)b"] })
    }
}
