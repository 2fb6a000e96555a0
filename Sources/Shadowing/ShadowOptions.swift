/// How a comparison is made.
public struct ShadowOptions: Sendable, Hashable {
    public var seed: UInt64 = 0
    /// Of intervals, two-sided.
    public var confidence = 0.90
    /// The chance that anything at all is claimed of arms that are alike.
    public var alpha = 0.05
    /// Keys below which nothing is claimed, and no verdict is given.
    public var leastKeys = 20
    /// The share of chosen requests that may go without a pair.
    public var mostLoss = 0.05
    /// Pairs kept to be read.
    public var shownPairs = 40
    /// What tokens cost, where the app does not say its cost.
    public init() {}
}
