/// The direction that the alternative hypothesis claims.
public enum Alternative: Sendable, Hashable {
    case less
    case greater
    case twoSided
}

/// The result of a significance test.
public struct TestResult: Sendable, Hashable {
    /// In `0...1`: how often chance alone does at least this, were the null hypothesis true.
    public let pValue: Double
    /// The test's own statistic (z, t, U, χ²…), where it has one besides its p-value.
    public let statistic: Double?
    /// Of the statistic's null distribution, where it has such.
    public let degreesOfFreedom: Double?
    /// Test, direction, resamples and seed, as printed.
    public let method: String

    /// - Throws: `EstimateError.invalidParameter` unless the p-value lies in `0...1`, `.overflow` for a
    ///   statistic that is no finite number.
    public init(
        pValue: Double, statistic: Double? = nil, degreesOfFreedom: Double? = nil, method: String
    ) throws(EstimateError) {
        guard pValue >= 0, pValue <= 1 else { throw .invalidParameter("p-value", must: "lie in 0...1") }
        guard statistic?.isFinite ?? true, degreesOfFreedom?.isFinite ?? true else { throw .overflow }
        self.pValue = pValue
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.method = method
    }
}
