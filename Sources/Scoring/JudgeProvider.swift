import Domain
import Metrics

/// Answers requests for verdicts with one judge, its memory and its purse.
public final class JudgeProvider: ModelProvider {
    private let desk: JudgeDesk
    private let facts: ModelFacts
    private let foretold: @Sendable (JudgeForecast) -> Void

    /// - Parameter foretold: Told what asking comes to, less what is kept, before it begins.
    public init(_ desk: JudgeDesk, foretold: @escaping @Sendable (JudgeForecast) -> Void = { _ in }) {
        self.desk = desk
        self.foretold = foretold
        facts = ModelFacts(role: "judge", name: desk.identity.model, digest: desk.identity.digest)
    }

    public func model(_ kind: ModelKind) -> ModelFacts? { kind == .judge ? facts : nil }

    public func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        var questions: [JudgeQuestion] = []
        for request in requests {
            if case .judgement(let question) = request { questions.append(question) }
        }
        var outcomes = await desk.judge(questions)[...]
        return requests.map { request in
            guard case .judgement = request, let outcome = outcomes.popFirst() else {
                return .failed("a judge gives no such thing")
            }
            return .judgement(outcome)
        }
    }

    public func foresee(_ requests: [ModelRequest]) -> [ModelAnswer] {
        var questions: [JudgeQuestion] = []
        for request in requests {
            if case .judgement(let question) = request { questions.append(question) }
        }
        var outcomes = desk.foresee(questions)[...]
        return requests.map { request in
            guard case .judgement = request, let outcome = outcomes.popFirst() else {
                return .failed("a judge gives no such thing")
            }
            return .judgement(outcome)
        }
    }

    public func foretell(most: Int, scores: Int) {
        guard var forecast = desk.foreseen(most: most) else { return }
        forecast.keptScores = scores
        foretold(forecast)
    }

    public var problems: [String] {
        desk.cacheProblem.map { ["judgements are not kept for later runs: \($0.description)"] } ?? []
    }

    public func close() async { await desk.close() }

    public var uses: [ModelUse] {
        let counts = desk.counts
        guard counts.scheduled > 0 else { return [] }
        var use = ModelUse(facts, unit: "judgements")
        use.wanted = counts.scheduled
        use.asked = counts.scheduled - counts.kept - counts.overBudget - counts.cancelled
        use.cached = counts.kept
        use.failed = counts.failed + counts.refused + counts.overBudget + counts.cancelled
        use.unparsable = counts.unparsable
        let tokens = counts.inputTokens + counts.outputTokens
        use.tokens = tokens > 0 ? tokens : nil
        use.money = counts.cost
        use.currency = counts.cost == nil ? nil : desk.currency
        use.inBothOrders = counts.inBothOrders
        use.orderDisagreed = counts.orderDisagreed
        use.names = desk.observedModels
        return [use]
    }
}
