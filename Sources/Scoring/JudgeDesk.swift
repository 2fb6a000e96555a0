import Domain
import Metrics
import Synchronization

/// A judge with a memory and a purse: asks what it does not know already, and no more than may be spent.
///
/// Questions are asked once however often they come. Each judgement is kept when it comes, so that a run that is killed
/// loses no more than what was under way. Once calls or money are spent, what is left is *over budget*.
public final class JudgeDesk: Judge {
    public let identity: JudgeIdentity
    private let judge: any Judge
    private let cache: (any JudgementCache)?
    private let prices: ReleasePolicy.Prices?
    private let till: JudgeTill
    private let state = Mutex(State())

    private struct State {
        var counts = JudgeCounts()
        /// Everything answered in this run, so that a second asking costs nothing and counts once.
        var answered: [String: JudgeOutcome] = [:]
        var models: Set<String> = []
        /// The first verdict of each pair that is judged in both orders, until the other one comes.
        var preferred: [String: String] = [:]
        var cacheProblem: StoreError?
        /// What `foresee` has seen since `foreseen` was last asked.
        var foreseen: Set<String> = []
        var forecast: JudgeForecast?
        var firstProblem: String?
    }

    public init(
        _ judge: any Judge, cache: (any JudgementCache)? = nil, budget: JudgePolicy.Budget = .init(),
        prices: ReleasePolicy.Prices? = nil
    ) {
        self.judge = judge
        identity = judge.identity
        self.cache = cache
        self.prices = prices
        till = JudgeTill(budget: budget, prices: prices)
    }

    /// What judging has come to so far.
    public var counts: JudgeCounts {
        var counts = state.withLock { $0.counts }
        let spent = till.spent
        counts.attempts = spent.requests
        counts.inputTokens = spent.inputTokens
        counts.outputTokens = spent.outputTokens
        counts.cost = spent.money
        return counts
    }

    /// The models that answered, as they name themselves, sorted: more than one, and the endpoint changed what it runs.
    public var observedModels: [String] { state.withLock { $0.models.sorted() } }

    /// Why nothing is kept, where that is so: judging goes on.
    public var cacheProblem: StoreError? { state.withLock { $0.cacheProblem } }

    /// Why the first question without a verdict has none.
    public var firstProblem: String? { state.withLock { $0.firstProblem } }

    public func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
        var distinct: [JudgeQuestion] = []
        var seen: Set<String> = []
        state.withLock { state in
            for question in questions where state.answered[question.digest] == nil {
                if seen.insert(question.digest).inserted { distinct.append(question) }
            }
        }
        let open = lookUp(distinct)
        if !open.isEmpty {
            await judge.judge(open, purse: till) { place, outcome in
                // Before it counts: what is killed in between is asked again, and not lost.
                self.keep(open[place], outcome)
                self.note([(open[place], outcome)])
            }
        }
        return state.withLock { state in
            questions.map { state.answered[$0.digest] ?? .failure(.cancelled) }
        }
    }

    public func close() async { await judge.close() }

    /// The currency of what is spent; nil: the judge's replies name the money, and no unit.
    public var currency: String? { prices?.currency }

    /// What is known of these without asking; what is not is a failure, and counted for `foreseen`.
    func foresee(_ questions: [JudgeQuestion], answerTokens: Int = 150) -> [JudgeOutcome] {
        let known = state.withLock { state in questions.map { state.answered[$0.digest] } }
        let open = questions.indices.filter { known[$0] == nil }
        let kept = (try? cache?.judgements(of: open.map { key(questions[$0]) })) ?? open.map { _ in nil }
        var outcomes = known.map { $0 ?? .failure(.cancelled) }
        return state.withLock { state in
            var forecast =
                state.forecast
                ?? JudgeForecast(
                    calls: 0, kept: 0, inputTokens: 0, outputTokens: 0, money: nil, currency: prices?.currency
                )
            for (place, question) in questions.enumerated() where known[place] != nil {
                if state.foreseen.insert(question.digest).inserted { forecast.kept += 1 }
            }
            for (place, reply) in zip(open, kept) {
                let question = questions[place]
                let isNew = state.foreseen.insert(question.digest).inserted
                if let reply {
                    outcomes[place] = .success(reply.kept)
                    if isNew { forecast.kept += 1 }
                } else if isNew {
                    forecast.add([question.textBytes], answerTokens: answerTokens)
                }
            }
            state.forecast = forecast
            return outcomes
        }
    }

    /// What asking all that was foreseen comes to; nil where nothing was. It is forgotten by that.
    func foreseen(most: Int) -> JudgeForecast? {
        let found = state.withLock { state -> JudgeForecast? in
            defer { (state.foreseen, state.forecast) = ([], nil) }
            return state.forecast
        }
        guard var forecast = found else { return nil }
        forecast.mostCalls = most > forecast.calls ? most : nil
        forecast.money = Usage(inputTokens: forecast.inputTokens, outputTokens: forecast.outputTokens)
            .money(at: prices)
        return forecast
    }

    /// What asking these would come to at most, without asking: those that are kept already cost nothing.
    ///
    /// Tokens are estimated at four bytes each, and answers at `answerTokens`.
    public func forecast(_ questions: [JudgeQuestion], answerTokens: Int = 150) -> JudgeForecast {
        var distinct: [JudgeQuestion] = []
        var seen: Set<String> = []
        for question in questions where seen.insert(question.digest).inserted { distinct.append(question) }
        let keys = distinct.map(key)
        let kept = (try? cache?.judgements(of: keys)) ?? keys.map { _ in nil }
        var forecast = JudgeForecast(
            calls: 0, kept: 0, inputTokens: 0, outputTokens: 0, money: nil, currency: prices?.currency)
        for (question, reply) in zip(distinct, kept) {
            if reply != nil {
                forecast.kept += 1
                continue
            }
            forecast.calls += 1
            forecast.inputTokens += question.textBytes / 4 + 1
            forecast.outputTokens += answerTokens
        }
        let usage = Usage(inputTokens: forecast.inputTokens, outputTokens: forecast.outputTokens)
        forecast.money = usage.money(at: prices)
        return forecast
    }

    // MARK: - Memory

    private func key(_ question: JudgeQuestion) -> JudgementKey {
        JudgementKey(judge: identity.digest, question: question.digest, parser: VerdictReader.version)
    }

    /// Takes what is kept, and returns what is not.
    private func lookUp(_ questions: [JudgeQuestion]) -> [JudgeQuestion] {
        guard let cache, !questions.isEmpty else { return questions }
        let kept: [JudgeReply?]
        do throws(StoreError) { kept = try cache.judgements(of: questions.map(key)) } catch {
            state.withLock { $0.cacheProblem = $0.cacheProblem ?? error }
            return questions
        }
        var open: [JudgeQuestion] = []
        var found: [(JudgeQuestion, JudgeOutcome)] = []
        for (question, reply) in zip(questions, kept) {
            if let reply { found.append((question, .success(reply.kept))) } else { open.append(question) }
        }
        note(found)
        return open
    }

    private func keep(_ question: JudgeQuestion, _ outcome: JudgeOutcome) {
        guard let cache, case .success(let reply) = outcome else { return }
        do throws(StoreError) { try cache.keep([(key(question), reply)]) } catch {
            state.withLock { $0.cacheProblem = $0.cacheProblem ?? error }
        }
    }

    private func note(_ answers: [(JudgeQuestion, JudgeOutcome)]) {
        state.withLock { state in
            for (question, outcome) in answers where state.answered[question.digest] == nil {
                state.answered[question.digest] = outcome
                if case .success(let reply) = outcome {
                    if let model = reply.model { state.models.insert(model) }
                    Self.compareOrders(question, reply, &state)
                }
                if case .failure(let problem) = outcome {
                    state.firstProblem = state.firstProblem ?? problem.description
                }
                state.counts.add(outcome)
            }
        }
    }

    private static func compareOrders(
        _ question: JudgeQuestion, _ reply: JudgeReply, _ state: inout State
    ) {
        guard let order = question.order, let preferred = question.preferred(reply.verdict) else { return }
        let pair = "\(order.pair) \(question.vote)"
        guard let other = state.preferred.removeValue(forKey: pair) else {
            state.preferred[pair] = preferred
            return
        }
        state.counts.inBothOrders += 1
        if preferred != other { state.counts.orderDisagreed += 1 }
    }
}
