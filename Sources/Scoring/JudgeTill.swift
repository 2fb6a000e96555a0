import Domain
import Synchronization

/// What judging has cost, and whether there is leave for one more request.
///
/// Calls are requests that went out, further attempts and failures among them: the limit is never passed. Money is what
/// the replies said, those without a verdict among them, and one that says nothing is taken to have cost what the others
/// did on average; it may be exceeded by no more than what was under way when the last of it was spent.
final class JudgeTill: JudgePurse {
    struct Spent: Sendable {
        /// Requests that went out.
        var requests = 0
        var underWay = 0
        /// Those that a model worked for.
        var answered = 0
        /// Those of them whose price is known.
        var priced = 0
        var money: Double?
        var inputTokens = 0
        var outputTokens = 0
    }

    private let budget: JudgePolicy.Budget
    private let prices: ReleasePolicy.Prices?
    private let state = Mutex(Spent())

    init(budget: JudgePolicy.Budget, prices: ReleasePolicy.Prices?) {
        self.budget = budget
        self.prices = prices
    }

    var spent: Spent { state.withLock { $0 } }

    func refusal() -> String? {
        state.withLock { spent in
            if let why = why(spent) { return why }
            spent.requests += 1
            spent.underWay += 1
            return nil
        }
    }

    func settle(_ usage: Usage?, isAnswered: Bool) {
        state.withLock { spent in
            spent.underWay -= 1
            spent.inputTokens += usage?.inputTokens ?? 0
            spent.outputTokens += usage?.outputTokens ?? 0
            let money = usage?.money(at: prices)
            if isAnswered || money != nil { spent.answered += 1 }
            if let money {
                spent.money = (spent.money ?? 0) + money
                spent.priced += 1
            }
        }
    }

    private func why(_ spent: Spent) -> String? {
        if let calls = budget.calls, spent.requests >= calls { return words }
        guard let most = budget.money, spent.answered > 0 else { return nil }
        guard let money = spent.money, spent.priced > 0 else {
            // Nobody knows when it is spent.
            return
                "judge.budget names money, and the judge's replies or judge.prices say too little to know what is "
                + "spent"
        }
        let mean = money / Double(spent.priced)
        guard mean > 0 else { return nil }
        let left = (most - mean * Double(spent.answered)) / mean
        return left + 1e-9 >= Double(spent.underWay + 1) ? nil : words
    }

    private var words: String {
        var limits: [String] = []
        if let calls = budget.calls { limits.append("\(calls) calls") }
        if let money = budget.money { limits.append("\(money) \(budget.currency ?? "")") }
        return "the budget of " + limits.joined(separator: " or ") + " is spent (judge.budget)"
    }
}
