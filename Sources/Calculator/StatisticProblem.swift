import Statistics

/// Why a statistic has no answer for an input: which argument, and what is wrong with it.
public enum StatisticProblem: Error, Sendable, Hashable {
    /// The input is no object; what it is instead.
    case notAnObject(found: String)
    case missing(argument: String, kind: String)
    case unknown(argument: String, suggestion: String?)
    /// An argument, or an element of it (`"values[3]"`), is not what it must be.
    case wrong(argument: String, must: String, found: String)
    /// The statistic itself has no value for these data.
    case undefined(EstimateError)
    /// There is no such number, and why; whatever is asked for does not exist.
    case noAnswer(String)
}

extension StatisticProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnObject(let found): "the input is \(found), and must be an object of arguments"
        case .missing(let argument, let kind): "'\(argument)' is missing: \(kind)"
        case .unknown(let argument, let suggestion):
            "unknown argument '\(argument)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
        case .wrong(let argument, let must, let found): "'\(argument)' is \(found), and must be \(must)"
        case .undefined(let error): error.description
        case .noAnswer(let why): why
        }
    }
}
