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
    /// Test, direction, resamples and seed, as printed.
    public let method: String

    /// - Throws: `EstimateError.invalidParameter` unless the p-value lies in `0...1`.
    public init(pValue: Double, method: String) throws(EstimateError) {
        guard pValue >= 0, pValue <= 1 else { throw .invalidParameter("p-value") }
        self.pValue = pValue
        self.method = method
    }
}
