import Domain

/// Tokens and money of one observation, all turns of a conversation together.
enum Spending {
    /// The sum of a count over the turns, or nil where a turn does not say.
    static func total(_ observation: Observation, _ count: (Usage) -> Int?) -> Double? {
        guard let answer = observation.answer else { return nil }
        var sum = 0
        for turn in observation.earlierTurns + [answer] {
            guard let part = turn.usage.flatMap(count) else { return nil }
            sum += part
        }
        return Double(sum)
    }

    /// The money, as the app says, else from its tokens and the policy's prices; nil where neither is known.
    static func cost(_ observation: Observation, _ prices: ReleasePolicy.Prices?) -> Double? {
        guard let answer = observation.answer else { return nil }
        var sum = 0.0
        for turn in observation.earlierTurns + [answer] {
            guard let usage = turn.usage, let part = usage.money(at: prices) else { return nil }
            sum += part
        }
        return sum
    }
}
