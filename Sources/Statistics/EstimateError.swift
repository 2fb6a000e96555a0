/// Why a number could not be computed. The caller reports *cannot tell* with this reason, never a pass.
public enum EstimateError: Error, Sendable, Hashable {
    /// There are fewer observations than the method needs; `of` names the argument.
    case tooFew(count: Int, needed: Int, of: String = "observations")
    /// The value at this index of the named argument is NaN or infinite.
    case notFinite(index: Int, of: String = "value")
    /// The value at this index of the named argument lies outside the range that is declared for it.
    case outsideRange(index: Int, of: String = "value")
    /// Counts that are negative, or whose part exceeds the whole; the text names them.
    case invalidCounts(String = "the counts")
    /// A probability, confidence, tolerance or other parameter outside its domain: its name, and what it must
    /// be, as the words behind "must".
    case invalidParameter(String, must: String = "lie inside its domain")
    /// Two paired series differ in length; the text names both.
    case unequalLengths(Int, Int, of: String = "paired series")
    /// All of what is named are the same, and without a known range that says nothing about other traffic.
    case allEqual(value: Double, of: String = "values")
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
        case .tooFew(let count, let needed, let argument):
            "\(count) \(argument) are too few: \(needed) are needed"
        case .notFinite(let index, let argument):
            "\(argument) \(index) is not a finite number"
        case .outsideRange(let index, let argument):
            "\(argument) \(index) lies outside the declared range"
        case .invalidCounts(let argument):
            "\(argument) are negative, do not add up or exceed \(grouped(1 << 52))"
        case .invalidParameter(let name, let must):
            "\(name) must \(must)"
        case .unequalLengths(let first, let second, let arguments):
            "\(arguments) of unequal length: \(first) and \(second)"
        case .allEqual(let value, let argument):
            "all \(argument) equal \(value): without variation, and without a known range, there is no answer"
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
