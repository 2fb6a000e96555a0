import Glibc

/// How far raters agree beyond chance, with the raw agreement beside it: where nearly all cases are of one kind,
/// the coefficient alone misleads (the prevalence paradox).
public struct AgreementEstimate: Sendable, Hashable {
    /// (observed − expected) / (1 − expected): 1 is perfect, 0 what chance gives.
    public let value: Double
    /// Raw agreement Po, weighted where weights are.
    public let observed: Double
    /// The agreement Pe that chance would give.
    public let expected: Double
    /// Over samples of units; nil where the sample shows no variation at all (for instance perfect agreement).
    public let standardError: Double?
    /// Nil where there is no standard error. Cut to `-1...1`.
    public let interval: Interval?
    /// Of the hypothesis that there is nothing beyond chance; nil where its error is zero or not known.
    public let test: TestResult?
    /// Units with ratings that can be compared.
    public let units: Int

    init(
        observed: Double, expected: Double, value: Double, standardError: Double, interval: Interval?,
        test: TestResult? = nil, units: Int
    ) {
        self.value = value
        self.observed = observed
        self.expected = expected
        self.standardError = standardError > 0 ? standardError : nil
        self.interval = interval
        self.test = test
        self.units = units
    }
}

/// κ from the two agreements alone: (observed − expected) / (1 − expected).
///
/// - Throws: `EstimateError.invalidParameter` unless both lie in `0...1` and the expected is below 1.
///
/// J. Cohen, Educ. Psychol. Meas. 20 (1960) 37–46.
public func chanceCorrectedAgreement(observed: Double, expected: Double) throws(EstimateError) -> Double {
    try requireRate(observed, "observed agreement")
    guard expected >= 0, expected < 1 else {
        throw .invalidParameter("expected agreement", must: "lie in 0..<1")
    }
    return (observed - expected) / (1 - expected)
}

/// A normal or t interval around a coefficient; nil where its error is zero.
func agreementInterval(
    _ value: Double, error: Double, reach: Double, confidence: Double, method: String
) throws(EstimateError) -> Interval? {
    guard error > 0 else { return nil }
    let interval = try Interval(
        lower: value - reach * error, upper: value + reach * error, confidence: confidence, method: method)
    let cut = interval.clamped(to: -1...1)
    return cut.width > 0 ? cut : nil
}
