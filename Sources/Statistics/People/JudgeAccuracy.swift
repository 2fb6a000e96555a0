/// How a judge does on labels of experts: how much of the good it passes, and how much of the bad it fails.
public struct JudgeAccuracy: Sendable, Hashable {
    /// Good items that the judge passes, of all good ones; bad items that it fails, of all bad ones.
    public let truePositives: Int
    public let positives: Int
    public let trueNegatives: Int
    public let negatives: Int

    /// - Throws: `EstimateError.tooFew` unless experts found at least one item good and one bad; `.invalidCounts`.
    public init(
        truePositives: Int, positives: Int, trueNegatives: Int, negatives: Int
    ) throws(EstimateError) {
        try requireCounts(truePositives, of: positives, "true positives and positives")
        try requireCounts(trueNegatives, of: negatives, "true negatives and negatives")
        try requireCount(positives, atLeast: 1, "items that experts call good")
        try requireCount(negatives, atLeast: 1, "items that experts call bad")
        self.truePositives = truePositives
        self.positives = positives
        self.trueNegatives = trueNegatives
        self.negatives = negatives
    }

    public var sensitivity: Double { Double(truePositives) / Double(positives) }
    public var specificity: Double { Double(trueNegatives) / Double(negatives) }
    /// J = sensitivity + specificity − 1: what is left of a true difference in the judge's eyes.
    public var youden: Double { sensitivity - Double(negatives - trueNegatives) / Double(negatives) }

    /// The Wilson interval.
    public func sensitivityInterval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try wilsonInterval(successes: truePositives, trials: positives, confidence: confidence)
    }

    /// The Wilson interval.
    public func specificityInterval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try wilsonInterval(successes: trueNegatives, trials: negatives, confidence: confidence)
    }

    /// The interval of J: that of a difference of two independent rates, from their Wilson intervals.
    ///
    /// R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
    public func youdenInterval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try newcombeInterval(
            baseline: EventCount(events: negatives - trueNegatives, trials: negatives),
            candidate: EventCount(events: truePositives, trials: positives), confidence: confidence)
    }

    /// Whether a score of this judge may gate a release: J is proven to be above zero.
    ///
    /// - Parameter confidence: One-sided.
    public func mayGate(confidence: Double = 0.95) throws(EstimateError) -> Bool {
        guard confidence > 0.5, confidence < 1 else {
            throw .invalidParameter("confidence", must: "lie strictly between 0.5 and 1")
        }
        return try youdenInterval(confidence: 2 * confidence - 1).lower > 0
    }

    /// κ of judge and experts.
    ///
    /// - Throws: As `cohenKappa`.
    public func kappa(confidence: Double = 0.90) throws(EstimateError) -> AgreementEstimate {
        try cohenKappa(
            [[truePositives, positives - truePositives], [negatives - trueNegatives, trueNegatives]],
            confidence: confidence)
    }
}
