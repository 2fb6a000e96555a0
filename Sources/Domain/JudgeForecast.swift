/// What judging would come to at most, before anything is asked.
public struct JudgeForecast: Sendable, Hashable {
    /// Questions that would be sent, votes and steps included.
    public var calls: Int
    /// Requests where every one of them is asked again as often as the policy allows.
    public var mostRequests: Int?
    /// Questions with those that answers may lead to; nil: no more than `calls`.
    public var mostCalls: Int?
    /// Questions that are known already.
    public var kept: Int
    /// Scores that stand in the run and ask nothing.
    public var keptScores = 0
    public var inputTokens: Int
    public var outputTokens: Int
    /// Nil where no prices are known.
    public var money: Double?
    public var currency: String?

    public init(
        calls: Int, kept: Int, inputTokens: Int, outputTokens: Int, money: Double?, currency: String?
    ) {
        self.calls = calls
        mostCalls = nil
        mostRequests = nil
        self.kept = kept
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.money = money
        self.currency = currency
    }

    /// What several come to together; nil where there is none. Money is known where it is of each of them.
    public init?(sumOf parts: [JudgeForecast]) {
        guard var sum = parts.first else { return nil }
        for part in parts.dropFirst() {
            sum.calls += part.calls
            sum.kept += part.kept
            sum.inputTokens += part.inputTokens
            sum.outputTokens += part.outputTokens
            if let most = sum.mostRequests, let more = part.mostRequests { sum.mostRequests = most + more }
            if let money = sum.money, let more = part.money {
                sum.money = money + more
            } else {
                sum.money = nil
            }
        }
        self = sum
    }

    /// Adds questions that are not known yet, by about how many bytes they have.
    ///
    /// - Parameter prices: Nil: money stays as it is.
    public mutating func add(
        _ bytes: [Int], answerTokens: Int = 150, prices: ReleasePolicy.Prices? = nil
    ) {
        calls += bytes.count
        inputTokens += bytes.reduce(0) { $0 + $1 / 4 + 1 }
        outputTokens += bytes.count * answerTokens
        if prices != nil {
            money = Usage(inputTokens: inputTokens, outputTokens: outputTokens).money(at: prices)
        }
    }

    /// Why it does not fit a budget; nil: it does, as far as can be said.
    public func excess(over budget: JudgePolicy.Budget) -> String? {
        if let most = budget.calls, calls > most { return "\(calls) calls, and judge.budget allows \(most)" }
        if let most = budget.money, let money, money > most {
            return "about \(Self.rounded(money)) \(currency ?? ""), and judge.budget allows \(most)"
        }
        return nil
    }

    /// `412 calls (30 kept), about 0.4 M tokens in, 62 k out, about 0.12 USD`.
    public var words: String {
        var text = "\(calls) calls" + (kept > 0 ? " (\(kept) kept)" : "")
        if let mostCalls { text += ", at most \(mostCalls) with the steps that follow on answers" }
        if let mostRequests, mostRequests > calls {
            text += ", \(mostRequests) requests where all are asked again"
        }
        text += ", about \(Self.short(inputTokens)) tokens in, \(Self.short(outputTokens)) out, "
        if let money {
            text += "about \(Self.rounded(money)) \(currency ?? "")"
        } else {
            text += "money not known (judge.prices names no price)"
        }
        return text
    }

    /// What is to be asked of what is known by now, and what is not: `12 calls to make, 88 verdicts kept`.
    public var presentWords: String {
        var kept = self.kept == 1 ? "1 verdict is kept" : "\(self.kept) verdicts are kept"
        if keptScores > 0 { kept += ", \(keptScores) scores stand in the run" }
        guard calls > 0 else { return "nothing to ask, \(kept)" }
        var text = (calls == 1 ? "1 call" : "\(calls) calls") + " to make, \(kept)"
        if let mostCalls { text += "; at most \(mostCalls) calls with the steps that follow on answers" }
        return text + "; about \(Self.short(inputTokens)) tokens in, \(Self.short(outputTokens)) out"
            + (money.map { ", about \(Self.rounded($0)) \(currency ?? "")" } ?? "")
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
