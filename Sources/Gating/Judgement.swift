import Domain

/// What the rules conclude from the scores: the judged half of a run's result.
public struct Judgement: Sendable {
    public var verdict: Verdict
    public var headline: String
    public var gates: [GateResult]
    public var metrics: [MetricResult]
    public var slices: [SliceResult]
    public var confusions: [ConfusionResult]
    public var distributions: [DistributionResult]
    public var movement: Movement
    public var stages: [StageResult]
    public var whereItBroke: String?
    public var reservations: [Reservation]
    public var warnings: [String]
}
