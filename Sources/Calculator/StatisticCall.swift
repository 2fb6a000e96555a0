import Notation
import Statistics

/// One line of a batch: the name of a statistic and its arguments, and the answer as a line.
///
/// `{"statistic": "wilson-interval", "successes": 45, "trials": 50}`; an `id` comes back as it was given.
public enum StatisticCall {
    /// The answer of one line: `{"statistic": …, "result": {…}}`, or `"error"` with words and its kind.
    ///
    /// - Parameter fixed: The statistic of every line, where the caller named one.
    /// - Returns: The answer, and whether there is a result.
    public static func answer(
        _ call: JSONValue, fixed: StatisticEntry? = nil
    ) -> (answer: JSONValue, hasResult: Bool) {
        guard case .object(var arguments) = call else {
            return (failure(.notAnObject(found: call.typeName), name: fixed?.name, id: nil), false)
        }
        let id = arguments["id"]
        arguments["id"] = nil
        let named = arguments["statistic"]
        if fixed == nil { arguments["statistic"] = nil }
        guard let name = fixed?.name ?? named?.stringValue else {
            return (
                failure(.missing(argument: "statistic", kind: "the name of one"), name: nil, id: id), false
            )
        }
        guard let entry = fixed ?? StatisticCatalogue.entry(named: name) else {
            let near = StatisticCatalogue.suggestion(for: name)
            return (
                failure(.unknown(argument: name, suggestion: near), name: name, id: id, kind: "unknown"),
                false
            )
        }
        do throws(StatisticProblem) {
            return (wrapped(try entry.answer(.object(arguments)), "result", name: name, id: id), true)
        } catch {
            return (failure(error, name: name, id: id), false)
        }
    }

    private static func failure(
        _ problem: StatisticProblem, name: String?, id: JSONValue?, kind: String? = nil
    ) -> JSONValue {
        var kind = kind ?? "input"
        if case .undefined = problem { kind = "undefined" }
        let words = kind == "unknown" ? "unknown statistic" + unknownTail(problem) : problem.description
        return wrapped(["kind": .string(kind), "message": .string(words)], "error", name: name, id: id)
    }

    private static func unknownTail(_ problem: StatisticProblem) -> String {
        guard case .unknown(let name, let suggestion) = problem else { return "" }
        return " '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }

    private static func wrapped(_ value: JSONValue, _ key: String, name: String?, id: JSONValue?) -> JSONValue
    {
        var object = JSONObject()
        object["format"] = "sluice.stats/1"
        if let id { object["id"] = id }
        if let name { object["statistic"] = .string(name) }
        object[key] = value
        return .object(object)
    }
}
