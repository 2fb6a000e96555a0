/// What judging came to, counted by question; and what it cost.
public struct JudgeCounts: Sendable, Hashable {
    /// Distinct questions that metrics wanted answered.
    public var scheduled = 0
    /// Of these, sent to the judge now and answered with a verdict.
    public var executed = 0
    /// Answered from an earlier asking.
    public var kept = 0
    public var failed = 0
    public var unparsable = 0
    public var refused = 0
    public var overBudget = 0
    public var cancelled = 0
    /// Pairs of answers (each vote on one) judged in both orders, and those of them whose two verdicts disagree: ties.
    public var inBothOrders = 0
    public var orderDisagreed = 0
    /// Requests that went out, further attempts included.
    public var attempts = 0
    public var inputTokens = 0
    public var outputTokens = 0
    /// Money of what was sent now, answers without a verdict among it; nil: no answer and no prices said.
    public var cost: Double?

    public init() {}

    /// Questions without a verdict.
    public var lost: Int { failed + unparsable + refused + overBudget + cancelled }

    /// Counts a question; what its requests cost is counted where they are made.
    public mutating func add(_ outcome: JudgeOutcome) {
        scheduled += 1
        switch outcome {
        case .success(let reply) where reply.isKept: kept += 1
        case .success: executed += 1
        case .failure(.failed): failed += 1
        case .failure(.unparsable): unparsable += 1
        case .failure(.refused): refused += 1
        case .failure(.overBudget): overBudget += 1
        case .failure(.cancelled): cancelled += 1
        }
    }

    /// `412 scheduled: 380 judged now, 30 kept, 1 failed, 1 unparsable`.
    public var words: String {
        var parts = ["\(executed) judged now"]
        for (count, word) in [
            (kept, "kept"), (failed, "failed"), (unparsable, "unparsable"), (refused, "refused"),
            (overBudget, "over budget"), (cancelled, "stopped"),
        ] where count > 0 {
            parts.append("\(count) \(word)")
        }
        let orders =
            inBothOrders > 0
            ? "; \(orderDisagreed) of \(inBothOrders) pairs judged otherwise in the other order" : ""
        return "\(scheduled) scheduled: " + parts.joined(separator: ", ") + orders
    }
}
