import Domain
import Notation

/// Reads an app's stage timings into milliseconds, in the app's order.
///
/// `{"routing": 3.1, "retrieval_ms": 12, "generation_s": 0.8}`, or a list of `[name, ms]` or
/// `{"name": …, "ms": …}`. A number without a unit is in milliseconds; the unit is cut from the name.
enum StageReader {
    static func read(_ value: JSONValue) -> (stages: [StageTiming]?, problem: String?) {
        var stages: [StageTiming] = []
        var problem: String?
        func add(_ name: String, _ value: JSONValue) {
            let (plain, factor) = unit(of: name)
            guard let number = value.doubleValue ?? duration(value) else {
                if !value.isNull {
                    problem =
                        problem ?? "the time of stage '\(shortened(plain))' is \(withArticle(value.typeName))"
                }
                return
            }
            let milliseconds = number * factor
            guard milliseconds >= 0, milliseconds.isFinite else {
                problem =
                    problem ?? "the time of stage '\(shortened(plain))' is negative or beyond all bounds"
                return
            }
            stages.append(StageTiming(name: plain, milliseconds: milliseconds))
        }
        switch value {
        case .object(let object):
            for member in object.members { add(member.key, member.value) }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let pair = element.arrayValue, pair.count == 2, let name = pair[0].stringValue {
                    add(name, pair[1])
                } else if let name = (element["name"] ?? element["stage"])?.stringValue,
                    let time = duration(element)
                {
                    add(name, .number(time))
                } else {
                    problem = problem ?? "stage \(index + 1) is neither [name, ms] nor {name, ms}"
                }
            }
        default:
            return (nil, "the stages are \(withArticle(value.typeName)), neither an object nor a list")
        }
        // A stage whose time cannot be read would pass for one that the app did not enter.
        return (problem == nil ? stages : nil, problem)
    }

    /// The milliseconds of an object such as `{"ms": 12}` or `{"seconds": 0.4}`.
    private static func duration(_ value: JSONValue) -> Double? {
        guard case .object(let object) = value else { return nil }
        for name in ["ms", "milliseconds", "duration_ms", "latency_ms", "elapsed_ms", "time_ms", "duration"] {
            if let number = object[name]?.doubleValue { return number }
        }
        for name in ["s", "seconds", "duration_s", "latency_s", "elapsed_s", "duration_seconds"] {
            if let number = object[name]?.doubleValue { return number * 1000 }
        }
        return nil
    }

    /// The name without its unit, and the factor to milliseconds.
    private static func unit(of name: String) -> (String, Double) {
        for (suffix, factor) in [
            ("_ms", 1.0), ("_millis", 1), ("_milliseconds", 1), ("_s", 1000), ("_sec", 1000),
            ("_seconds", 1000),
            ("_us", 0.001),
        ] where name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count {
            return (String(name.dropLast(suffix.count)), factor)
        }
        return (name, 1)
    }
}
