import Glibc

/// Rogan–Gladen: the true pass rate behind what a judge passes, from its measured sensitivity and specificity.
///
/// θ = (rate + specificity − 1)/(sensitivity + specificity − 1), cut to `0...1`. The standard error is the delta
/// method's; the interval is Lang's and Reiczigel's, which smooths all three rates and shifts the centre, and so
/// keeps its coverage at small counts.
///
/// - Parameters:
///   - rate: The judge's pass rate over `judged` items.
///   - sensitivity: Of the judge, over `positives` items that experts call good.
///   - specificity: Of the judge, over `negatives` items that experts call bad.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.invalidParameter` for rates outside `0...1`, or where sensitivity and specificity do not
///   add up to more than 1 (the judge knows nothing); `.tooFew`; `.outsideRange` where the judge passes so much or
///   so little that its calibration cannot hold here.
///
/// W. J. Rogan, B. Gladen, Am. J. Epidemiol. 107 (1978) 71–76; Z. Lang, J. Reiczigel, Prev. Vet. Med. 113 (2014)
/// 13–22.
public func roganGladen(
    rate: Double, judged: Int, sensitivity: Double, positives: Int, specificity: Double, negatives: Int,
    confidence: Double = 0.90
) throws(EstimateError) -> SurveyEstimate {
    try requireRate(rate, "rate")
    try requireRate(sensitivity, "sensitivity")
    try requireRate(specificity, "specificity")
    let counts = [
        (judged, "judged items"), (positives, "items that experts call good"),
        (negatives, "items that experts call bad"),
    ]
    for (count, name) in counts {
        try requireCount(count, atLeast: 1, name)
        try requireCounts(0, of: count, name)
    }
    try requireProbability(confidence, "confidence")
    let plain = Correction(
        rate: rate, n: Double(judged), sensitivity: sensitivity, positives: Double(positives),
        specificity: specificity, negatives: Double(negatives))
    let z = try Normal.quantile((1 + confidence) / 2)
    let smooth = plain.smoothed(z: z)
    guard plain.youden > 1e-12, smooth.youden > 1e-12 else {
        throw .invalidParameter("sensitivity and specificity", must: "add up to more than 1")
    }
    let half = z * smooth.standardError
    let centre = smooth.value + smooth.shift(z: z)
    guard centre - half < 1, centre + half > 0 else { throw .outsideRange(index: 0, of: "estimate") }
    let interval = try Interval(
        lower: centre - half, upper: centre + half, confidence: confidence, method: "Lang–Reiczigel"
    ).clamped(to: 0...1)
    // Where all three rates are 0 or 1 the delta method sees no error; the smoothed rates do.
    let error = plain.standardError > 0 ? plain.standardError : smooth.standardError
    return try SurveyEstimate(
        value: min(1, max(0, plain.value)), standardError: error, interval: interval,
        n: positives + negatives)
}

/// The same from a judge's counts.
public func roganGladen(
    passes: Int, judged: Int, accuracy: JudgeAccuracy, confidence: Double = 0.90
) throws(EstimateError) -> SurveyEstimate {
    try requireCounts(passes, of: judged, "passes and judged items")
    try requireCount(judged, atLeast: 1, "judged items")
    return try roganGladen(
        rate: Double(passes) / Double(judged), judged: judged, sensitivity: accuracy.sensitivity,
        positives: accuracy.positives, specificity: accuracy.specificity, negatives: accuracy.negatives,
        confidence: confidence)
}

/// Rates with their counts, and what follows of the true rate.
struct Correction {
    let rate: Double
    let n: Double
    let sensitivity: Double
    let positives: Double
    let specificity: Double
    let negatives: Double

    var youden: Double { sensitivity + specificity - 1 }
    var value: Double { (rate + specificity - 1) / youden }

    private var sensitivityVariance: Double { sensitivity * (1 - sensitivity) / positives }
    private var specificityVariance: Double { specificity * (1 - specificity) / negatives }

    /// What the calibration adds to the variance of θ·J.
    var calibrationVariance: Double {
        value * value * sensitivityVariance + (1 - value) * (1 - value) * specificityVariance
    }

    var standardError: Double {
        (rate * (1 - rate) / n + calibrationVariance).squareRoot() / youden
    }

    /// How far the interval's centre moves.
    func shift(z: Double) -> Double {
        2 * z * z * (value * sensitivityVariance - (1 - value) * specificityVariance)
    }

    /// With z²/2 passes and failures added to the rate, and one of each to the calibration.
    func smoothed(z: Double) -> Correction {
        let square = z * z
        return Correction(
            rate: (n * rate + square / 2) / (n + square), n: n + square,
            sensitivity: (positives * sensitivity + 1) / (positives + 2), positives: positives + 2,
            specificity: (negatives * specificity + 1) / (negatives + 2), negatives: negatives + 2)
    }
}
