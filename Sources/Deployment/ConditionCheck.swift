import Domain
import Notation

/// A condition held against an answer.
public struct ConditionResult: Sendable, Hashable {
    /// As the policy writes it.
    public let condition: String
    public let holds: Bool
    /// What stood there, redacted and cut; or why nothing could be compared.
    public let seen: String

    public init(condition: String, holds: Bool, seen: String) {
        self.condition = condition
        self.holds = holds
        self.seen = seen
    }
}

/// Judges conditions.
///
/// What is absent passes nothing but `not … exists`: `/state != failed` fails where there is no state.
public struct ConditionCheck: Sendable {
    private let view: AnswerView
    private let schemas: [String: JSONSchema]
    private static let shown = 160

    public init(_ view: AnswerView, schemas: [String: JSONSchema]) {
        self.view = view
        self.schemas = schemas
    }

    /// - Parameter scope: What placeholders stand for.
    public func judge(_ condition: StepCondition, _ scope: inout StepScope) -> ConditionResult {
        let raw: Raw
        do throws(StepScope.Gap) { raw = try test(condition, &scope) } catch {
            return ConditionResult(condition: condition.text, holds: false, seen: error.cause)
        }
        let holds: Bool
        switch raw.truth {
        case nil: holds = false
        case let truth?: holds = truth != condition.isNegated
        }
        return ConditionResult(
            condition: condition.text, holds: holds,
            seen: scope.redaction.excerpt(raw.seen, to: Self.shown))
    }

    /// Where a look names no condition: any 2xx.
    public func judgeStatus() -> ConditionResult {
        let status = view.answer.status
        return ConditionResult(
            condition: "status is 2xx", holds: (200..<300).contains(status), seen: "status was \(status)")
    }

    private struct Raw {
        /// Nil: cannot be compared, which passes in no form.
        let truth: Bool?
        let seen: String
    }

    private func test(_ condition: StepCondition, _ scope: inout StepScope) throws(StepScope.Gap) -> Raw {
        let (found, place) = found(condition.subject)
        if case .exists = condition.test {
            switch found {
            case .success(let value):
                return Raw(truth: !value.isNull, seen: place + " was " + Self.words(value))
            // No JSON is no answer to what stands in it.
            case .failure(let absent): return Raw(truth: absent.isReadable ? false : nil, seen: absent.why)
            }
        }
        let value: JSONValue
        switch found {
        case .success(let there): value = there
        case .failure(let absent): return Raw(truth: nil, seen: absent.why)
        }
        let seen = place + " was " + Self.words(value)
        switch condition.test {
        case .exists: return Raw(truth: true, seen: seen)
        case .compare(let relation, let wanted):
            let wanted = try scope.json(wanted)
            return compare(value, relation, wanted, seen, isText: condition.subject.isText)
        case .contains(let text):
            return contains(value, try scope.text(text, for: .plain), seen)
        case .matches(let pattern):
            guard let text = StepScope.scalar(value) else {
                return Raw(truth: nil, seen: seen + ", and a pattern looks into texts")
            }
            guard let found = PatternMatch.matches(pattern, text) else {
                return Raw(truth: nil, seen: seen + ", and the search for the pattern gave up")
            }
            return Raw(truth: found, seen: seen)
        case .count(let relation, let number):
            let count: Int
            switch value {
            case .array(let elements): count = elements.count
            case .object(let object): count = object.count
            default: return Raw(truth: nil, seen: seen + ", which has no elements to count")
            }
            return Raw(truth: Self.relate(count, relation, number), seen: "\(place) had \(count)")
        case .schema(let file):
            guard let schema = schemas[file] else {
                return Raw(truth: nil, seen: "the schema \(file) is not read")
            }
            guard let first = schema.validate(value).first else {
                return Raw(truth: true, seen: "\(place) was valid")
            }
            return Raw(truth: false, seen: first.description)
        }
    }

    private struct Absent: Error {
        let why: String
        /// Whether there was anything to look into.
        var isReadable = true
    }

    private func found(_ subject: StepCondition.Subject) -> (Result<JSONValue, Absent>, place: String) {
        let answer = view.answer
        switch subject {
        case .status: return (.success(.integer(Int64(answer.status))), "status")
        case .latency: return (.success(.number(answer.latencyMilliseconds / 1000)), "latency (s)")
        case .text: return (.success(.string(String(decoding: answer.body, as: UTF8.self))), "the body")
        case .header(let name):
            guard let value = answer.values(of: name).first else {
                return (.failure(Absent(why: "there was no header \(name)")), "header \(name)")
            }
            return (.success(.string(value)), "header \(name)")
        case .at(let pointer):
            let place = pointer.tokens.isEmpty ? "the body" : pointer.description
            switch view.body {
            case .failure(let problem):
                return (.failure(Absent(why: problem.why, isReadable: false)), place)
            case .success(let root):
                do throws(JSONPointerError) { return (.success(try pointer.evaluate(in: root)), place) } catch
                {
                    return (.failure(Absent(why: error.message)), place)
                }
            }
        }
    }

    private func compare(
        _ value: JSONValue, _ relation: StepCondition.Relation, _ wanted: JSONValue, _ seen: String,
        isText: Bool
    ) -> Raw {
        var value = value
        // A header is a text whatever it says; numbers in it are compared as such.
        if isText, let text = value.stringValue, let number = Double(text), wanted.doubleValue != nil {
            value = .number(number)
        }
        switch relation {
        case .equal, .unequal:
            if Self.kind(value) != Self.kind(wanted), relation == .equal {
                return Raw(
                    truth: false,
                    seen: seen + ", \(withArticle(value.typeName)) and not \(withArticle(wanted.typeName))")
            }
            return Raw(truth: (value == wanted) == (relation == .equal), seen: seen)
        case .atLeast, .atMost, .above, .below:
            guard let one = value.doubleValue, let other = wanted.doubleValue else {
                return Raw(truth: nil, seen: seen + ", and only numbers have an order")
            }
            return Raw(truth: Self.relate(one, relation, other), seen: seen)
        }
    }

    private func contains(_ value: JSONValue, _ wanted: String, _ seen: String) -> Raw {
        switch value {
        case .array(let elements):
            return Raw(truth: elements.contains { StepScope.scalar($0) == wanted }, seen: seen)
        case .object(let object): return Raw(truth: object[wanted] != nil, seen: seen)
        default:
            guard let text = StepScope.scalar(value) else { return Raw(truth: nil, seen: seen) }
            return Raw(truth: text.contains(wanted), seen: seen)
        }
    }

    private static func relate<Number: Comparable>(
        _ one: Number, _ relation: StepCondition.Relation, _ other: Number
    ) -> Bool {
        switch relation {
        case .equal: one == other
        case .unequal: one != other
        case .atLeast: one >= other
        case .atMost: one <= other
        case .above: one > other
        case .below: one < other
        }
    }

    /// Types that can be equal.
    private static func kind(_ value: JSONValue) -> String {
        switch value {
        case .integer, .number: "number"
        default: value.typeName
        }
    }

    /// A value in a few words; texts in quotes.
    static func words(_ value: JSONValue) -> String { value.text() }
}

extension StepCondition.Subject {
    fileprivate var isText: Bool {
        switch self {
        case .header, .text: true
        case .status, .latency, .at: false
        }
    }
}
