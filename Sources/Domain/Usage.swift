/// Tokens and money; nil is "not said". `cachedInputTokens` are part of `inputTokens`, never added to them.
public struct Usage: Sendable, Hashable {
    public var inputTokens: Int?
    public var cachedInputTokens: Int?
    public var outputTokens: Int?
    /// In the currency of the policy's prices, or as the app said (`cost`).
    public var cost: Double?

    public init(
        inputTokens: Int? = nil, cachedInputTokens: Int? = nil, outputTokens: Int? = nil, cost: Double? = nil
    ) {
        self.inputTokens = inputTokens
        self.cachedInputTokens = cachedInputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }
}

extension Usage {
    /// What it cost: as the app said, else by the policy's prices; nil where neither can be said.
    ///
    /// Cached tokens are part of the input tokens: they are charged once, at their own price where there is one.
    public func money(at prices: ReleasePolicy.Prices?) -> Double? {
        if let cost { return cost }
        guard let prices, let input = inputTokens, let output = outputTokens else { return nil }
        let cached = min(cachedInputTokens ?? 0, input)
        let cachedPrice = prices.cachedInputPerMillion ?? prices.inputPerMillion
        let fresh = Double(input - cached) * prices.inputPerMillion
        return (fresh + Double(cached) * cachedPrice + Double(output) * prices.outputPerMillion) / 1_000_000
    }
}
