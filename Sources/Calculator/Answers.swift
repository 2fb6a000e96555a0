import Notation
import Statistics

/// Runs a statistic and carries its error with it.
func computed<Value>(_ body: () throws(EstimateError) -> Value) throws(StatisticProblem) -> Value {
    do throws(EstimateError) { return try body() } catch { throw .undefined(error) }
}

/// An interval as an answer, behind what is there already.
func answer(_ interval: Interval, _ before: JSONObject) -> JSONValue {
    var object = before
    object["lower"] = .number(interval.lower)
    object["upper"] = .number(interval.upper)
    object["confidence"] = .number(interval.confidence)
    object["method"] = .string(interval.method)
    return .object(object)
}

/// An interval as an answer, with whatever stands beside it.
func answer(_ interval: Interval, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in more { object[key] = value }
    object["lower"] = .number(interval.lower)
    object["upper"] = .number(interval.upper)
    object["confidence"] = .number(interval.confidence)
    object["method"] = .string(interval.method)
    return .object(object)
}

/// An e-value; null beyond the largest and the smallest number, where its logarithm alone tells.
func json(eValue value: Double) -> JSONValue {
    value < .greatestFiniteMagnitude && value > .leastNonzeroMagnitude ? .number(value) : .null
}

/// A test's result as an answer, with whatever stands beside it.
func answer(_ test: TestResult, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in more { object[key] = value }
    if let statistic = test.statistic { object["statistic"] = .number(statistic) }
    if let degrees = test.degreesOfFreedom { object["degrees_of_freedom"] = .number(degrees) }
    object["p_value"] = .number(test.pValue)
    object["method"] = .string(test.method)
    return .object(object)
}

/// An estimate as an answer; its interval is null where the method has none.
func answer(_ estimate: Estimate) -> JSONValue {
    [
        "estimate": .number(estimate.value),
        "interval": estimate.interval.map { answer($0) } ?? .null,
        "n": .integer(Int64(estimate.n)), "method": .string(estimate.method),
    ]
}

extension StatisticEntry.Argument {
    static let confidence = Self(
        "confidence", "a number in (0, 1)", fallback: "0.9",
        "two-sided coverage; 0.9 is a one-sided 95 % bound each way")
    static let alternative = Self(
        "alternative", "less, greater or two-sided", fallback: "two-sided", "what the test claims")
    static let seed = Self("seed", "a whole number", fallback: "0", "of the random numbers")
}
