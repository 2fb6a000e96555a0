/// A file of scores made elsewhere, as the policy names it.
public struct ExternalSource: Sendable, Hashable {
    /// As written, relative to the policy's folder.
    public let file: String
    /// Whose answers it scores, where its rows do not say.
    public let arm: Arm?
    /// Age in seconds beyond which a score counts as not measured; nil: none is too old.
    public let maximumAgeSeconds: Double?
    public let metrics: [ExternalMetric]

    public init(file: String, arm: Arm?, maximumAgeSeconds: Double?, metrics: [ExternalMetric]) {
        self.file = file
        self.arm = arm
        self.maximumAgeSeconds = maximumAgeSeconds
        self.metrics = metrics
    }
}

/// What a score made elsewhere is: declared, since no number says it of itself.
public struct ExternalMetric: Sendable, Hashable {
    /// `faithfulness`: rules write `external[faithfulness]`.
    public let name: String
    /// What the file calls it.
    public let column: String
    /// `ratio`, `milliseconds`, `tokens`, `characters`, `money` or `count`.
    public let unit: String
    /// Smallest and largest possible value; nil: unbounded on that side.
    public let lowest: Double?
    public let highest: Double?
    /// `higher`, `lower` or `neither`.
    public let better: String
    /// Whether a score is 0 or 1.
    public let isPassFail: Bool

    public init(
        name: String, column: String, unit: String, lowest: Double?, highest: Double?, better: String,
        isPassFail: Bool
    ) {
        self.name = name
        self.column = column
        self.unit = unit
        self.lowest = lowest
        self.highest = highest
        self.better = better
        self.isPassFail = isPassFail
    }

    /// Why a score is no value of this metric; nil where it is one.
    public func problem(_ score: Double) -> String? {
        guard score.isFinite else { return "its score is no number" }
        if isPassFail { return score == 0 || score == 1 ? nil : "its score is neither 0 nor 1" }
        if let lowest, score < lowest { return "its score lies below \(ExternalMetric.words(lowest))" }
        if let highest, score > highest { return "its score lies above \(ExternalMetric.words(highest))" }
        return nil
    }

    private static func words(_ bound: Double) -> String {
        bound == bound.rounded() && abs(bound) < 1e15 ? String(Int(bound)) : String(bound)
    }
}
