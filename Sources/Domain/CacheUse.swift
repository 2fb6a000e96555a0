/// What the response cache did for a run: how often it had the answer, and what need not be spent again.
///
/// Counted from the run's own record, so that a run that is read again says the same. Tokens and money are those
/// that were recorded when the answers were first had; what an answer did not say is counted, never taken for 0.
public struct CacheUse: Sendable, Hashable {
    /// Observations that came from the cache.
    public var hits = 0
    /// Observations of the same arms that were asked for.
    public var asked = 0
    /// Requests that were not made: one for each turn of an answer that was there.
    public var calls = 0
    public var inputTokens = 0
    public var outputTokens = 0
    /// Requests among `calls` whose tokens nobody knows.
    public var callsWithoutTokens = 0
    /// Nil where no request's price is known.
    public var money: Double?
    /// Requests among `calls` whose price nobody knows.
    public var callsWithoutPrice = 0
    /// Age in seconds beyond which an entry is not used.
    public let maximumAgeSeconds: Double

    public init(maximumAgeSeconds: Double) { self.maximumAgeSeconds = maximumAgeSeconds }

    /// Share of the answers that came from the cache; nil where there is none at all.
    public var hitRate: Double? { hits + asked == 0 ? nil : Double(hits) / Double(hits + asked) }

    /// Counts one observation of an arm that the cache serves.
    public mutating func add(_ observation: Observation, prices: ReleasePolicy.Prices?) {
        guard observation.fromCache else {
            asked += 1
            return
        }
        hits += 1
        guard let answer = observation.answer else { return }
        for turn in observation.earlierTurns + [answer] {
            calls += 1
            if turn.usage?.inputTokens == nil, turn.usage?.outputTokens == nil { callsWithoutTokens += 1 }
            inputTokens = sum(inputTokens, turn.usage?.inputTokens)
            outputTokens = sum(outputTokens, turn.usage?.outputTokens)
            if let price = turn.usage?.money(at: prices), price.isFinite {
                money = (money ?? 0) + price
            } else {
                callsWithoutPrice += 1
            }
        }
    }

    /// What an app says of itself may be any number.
    private func sum(_ total: Int, _ more: Int?) -> Int {
        let (sum, overflow) = total.addingReportingOverflow(max(0, more ?? 0))
        return overflow ? .max : sum
    }
}
