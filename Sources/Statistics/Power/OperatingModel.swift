/// A gate on a data set of a given size, as far as it matters for how often it passes, fails or stays unsure.
///
/// The intervals and tests are those that gates use: Tango's interval and the exact McNemar test for paired pass
/// and fail, the all-equal rule where no pair differs, Clopper–Pearson for a rate that says `confidently`,
/// Student's t below 200 examples and from there the limit of the BCa interval. Scores are taken as normal:
/// where they are not, resample the examples at hand through the gate itself (`simulatedOperatingCurve`).
public struct OperatingModel: Sendable, Hashable {
    public let form: Form
    /// Independent examples.
    public let examples: Int
    /// One-sided confidence of what a pass must prove.
    public let confidence: Double
    /// Level of the claim that something broke: α, or what Holm leaves of it in the gate's family.
    public let level: Double

    /// What is decided, with what has to be known of the data. Differences are candidate minus baseline in the
    /// good direction. A rule `M <= x` is `M >= x` of the negated mean, or of the opposite rate.
    public enum Form: Sendable, Hashable {
        /// `M >= x` of a pass rate; also a share of examples that must hold. The truth is the rate.
        case rate(atLeast: Double)
        /// `confidently M >= x` of a pass rate; also of a percentile, as the share at or below its limit.
        case confidentRate(atLeast: Double)
        /// `M >= x` of a mean, with the deviation of a single score. The truth is the mean.
        case mean(atLeast: Double, deviation: Double)
        /// `confidently M >= x` of a mean.
        case confidentMean(atLeast: Double, deviation: Double)
        /// At least k of n tries pass, in a share of examples. The truth is the rate of a single try;
        /// `correlation` is that of two tries of one example (beta-binomial), 0 for examples all alike.
        case tries(Int, of: Int, share: Double, correlation: Double)
        /// Paired pass and fail: `not worse than baseline`, or `no worse than baseline by` a margin. The truth is
        /// the difference of the rates; as many pairs disagree as said, or as many as the difference needs.
        case pairedRate(margin: Double?, discordantShare: Double)
        /// Paired scores, with the deviation of one difference.
        case pairedMean(margin: Double?, deviation: Double)
        /// `within p% of baseline`, with the deviation of the log ratio times √n. The truth is the ratio.
        case ratio(within: Double, deviation: Double)
    }

    /// - Throws: `EstimateError.tooFew` for fewer examples than the gate needs to say anything,
    ///   `.invalidParameter`.
    public init(
        _ form: Form, examples: Int, confidence: Double = 0.95, level: Double = 0.05
    ) throws(EstimateError) {
        try OperatingModel.check(form)
        try requireCount(examples, atLeast: form.leastExamples, "examples")
        guard examples <= OperatingModel.most else {
            throw .invalidParameter("number of examples", must: "not exceed \(grouped(OperatingModel.most))")
        }
        try requireProbability(confidence, "confidence")
        try requireProbability(level, "level")
        self.form = form
        self.examples = examples
        self.confidence = confidence
        self.level = level
    }

    /// Examples up to which a gate is computed.
    public static let most = 10_000_000

    /// How often the gate passes, fails and stays unsure at one truth.
    ///
    /// - Throws: `EstimateError.invalidParameter` for a truth that cannot be: a rate outside `0...1`, a ratio not
    ///   above zero.
    /// - Complexity: O(√n) for paired pass and fail, O(log n) for rates, constant for scores.
    public func point(at truth: Double) throws(EstimateError) -> OperatingPoint {
        guard truth.isFinite else { throw .invalidParameter("truth", must: "be a finite number") }
        switch form {
        case .rate(let bound): return try ratePoint(truth, atLeast: bound, rate: truth)
        case .confidentRate(let bound): return try confidentRatePoint(truth, atLeast: bound)
        case .tries(let k, let tries, let share, let correlation):
            try requireRate(truth, "truth")
            let law = try TriesLaw(tries: tries, rate: truth, correlation: correlation)
            return try ratePoint(truth, atLeast: share, rate: law.atLeast(k))
        case .mean(let bound, let deviation):
            let gap = (truth - bound) / deviation * root
            return try OperatingPoint(
                truth: truth, pass: Normal.cumulative(gap), fail: Normal.cumulative(-gap))
        case .confidentMean(let bound, let deviation):
            return try confidentMeanPoint(truth, atLeast: bound, deviation: deviation)
        case .pairedRate(let margin, let share):
            return try pairedRatePoint(truth, margin: margin, discordantShare: share)
        case .pairedMean(let margin, let deviation):
            return try pairedMeanPoint(truth, margin: margin, deviation: deviation)
        case .ratio(let tolerance, let deviation):
            return try ratioPoint(truth, tolerance: tolerance, deviation: deviation)
        }
    }

    /// The points over many truths, in their order.
    public func curve(over truths: [Double]) throws(EstimateError) -> OperatingCurve {
        try requireCount(truths.count, atLeast: 1, "truths")
        var points: [OperatingPoint] = []
        for truth in truths { points.append(try point(at: truth)) }
        return OperatingCurve(points: points, method: method)
    }
}

extension OperatingModel {
    /// How the shares are had, as printed.
    public var method: String {
        switch form {
        case .rate, .confidentRate: "exact binomial"
        case .tries(_, _, _, let correlation): correlation > 0 ? "exact beta-binomial" : "exact binomial"
        case .mean: "normal"
        case .confidentMean, .pairedMean: "normal scores, integrated over the deviation"
        case .pairedRate: "exact trinomial"
        case .ratio: "normal log ratio"
        }
    }

    var root: Double { Double(examples).squareRoot() }

    private static func check(_ form: Form) throws(EstimateError) {
        switch form {
        case .rate(let bound), .confidentRate(let bound):
            try requireRate(bound, "bound")
        case .mean(let bound, let deviation), .confidentMean(let bound, let deviation):
            guard bound.isFinite else { throw .invalidParameter("bound", must: "be a finite number") }
            try requirePositive(deviation, "deviation")
        case .tries(let k, let tries, let share, let correlation):
            guard tries >= 1, tries <= 10_000 else {
                throw .invalidParameter("tries", must: "lie in 1...10,000")
            }
            guard k >= 1, k <= tries else { throw .invalidParameter("k", must: "lie in 1...tries") }
            try requireRate(share, "share")
            guard correlation >= 0, correlation < 1 else {
                throw .invalidParameter("correlation", must: "lie in 0..<1")
            }
        case .pairedRate(let margin, let share):
            try requireMargin(margin)
            try requireRate(share, "discordant share")
        case .pairedMean(let margin, let deviation):
            try requireMargin(margin)
            try requirePositive(deviation, "deviation")
        case .ratio(let tolerance, let deviation):
            try requirePositive(tolerance, "tolerance")
            try requirePositive(deviation, "deviation")
        }
    }

    private static func requireMargin(_ margin: Double?) throws(EstimateError) {
        if let margin { try requireNotNegative(margin, "margin") }
    }
}

extension OperatingModel.Form {
    /// Examples from which on the gate can say anything.
    var leastExamples: Int {
        switch self {
        case .rate, .confidentRate, .tries, .mean: 1
        case .confidentMean, .pairedRate, .pairedMean, .ratio: 2
        }
    }
}
