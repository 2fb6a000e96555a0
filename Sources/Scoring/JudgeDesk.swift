import Domain
import Metrics
import Synchronization

/// A judge with a memory and a purse: asks what it does not know already, and no more than may be spent.
///
/// Questions are asked once however often they come. Judgements are kept as they arrive, a batch at a time, so that a
/// run that is stopped has paid for nothing twice. Once calls or money are spent, what is left is *over budget*; what
/// was under way is finished, so money may be exceeded by the requests of one batch.
public final class JudgeDesk: Judge {
    public let identity: JudgeIdentity
    private let judge: any Judge
    private let cache: (any JudgementCache)?
    private let budget: JudgePolicy.Budget
    private let prices: ReleasePolicy.Prices?
    private let batch: Int
    private let state = Mutex(State())

    private struct State {
        var counts = JudgeCounts()
        /// Everything answered in this run, so that a second asking costs nothing and counts once.
        var answered: [String: JudgeOutcome] = [:]
        var models: Set<String> = []
        /// The first verdict of each pair that is judged in both orders, until the other one comes.
        var preferred: [String: String] = [:]
        var cacheProblem: StoreError?
        var firstProblem: String?
    }

    /// - Parameters:
    ///   - batch: Questions that are handed to the judge at a time.
    public init(
        _ judge: any Judge, cache: (any JudgementCache)? = nil, budget: JudgePolicy.Budget = .init(),
        prices: ReleasePolicy.Prices? = nil, batch: Int = 32
    ) {
        self.judge = judge
        identity = judge.identity
        self.cache = cache
        self.budget = budget
        self.prices = prices
        self.batch = max(1, batch)
    }

    /// What judging has come to so far.
    public var counts: JudgeCounts { state.withLock { $0.counts } }

    /// The models that answered, as they name themselves, sorted: more than one, and the endpoint changed what it runs.
    public var observedModels: [String] { state.withLock { $0.models.sorted() } }

    /// Why nothing is kept, where that is so: judging goes on.
    public var cacheProblem: StoreError? { state.withLock { $0.cacheProblem } }

    /// Why the first question without a verdict has none.
    public var firstProblem: String? { state.withLock { $0.firstProblem } }

    public func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
        var open: [JudgeQuestion] = []
        var seen: Set<String> = []
        state.withLock { state in
            for question in questions where state.answered[question.digest] == nil {
                if seen.insert(question.digest).inserted { open.append(question) }
            }
        }
        open = lookUp(open)
        var start = 0
        while start < open.count {
            let allowed = Task.isCancelled ? 0 : affordable()
            if allowed == 0 {
                let problem: JudgeProblem = Task.isCancelled ? .cancelled : .overBudget(spentWords)
                note(open[start...].map { ($0, .failure(problem)) })
                break
            }
            // A purse is looked into before each few questions: what is under way is finished.
            let size = budget.money == nil && budget.calls == nil ? batch : min(batch, 4)
            let part = Array(open[start..<min(open.count, start + min(size, allowed))])
            let outcomes = await judge.judge(part)
            keep(part, outcomes)
            note(Array(zip(part, outcomes)))
            start += part.count
        }
        return state.withLock { state in
            questions.map { state.answered[$0.digest] ?? .failure(.cancelled) }
        }
    }

    public func close() async { await judge.close() }

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

    private func keep(_ questions: [JudgeQuestion], _ outcomes: [JudgeOutcome]) {
        guard let cache else { return }
        var judgements: [(key: JudgementKey, reply: JudgeReply)] = []
        for (question, outcome) in zip(questions, outcomes) {
            if case .success(let reply) = outcome { judgements.append((key(question), reply)) }
        }
        do throws(StoreError) { try cache.keep(judgements) } catch {
            state.withLock { $0.cacheProblem = $0.cacheProblem ?? error }
        }
    }

    private func note(_ answers: [(JudgeQuestion, JudgeOutcome)]) {
        state.withLock { state in
            for (question, outcome) in answers where state.answered[question.digest] == nil {
                state.answered[question.digest] = outcome
                var money: Double?
                if case .success(let reply) = outcome {
                    money = reply.isKept ? nil : reply.usage?.money(at: prices)
                    if let model = reply.model { state.models.insert(model) }
                    Self.compareOrders(question, reply, &state)
                }
                if case .failure(let problem) = outcome {
                    state.firstProblem = state.firstProblem ?? problem.description
                }
                state.counts.add(outcome, money: money)
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

    // MARK: - Purse

    /// How many questions may still be asked.
    private func affordable() -> Int {
        let counts = counts
        var allowed = Int.max
        if let calls = budget.calls {
            // Failed questions were asked as well.
            let asked = counts.executed + counts.failed + counts.unparsable + counts.refused
            allowed = min(allowed, max(0, calls - max(asked, counts.attempts)))
        }
        // Without usage, or prices, nobody knows when the money is spent.
        if budget.money != nil, counts.cost == nil, counts.executed > 0 { return 0 }
        if let money = budget.money, let cost = counts.cost {
            if cost >= money { return 0 }
            if counts.executed > 0 {
                let mean = cost / Double(counts.executed)
                if mean > 0 { allowed = min(allowed, Int(min(1e9, ((money - cost) / mean).rounded(.down)))) }
            }
        }
        return allowed
    }

    private var spentWords: String {
        var limits: [String] = []
        if let calls = budget.calls { limits.append("\(calls) calls") }
        if let money = budget.money { limits.append("\(money) \(budget.currency ?? "")") }
        if budget.money != nil, counts.cost == nil {
            return
                "judge.budget names money, and the judge's replies or judge.prices say too little to know what is spent"
        }
        return "the budget of " + limits.joined(separator: " or ") + " is spent (judge.budget)"
    }
}

/// What judging would come to at most.
public struct JudgeForecast: Sendable, Hashable {
    /// Questions that would be sent.
    public var calls: Int
    /// Questions that are known already.
    public var kept: Int
    public var inputTokens: Int
    public var outputTokens: Int
    /// Nil where no prices are known.
    public var money: Double?
    public var currency: String?

    public init(
        calls: Int, kept: Int, inputTokens: Int, outputTokens: Int, money: Double?, currency: String?
    ) {
        self.calls = calls
        self.kept = kept
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.money = money
        self.currency = currency
    }

    /// Why it does not fit a budget; nil: it does, as far as can be said.
    public func excess(over budget: JudgePolicy.Budget) -> String? {
        if let most = budget.calls, calls > most { return "\(calls) calls, and judge.budget allows \(most)" }
        if let most = budget.money, let money, money > most {
            return "about \(Self.rounded(money)) \(currency ?? ""), and judge.budget allows \(most)"
        }
        return nil
    }

    /// `412 calls (30 kept), about 0.4 M tokens in, 62 k out, 0.12 USD`.
    public var words: String {
        var text =
            "\(calls) calls (\(kept) kept), about \(Self.short(inputTokens)) tokens in, "
            + "\(Self.short(outputTokens)) out"
        if let money { text += ", \(Self.rounded(money)) \(currency ?? "")" }
        return text
    }

    private static func rounded(_ money: Double) -> String {
        let scaled = (money * 100).rounded(.up) / 100
        return "\(scaled)"
    }

    private static func short(_ count: Int) -> String {
        if count < 10_000 { return "\(count)" }
        if count < 1_000_000 { return "\((count + 500) / 1000) k" }
        return "\(Double((count + 50_000) / 100_000) / 10) M"
    }
}
