import Domain
import Metrics
import Notation
import Scoring
import Synchronization
import Testing

@testable import Judging

/// What judging costs is counted by what goes out and what comes back, verdict or not.
@Suite struct BudgetTests {
    private func spent(
        _ replies: [EndpointJudgeTests.Reply], questions: Int, budget: JudgePolicy.Budget,
        prices: ReleasePolicy.Prices? = nil, retries: Int = 2, concurrency: Int = 1
    ) async throws -> (requests: Int, counts: JudgeCounts, outcomes: [JudgeOutcome]) {
        var requests = 0
        var counts = JudgeCounts()
        var outcomes: [JudgeOutcome] = []
        try await EndpointJudgeTests().withEndpoint { _, turn in
            replies[min(turn, replies.count - 1)]
        } _: { address, seen, _ in
            var endpoint = JudgeEndpoint(
                address: address, model: "j", timeoutSeconds: 5, retries: retries, firstPauseSeconds: 0.01,
                concurrency: concurrency)
            endpoint.rereads = 1
            let desk = JudgeDesk(
                try EndpointJudge(endpoint, environment: { _ in nil }), budget: budget, prices: prices)
            outcomes = await desk.judge(try EndpointJudgeTests.questions(questions))
            requests = seen().count
            counts = desk.counts
        }
        return (requests, counts, outcomes)
    }

    private static let busy = EndpointJudgeTests.Reply(
        status: 429, body: "{\"error\": \"slow down\"}", headers: [("Retry-After", "0")])
    private static let gibberish = EndpointJudgeTests.Reply(body: EndpointJudgeTests.chat("hm"))
    private static let fine = EndpointJudgeTests.Reply(body: EndpointJudgeTests.chat(EndpointJudgeTests.no))
    /// 100 tokens in and 20 out cost 0.001 of it.
    private static let prices = ReleasePolicy.Prices(
        currency: "EUR", inputPerMillion: 8, cachedInputPerMillion: nil, outputPerMillion: 10)

    private func kinds(_ outcomes: [JudgeOutcome]) -> [String] {
        outcomes.map { outcome in
            switch outcome {
            case .success: "judged"
            case .failure(let problem): problem.kind
            }
        }
    }

    /// Three requests for the first question, two for the second, and nothing for the others.
    @Test func furtherAttemptsAreCalls() async throws {
        let found = try await spent([Self.busy], questions: 4, budget: .init(calls: 5))
        #expect(found.requests == 5)
        #expect(found.counts.attempts == 5)
        #expect(kinds(found.outcomes) == ["failed", "failed", "over budget", "over budget"])
        #expect(found.counts.failed == 2 && found.counts.overBudget == 2)
    }

    @Test func answersWithoutAVerdictArePaidFor() async throws {
        let found = try await spent(
            [Self.gibberish], questions: 9, budget: .init(money: 0.004, currency: "EUR"), prices: Self.prices)
        #expect(found.requests == 4)
        #expect(abs((found.counts.cost ?? 0) - 0.004) < 1e-9)
        #expect(found.counts.inputTokens == 400 && found.counts.outputTokens == 80)
        #expect(found.counts.unparsable == 2 && found.counts.overBudget == 7)
    }

    /// An endpoint that asks for another form charges nothing, and the request counts all the same.
    @Test func aRequestForAnotherFormIsACall() async throws {
        let refusal = EndpointJudgeTests.Reply(
            status: 400, body: "{\"error\": \"response_format is not supported\"}")
        let found = try await spent([refusal, refusal, Self.fine], questions: 3, budget: .init(calls: 4))
        #expect(found.requests == 4)
        #expect(kinds(found.outcomes) == ["judged", "judged", "over budget"])
    }

    /// What is under way when the last is spent may still come in: with four at a time, at most three more.
    @Test(arguments: [1, 4, 8])
    func moneyIsExceededByWhatIsUnderWayAlone(concurrency: Int) async throws {
        let found = try await spent(
            [Self.fine], questions: 40, budget: .init(money: 0.01, currency: "EUR"), prices: Self.prices,
            concurrency: concurrency)
        #expect(found.requests >= 8 && found.requests <= 10 + concurrency - 1, "\(found.requests)")
        #expect(found.counts.executed == found.requests)
    }

    @Test func whereNobodySaysWhatItCostsNothingMoreIsAsked() async throws {
        let silent = EndpointJudgeTests.Reply(
            body: "{\"choices\": [{\"message\": {\"content\": \"hm\"}, \"finish_reason\": \"stop\"}]}")
        let found = try await spent(
            [silent], questions: 5, budget: .init(money: 1, currency: "EUR"), prices: Self.prices)
        #expect(found.requests == 1)
        guard case .failure(.overBudget(let why)) = found.outcomes[4] else {
            Issue.record("\(found.outcomes[4])")
            return
        }
        #expect(why.contains("say too little to know what is spent"))
    }

    /// What comes is kept when it comes: another question that is still open does not hold it back.
    @Test func anAnswerIsKeptWhenItComes() async throws {
        let cache = MemoryJudgementCache()
        let slow = EndpointJudgeTests.Reply(body: Self.fine.body, delayMilliseconds: 1500)
        try await EndpointJudgeTests().withEndpoint { _, turn in
            turn == 2 ? slow : Self.fine
        } _: { address, _, _ in
            let endpoint = JudgeEndpoint(address: address, model: "j", concurrency: 1)
            let judge = try EndpointJudge(endpoint, environment: { _ in nil })
            let desk = JudgeDesk(judge, cache: cache)
            let questions = try EndpointJudgeTests.questions(4)
            let task = Task { await desk.judge(questions) }
            let keys = questions.map {
                JudgementKey(
                    judge: judge.identity.digest, question: $0.digest, parser: VerdictReader.version)
            }
            for _ in 0..<100 where cache.judgements(of: keys)[1] == nil {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(cache.judgements(of: keys).map { $0 != nil } == [true, true, false, false])
            task.cancel()
            _ = await task.value
        }
    }

    // MARK: - Patience

    private func waited(
        _ seconds: String, most: Double
    ) async throws -> (requests: Int, outcomes: [JudgeOutcome], notes: [String], seconds: Double) {
        let notes = Mutex<[String]>([])
        let throttled = EndpointJudgeTests.Reply(
            status: 429, body: "{\"error\": \"slow down\"}", headers: [("Retry-After", seconds)])
        var found: (Int, [JudgeOutcome], Double) = (0, [], 0)
        let clock = ContinuousClock()
        let began = clock.now
        try await EndpointJudgeTests().withEndpoint { _, turn in
            turn == 0 ? throttled : Self.fine
        } _: { address, seen, _ in
            var endpoint = JudgeEndpoint(address: address, model: "j", concurrency: 1)
            endpoint.mostPauseSeconds = most
            let told: @Sendable (String) -> Void = { line in notes.withLock { $0.append(line) } }
            let judge = try EndpointJudge(endpoint, environment: { _ in nil }, notice: told)
            let outcomes = await judge.judge(try EndpointJudgeTests.questions(3))
            found = (seen().count, outcomes, 0)
        }
        let took = clock.now - began
        return (found.0, found.1, notes.withLock { $0 }, Double(took.components.seconds))
    }

    @Test func aPauseThatIsWaitedForIsTold() async throws {
        let found = try await waited("3", most: 5)
        #expect(found.requests == 4)
        #expect(kinds(found.outcomes) == ["judged", "judged", "judged"])
        #expect(found.seconds >= 3)
        #expect(found.notes.count == 1)
        #expect(
            found.notes[0].contains("status 429 ('slow down'); it is asked again in 3 s"), "\(found.notes)")
    }

    @Test func aPauseThatIsTooLongIsToldAndNotWaitedFor() async throws {
        let found = try await waited("600", most: 5)
        #expect(found.requests == 1, "until then it is left alone")
        #expect(found.seconds < 3)
        #expect(kinds(found.outcomes) == ["failed", "failed", "failed"])
        #expect(found.notes.count == 1)
        #expect(
            found.notes[0].contains("wants 600 s of patience, and at most 5 s are waited"), "\(found.notes)")
        guard case .failure(.failed(let failure)) = found.outcomes[2] else { return }
        #expect(failure.cause == .throttled && failure.detail.contains("of patience"), "\(failure)")
    }
}
