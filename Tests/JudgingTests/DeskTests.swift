import Domain
import Metrics
import Notation
import Scoring
import Testing

@Suite struct DeskTests {
    private func desk(
        _ judge: ScriptedJudge, cache: (any JudgementCache)? = nil, budget: JudgePolicy.Budget = .init(),
        prices: ReleasePolicy.Prices? = nil
    ) -> JudgeDesk {
        JudgeDesk(judge, cache: cache, budget: budget, prices: prices)
    }

    private static func fine(_ question: JudgeQuestion) -> JudgeOutcome {
        ScriptedJudge.says(
            "{\"reason\": \"r\", \"verdict\": \"no\"}", usage: Usage(inputTokens: 1000, outputTokens: 500))
    }

    @Test func aQuestionIsAskedOnceHoweverOftenItComes() async throws {
        let judge = ScriptedJudge(Self.fine)
        let desk = desk(judge)
        let questions = try EndpointJudgeTests.questions(3)
        let found = await desk.judge(questions + questions)
        #expect(found.count == 6 && found.allSatisfy { (try? $0.get()) != nil })
        _ = await desk.judge(questions)
        #expect(judge.asked.count == 3)
        #expect(desk.counts.scheduled == 3 && desk.counts.executed == 3 && desk.counts.kept == 0)
    }

    @Test func whatWasJudgedInAnotherRunIsNotPaidForAgain() async throws {
        let cache = MemoryJudgementCache()
        let questions = try EndpointJudgeTests.questions(5)
        _ = await desk(ScriptedJudge(Self.fine), cache: cache).judge(Array(questions[..<3]))
        let second = ScriptedJudge(Self.fine)
        let desk = desk(second, cache: cache)
        let found = await desk.judge(questions)
        #expect(second.asked.count == 2)
        #expect(found.map { (try? $0.get().isKept) ?? false } == [true, true, true, false, false])
        #expect(desk.counts.words == "5 scheduled: 2 judged now, 3 kept")
        // Another judge has a memory of its own.
        let other = ScriptedJudge(model: "other", Self.fine)
        _ = await self.desk(other, cache: cache).judge(questions)
        #expect(other.asked.count == 5)
    }

    /// An address behind which another model answers than before, in this run or in an earlier one, is told of.
    @Test func everyNameThatAnswersBearIsKept() async throws {
        let cache = MemoryJudgementCache()
        let questions = try EndpointJudgeTests.questions(2)
        func named(_ name: String) -> ScriptedJudge {
            ScriptedJudge { question in
                guard case .success(let reply) = Self.fine(question) else { return Self.fine(question) }
                return .success(
                    JudgeReply(
                        verdict: reply.verdict, reason: reply.reason, usage: reply.usage,
                        attempts: reply.attempts,
                        model: name, milliseconds: reply.milliseconds))
            }
        }
        let first = desk(named("m-1"), cache: cache)
        _ = await first.judge([questions[0]])
        #expect(JudgeProvider(first).uses.map(\.names) == [["m-1"]])
        let second = desk(named("m-2"), cache: cache)
        _ = await second.judge(questions)
        #expect(JudgeProvider(second).uses.map(\.names) == [["m-1", "m-2"]])
    }

    @Test func failuresAreNotRemembered() async throws {
        let cache = MemoryJudgementCache()
        let questions = try EndpointJudgeTests.questions(2)
        let failing = desk(ScriptedJudge { _ in .failure(.unparsable("x")) }, cache: cache)
        _ = await failing.judge(questions)
        #expect(failing.counts.unparsable == 2 && failing.counts.lost == 2)
        let judge = ScriptedJudge(Self.fine)
        _ = await desk(judge, cache: cache).judge(questions)
        #expect(judge.asked.count == 2)
    }

    @Test func noMoreCallsAreMadeThanTheBudgetAllows() async throws {
        let judge = ScriptedJudge(Self.fine)
        let desk = desk(judge, budget: .init(calls: 5))
        let found = await desk.judge(try EndpointJudgeTests.questions(9))
        #expect(judge.asked.count == 5)
        #expect(desk.counts.overBudget == 4)
        guard case .failure(.overBudget(let why)) = found[8] else {
            Issue.record("\(found[8])")
            return
        }
        #expect(why == "the budget of 5 calls is spent (judge.budget)")
    }

    /// 1,000 in at 1/M and 500 out at 2/M cost 0.002 each: four fit into 0.008.
    @Test func noMoreMoneyIsSpentThanTheBudgetAllows() async throws {
        let prices = ReleasePolicy.Prices(
            currency: "EUR", inputPerMillion: 1, cachedInputPerMillion: nil, outputPerMillion: 2)
        let judge = ScriptedJudge(Self.fine)
        let desk = desk(judge, budget: .init(money: 0.008, currency: "EUR"), prices: prices)
        _ = await desk.judge(try EndpointJudgeTests.questions(9))
        #expect(judge.asked.count == 4)
        #expect(abs((desk.counts.cost ?? 0) - 0.008) < 1e-9)
    }

    @Test func theForecastCountsWhatWouldBeAsked() async throws {
        let cache = MemoryJudgementCache()
        let questions = try EndpointJudgeTests.questions(4)
        _ = await desk(ScriptedJudge(Self.fine), cache: cache).judge(Array(questions[..<1]))
        let prices = ReleasePolicy.Prices(
            currency: "EUR", inputPerMillion: 1, cachedInputPerMillion: nil, outputPerMillion: 2)
        let judge = ScriptedJudge(Self.fine)
        let forecast = desk(judge, cache: cache, prices: prices).forecast(questions + questions)
        #expect(forecast.calls == 3 && forecast.kept == 1)
        #expect(forecast.outputTokens == 450)
        #expect((forecast.money ?? 0) > 0)
        #expect(forecast.excess(over: .init(calls: 2)) == "3 calls, and judge.budget allows 2")
        #expect(forecast.excess(over: .init(calls: 3)) == nil)
        #expect(judge.asked.isEmpty)
    }

    @Test func aCancelledRunAsksNothingMore() async throws {
        let judge = ScriptedJudge(Self.fine)
        let desk = desk(judge)
        let questions = try EndpointJudgeTests.questions(8)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await desk.judge(questions)
        }
        task.cancel()
        let found = await task.value
        #expect(found.allSatisfy { $0 == .failure(.cancelled) })
        #expect(judge.asked.isEmpty)
    }

    /// The memory's key: judge, prompt, text, vote and reader.
    @Test func everythingThatShapesAJudgementIsInItsKey() throws {
        let one = try EndpointJudgeTests.questions()[0]
        let vote = JudgeQuestion(
            metric: one.metric, prompt: one.prompt, messages: one.messages, schema: one.schema, vote: 2)
        let text = JudgeQuestion(
            metric: one.metric, prompt: one.prompt,
            messages: one.messages + [Message(role: .user, content: "")],
            schema: one.schema)
        let prompt = JudgeQuestion(
            metric: one.metric, prompt: .init(name: one.prompt.name, version: "2", digest: "x"),
            messages: one.messages, schema: one.schema)
        #expect(Set([one, vote, text, prompt].map(\.digest)).count == 4)
        // The metric that asks does not matter.
        let other = JudgeQuestion(
            metric: "other", prompt: one.prompt, messages: one.messages, schema: one.schema)
        #expect(other == one)
    }
}
