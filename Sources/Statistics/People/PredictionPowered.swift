import Glibc

/// A mean from few human and many judge labels, with the weight that the judge was given.
public struct PredictionPoweredEstimate: Sendable, Hashable {
    public let estimate: SurveyEstimate
    /// λ: 0 leaves the human labels alone, 1 trusts the judge's mean and corrects its bias.
    public let judgeWeight: Double
    /// The human labels alone: their mean and its standard error.
    public let humanMean: Double
    public let humanError: Double
}

/// How much weight the judge gets.
public enum JudgeWeight: Sendable, Hashable {
    /// PPI++: the λ in `0...1` with the smallest variance.
    case tuned
    /// Plain PPI: λ = 1.
    case full
    case fixed(Double)
}

/// PPI++: the mean of what people would say of all items, from people's labels of a few and a judge's of all.
///
/// θ = mean(human) + λ·(mean(judge, rest) − mean(judge, labelled)): whatever the judge's bias, it is corrected by
/// the items that both labelled. The tuned λ = cov(human, judge)/((1 + n/N)·var(judge)), clamped to `0...1`; all
/// variances have denominator n − 1, and that of the judge is over labelled and rest together.
///
/// - Parameters:
///   - human: Labels of n items drawn at random from the population.
///   - judge: The judge's labels of the same items in the same order.
///   - rest: The judge's labels of N other items of the population.
///   - range: Of a label; value and interval are cut to it.
///   - leastLabels: Below so many the normal interval is not trusted: use the human labels alone.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// Where all human labels are the same and the range is known, they speak alone (`allEqualInterval`), and the
/// standard error is the interval's width over 2z.
///
/// - Throws: `EstimateError.tooFew`, `.unequalLengths`, `.notFinite`, `.outsideRange`, `.invalidParameter`;
///   `.allEqual` where nothing varies and no range is known.
/// - Complexity: O(n).
///
/// A. N. Angelopoulos, J. C. Duchi, T. Zrnic, PPI++, arXiv 2311.01453 (2023); plain: Angelopoulos et al., Science 382
/// (2023) 669–674.
public func predictionPoweredMean(
    human: [Double], judge: [Double], rest: Moments, weight: JudgeWeight = .tuned,
    range: ClosedRange<Double>? = nil, leastLabels: Int = 100, confidence: Double = 0.90
) throws(EstimateError) -> PredictionPoweredEstimate {
    guard human.count == judge.count else { throw .unequalLengths(human.count, judge.count) }
    try requireCount(human.count, atLeast: max(2, leastLabels), "human labels")
    try requireWithin(range, human, "human label")
    try requireWithin(range, judge, "judge label")
    let people = try moments(human)
    let machine = try moments(judge)
    var products = CompensatedSum()
    for index in human.indices {
        products.add((human[index] - people.mean) * (judge[index] - machine.mean))
    }
    let labelled = LabelledPairs(
        n: Double(human.count), human: people.mean, judge: machine.mean, humanVariance: try people.variance(),
        judgeVariance: try machine.variance(), covariance: products.value / Double(human.count - 1))
    return try powered(
        labelled, rest: (Double(rest.n), rest.mean, try rest.variance()), weight, range, confidence)
}

/// PPI++ of a pass rate, from counts.
///
/// - Parameters:
///   - both: Items that people and judge both pass; `onlyHuman`, `onlyJudge` and `neither` likewise.
///   - restPasses: Of `rest` items that the judge alone labelled, those that it passes.
/// - Throws: As `predictionPoweredMean`, and `EstimateError.invalidCounts`.
public func predictionPoweredRate(
    both: Int, onlyHuman: Int, onlyJudge: Int, neither: Int, restPasses: Int, rest: Int,
    weight: JudgeWeight = .tuned, leastLabels: Int = 100, confidence: Double = 0.90
) throws(EstimateError) -> PredictionPoweredEstimate {
    let table = try PairedCounts(
        both: both, onlyBaseline: onlyHuman, onlyCandidate: onlyJudge, neither: neither)
    try requireCount(table.n, atLeast: max(2, leastLabels), "human labels")
    try requireCounts(restPasses, of: rest, "the judge's passes of the rest")
    try requireCount(rest, atLeast: 2, "judge labels of the rest")
    let n = Double(table.n)
    let scale = n / (n - 1)
    let human = Double(both + onlyHuman) / n
    let judge = Double(both + onlyJudge) / n
    let rate = Double(restPasses) / Double(rest)
    let labelled = LabelledPairs(
        n: n, human: human, judge: judge, humanVariance: human * (1 - human) * scale,
        judgeVariance: judge * (1 - judge) * scale, covariance: (Double(both) / n - human * judge) * scale)
    let variance = rate * (1 - rate) * Double(rest) / Double(rest - 1)
    return try powered(labelled, rest: (Double(rest), rate, variance), weight, 0...1, confidence)
}

/// What the items that people and judge both labelled say.
private struct LabelledPairs {
    let n: Double
    let human: Double
    let judge: Double
    let humanVariance: Double
    let judgeVariance: Double
    let covariance: Double

    /// The judge's variance over labelled and rest together.
    func pooled(_ rest: (n: Double, mean: Double, variance: Double)) -> Double {
        let gap = judge - rest.mean
        let between = gap * gap * n * rest.n / (n + rest.n)
        return ((n - 1) * judgeVariance + (rest.n - 1) * rest.variance + between) / (n + rest.n - 1)
    }
}

private func powered(
    _ labelled: LabelledPairs, rest: (n: Double, mean: Double, variance: Double), _ weight: JudgeWeight,
    _ range: ClosedRange<Double>?, _ confidence: Double
) throws(EstimateError) -> PredictionPoweredEstimate {
    try requireProbability(confidence, "confidence")
    guard rest.n >= 2 else { throw .tooFew(count: Int(rest.n), needed: 2, of: "judge labels of the rest") }
    let lambda: Double
    switch weight {
    case .full: lambda = 1
    case .fixed(let value):
        try requireRate(value, "judge weight")
        lambda = value
    case .tuned:
        let spread = (1 + labelled.n / rest.n) * labelled.pooled(rest)
        // A judge that always says the same says nothing.
        lambda = spread > 0 ? min(1, max(0, labelled.covariance / spread)) : 0
    }
    let residual =
        labelled.humanVariance + lambda * lambda * labelled.judgeVariance - 2 * lambda * labelled.covariance
    // Where judge and people agree on all, what is left of this is rounding.
    let own = residual > 1e-14 * labelled.humanVariance ? residual : 0
    let variance = own / labelled.n + lambda * lambda * rest.variance / rest.n
    if labelled.humanVariance == 0, lambda == 0, let range {
        return try unanimous(labelled, range, confidence)
    }
    let name =
        switch weight {
        case .tuned: "PPI++"
        case .full: "PPI"
        case .fixed: "PPI, fixed weight"
        }
    let estimate = try SurveyEstimate(
        value: labelled.human + lambda * (rest.mean - labelled.judge), standardError: variance.squareRoot(),
        reach: Normal.quantile((1 + confidence) / 2), range: range, confidence: confidence,
        method: "\(name), normal", n: Int(labelled.n))
    return PredictionPoweredEstimate(
        estimate: estimate, judgeWeight: lambda, humanMean: labelled.human,
        humanError: (labelled.humanVariance / labelled.n).squareRoot())
}

/// Where people's labels are all the same the judge has nothing to correct, and they speak alone: for a rate this
/// is Clopper and Pearson's interval.
private func unanimous(
    _ labelled: LabelledPairs, _ range: ClosedRange<Double>, _ confidence: Double
) throws(EstimateError) -> PredictionPoweredEstimate {
    let n = Int(labelled.n)
    let equal = try allEqualInterval(value: labelled.human, range: range, n: n, confidence: confidence)
    let interval = try Interval(
        lower: equal.lower, upper: equal.upper, confidence: confidence,
        method: "human labels alone, \(equal.method)")
    let error = try equal.width / (2 * Normal.quantile((1 + confidence) / 2))
    return PredictionPoweredEstimate(
        estimate: try SurveyEstimate(value: labelled.human, standardError: error, interval: interval, n: n),
        judgeWeight: 0, humanMean: labelled.human, humanError: 0)
}
