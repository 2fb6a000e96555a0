import Domain
import Notation

/// Reads what an answer must or must not contain, in the forms people write.
///
/// A bare text; `{"text": …}`, `{"any_of": […]}`, `{"regex": …}`, `{"count": text, "at_least": 1, "at_most":
/// 3}`, `{"catalogue": name}`, `{"judge": statement}`; the same as `{"kind": …, "value": …}`; lists of these,
/// and an object that groups them by kind: `{"text": ["a", "b"], "regex": […]}`.
enum ElementReader {
    /// Why a piece is no element: a sentence without a full stop.
    struct Problem: Error { let cause: String }

    private enum Kind: String, CaseIterable { case text, anyOf = "any_of", regex, count, catalogue, judge }

    private static let kinds: [String: Kind] = [
        "text": .text, "contains": .text, "substring": .text, "literal": .text, "phrase": .text,
        "any_of": .anyOf, "any": .anyOf, "one_of": .anyOf, "regex": .regex, "pattern": .regex,
        "matches": .regex,
        "count": .count, "catalogue": .catalogue, "catalog": .catalogue, "lookup": .catalogue,
        "judge": .judge,
        "statement": .judge,
    ]

    static func elements(_ value: JSONValue) throws(Problem) -> [Element] {
        switch value {
        case .string(let text):
            return [Element(kind: .text(try filled(text)), isTyped: false)]
        case .array(let parts):
            var elements: [Element] = []
            for part in parts { elements += try self.elements(part) }
            return elements
        case .object(let object):
            return try typed(object)
        default:
            throw Problem(cause: "an element is a text or an object, not \(withArticle(value.typeName))")
        }
    }

    private static func typed(_ object: JSONObject) throws(Problem) -> [Element] {
        if let named = (object["kind"] ?? object["type"])?.stringValue {
            guard let kind = kinds[DatasetField.normalised(named)] else { throw unknown(named) }
            let value = object["value"] ?? object[named] ?? object["text"] ?? object["values"]
            guard let value else {
                throw Problem(cause: "the element of kind '\(shortened(named))' has no 'value'")
            }
            return try elements(of: kind, value, object)
        }
        var elements: [Element] = []
        for member in object.members where !bounds.contains(member.key) {
            guard let kind = kinds[DatasetField.normalised(member.key)] else { throw unknown(member.key) }
            elements += try self.elements(of: kind, member.value, object)
        }
        if elements.isEmpty { throw Problem(cause: "the element says neither a text nor any other kind") }
        return elements
    }

    private static let bounds: Set<String> = ["at_least", "at_most", "exactly", "min", "max"]

    private static func elements(
        of kind: Kind, _ value: JSONValue, _ object: JSONObject
    ) throws(Problem) -> [Element] {
        switch (kind, value) {
        case (.anyOf, .array(let parts)):
            if case .array? = parts.first {
                var elements: [Element] = []
                for part in parts { elements += try self.elements(of: .anyOf, part, object) }
                return elements
            }
            let texts = try texts(parts)
            guard !texts.isEmpty else { throw Problem(cause: "'any_of' lists no text") }
            return [Element(kind: .anyOf(texts))]
        case (_, .array(let parts)):
            var elements: [Element] = []
            for part in parts { elements += try self.elements(of: kind, part, object) }
            return elements
        case (.count, .object(let inner)):
            guard let text = inner["text"] ?? inner["value"] else {
                throw Problem(cause: "'count' has no 'text'")
            }
            return try elements(of: .count, text, inner)
        case (_, .string(let text)):
            return [Element(kind: try single(kind, try filled(text), object))]
        default:
            throw Problem(cause: "'\(kind.rawValue)' wants a text, not \(withArticle(value.typeName))")
        }
    }

    private static func single(
        _ kind: Kind, _ text: String, _ object: JSONObject
    ) throws(Problem) -> Element.Kind {
        switch kind {
        case .anyOf: return .anyOf([text])
        case .regex: return .regex(text)
        case .catalogue: return .catalogue(text)
        case .judge: return .judge(text)
        case .text, .count:
            let exactly = try bound("exactly", nil, object)
            let least = try bound("at_least", "min", object) ?? exactly
            let most = try bound("at_most", "max", object) ?? exactly
            if kind == .text && least == nil && most == nil { return .text(text) }
            let atLeast = least ?? (most == nil ? 1 : 0)
            if let most, most < atLeast { throw Problem(cause: "'at_most' is smaller than 'at_least'") }
            return .count(text, atLeast: atLeast, atMost: most)
        }
    }

    private static func bound(_ name: String, _ other: String?, _ object: JSONObject) throws(Problem) -> Int?
    {
        guard let value = object[name] ?? other.flatMap({ object[$0] }) else { return nil }
        guard let count = value.intValue, count >= 0 else {
            throw Problem(cause: "'\(name)' is a whole number from 0")
        }
        return count
    }

    private static func texts(_ parts: [JSONValue]) throws(Problem) -> [String] {
        var texts: [String] = []
        for part in parts {
            guard let text = part.stringValue else {
                throw Problem(cause: "a list of texts holds \(withArticle(part.typeName))")
            }
            texts.append(try filled(text))
        }
        return texts
    }

    private static func filled(_ text: String) throws(Problem) -> String {
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw Problem(cause: "an element's text is empty: it would occur in every answer")
        }
        return text
    }

    private static func unknown(_ kind: String) -> Problem {
        let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return Problem(cause: "'\(shortened(kind))' is no kind of element; kinds are \(known)")
    }
}

/// `an array`, `a string`; `null` has no article.
func withArticle(_ typeName: String) -> String {
    switch typeName {
    case "null": "null"
    case "array", "object", "integer": "an " + typeName
    default: "a " + typeName
    }
}

/// A name from a file, short enough for a message, with control characters as `?`.
func shortened(_ text: String, limit: Int = 60) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
        out.append(scalar.value < 0x20 || scalar.value == 0x7F ? "?" : scalar)
    }
    return String(out) + (text.unicodeScalars.count > limit ? "…" : "")
}
