/// Why a number could not be computed. The caller reports *cannot tell* with this reason, never a pass.
public enum EstimateError: Error, Sendable, Hashable {
    /// There are fewer observations than the method needs.
    case tooFew(count: Int, needed: Int)
    /// The value at this index is NaN or infinite.
    case notFinite(index: Int)
    /// The value at this index lies outside the range that its metric declares.
    case outsideRange(index: Int)
    /// Counts that are negative, or whose part exceeds the whole.
    case invalidCounts
    /// A probability, confidence, tolerance or other parameter outside its domain; the text names it.
    case invalidParameter(String)
    /// Two paired series differ in length.
    case unequalLengths(Int, Int)
    /// All values are the same, and without a known range that says nothing about other traffic.
    case allEqual(value: Double)
    /// A ratio whose mean in either arm is not above zero.
    case ratioUndefined
    /// The statistic has no value on the sample itself, or on too many resamples.
    case undefinedStatistic(resamples: Int, of: Int)
    /// The resamples all lie on one side of the estimate, so that they give no interval around it.
    case degenerateResamples
    /// The result exceeds the largest finite number, or the numerical method did not converge.
    case overflow
}

extension EstimateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooFew(let count, let needed):
            "\(count) observations are too few: \(needed) are needed"
        case .notFinite(let index):
            "value \(index) is not a finite number"
        case .outsideRange(let index):
            "value \(index) lies outside the declared range"
        case .invalidCounts:
            "the counts are negative or do not add up"
        case .invalidParameter(let name):
            "\(name) is outside its domain"
        case .unequalLengths(let first, let second):
            "paired series of unequal length: \(first) and \(second)"
        case .allEqual(let value):
            "all values equal \(value) and the range is not known"
        case .ratioUndefined:
            "a ratio needs a mean above zero in both arms"
        case .undefinedStatistic(let resamples, let total):
            "the statistic has no value on \(resamples) of \(total) samples"
        case .degenerateResamples:
            "all resamples lie on one side of the estimate"
        case .overflow:
            "the result is too large to be represented"
        }
    }
}
