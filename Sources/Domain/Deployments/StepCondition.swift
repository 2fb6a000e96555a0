import Notation

/// One thing that must hold of an answer: `status == 201`, `/state == "closed"`, `header Content-Type contains json`,
/// `not /answer matches "(?i)error"`, `/items count >= 1`, `body schema ticket.json`, `latency <= 2s`.
///
/// The form is `[not] SUBJECT TEST`. A subject is `status`, `latency`, `text` (the body as text), `body` (the whole
/// JSON), `header NAME`, or a JSON Pointer, in quotes where it holds a blank. A test is `==`, `!=`, `>=`, `<=`, `>`,
/// `<` and a value; `contains` and a value; `matches` and a PCRE2 pattern; `exists`; `count`, an operator and a
/// number; `schema` and a file. A value is JSON or a bare word, and may hold placeholders.
public struct StepCondition: Sendable {
    public enum Subject: Sendable, Hashable {
        case status
        /// In seconds.
        case latency
        case text
        case header(String)
        case at(JSONPointer)
    }

    public enum Relation: String, Sendable, Hashable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    public enum Test: Sendable {
        case compare(Relation, StepValue)
        case contains(StepText)
        case matches(String)
        case exists
        case count(Relation, Int)
        /// The file's path as written.
        case schema(String)
    }

    /// As it was written.
    public let text: String
    public let isNegated: Bool
    public let subject: Subject
    public let test: Test

    /// - Throws: What is wrong with it.
    public init(_ text: String) throws(StepText.Problem) {
        self.text = text
        var words = ConditionWords(text)
        isNegated = words.take("not")
        subject = try Self.subject(&words)
        test = try Self.test(&words, subject)
    }

    private static func subject(_ words: inout ConditionWords) throws(StepText.Problem) -> Subject {
        let mend = "begin with status, latency, text, body, header NAME or a JSON Pointer such as /id"
        guard let word = words.next() else {
            throw StepText.Problem(cause: "the condition is empty", mend: mend)
        }
        switch word {
        case "status": return .status
        case "latency": return .latency
        case "text": return .text
        case "body": return .at(.root)
        case "header":
            guard let name = words.next(), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A })
            else {
                throw StepText.Problem(cause: "the header has no name", mend: "write 'header NAME'")
            }
            return .header(name)
        default:
            guard word.hasPrefix("/") else {
                throw StepText.Problem(cause: "'\(word)' is nothing that an answer has", mend: mend)
            }
            do throws(JSONPointerError) { return .at(try JSONPointer(word)) } catch {
                throw StepText.Problem(cause: error.message, mend: mend)
            }
        }
    }

    private static func test(
        _ words: inout ConditionWords, _ subject: Subject
    ) throws(StepText.Problem) -> Test {
        let mend = "write ==, !=, >=, <=, >, <, contains, matches, exists, count or schema behind the place"
        guard let word = words.next() else {
            throw StepText.Problem(cause: "nothing is said of what stands there", mend: mend)
        }
        if let relation = Relation(rawValue: word) { return .compare(relation, try value(&words, subject)) }
        switch word {
        case "contains": return .contains(try StepText(try words.rest("contains")))
        case "matches": return .matches(try words.rest("matches"))
        case "schema":
            guard case .at = subject else {
                throw StepText.Problem(cause: "only JSON has a schema", mend: "write 'body schema FILE'")
            }
            return .schema(try words.rest("schema"))
        case "exists":
            if let more = words.next() {
                throw StepText.Problem(
                    cause: "'\(more)' stands behind 'exists'", mend: "end the condition there")
            }
            return .exists
        case "count":
            guard let sign = words.next(), let relation = Relation(rawValue: sign),
                let number = Int(try words.rest("count")), number >= 0
            else {
                throw StepText.Problem(
                    cause: "'count' takes an operator and a number", mend: "write 'count >= 1'")
            }
            return .count(relation, number)
        default: throw StepText.Problem(cause: "'\(word)' is no test", mend: mend)
        }
    }

    private static func value(
        _ words: inout ConditionWords, _ subject: Subject
    ) throws(StepText.Problem) -> StepValue {
        let isQuoted = words.isAtQuote
        let text = try words.rest("the operator")
        if subject == .latency {
            guard let seconds = seconds(text) else {
                throw StepText.Problem(cause: "'\(text)' is no duration", mend: "write it as 500ms or 2s")
            }
            return .plain(.number(seconds))
        }
        if !isQuoted, let value = try? JSONValue.parse(text) {
            if case .string = value { return .text(try StepText(text)) }
            return try StepValue(value)
        }
        return .text(try StepText(text))
    }

    private static func seconds(_ text: String) -> Double? {
        for (unit, worth) in [("ms", 0.001), ("s", 1.0), ("m", 60.0)] where text.hasSuffix(unit) {
            let number = text.dropLast(unit.count)
            guard let value = Double(number), value >= 0, value.isFinite else { continue }
            return value * worth
        }
        return nil
    }

    /// Every text in it.
    public var texts: [StepText] {
        switch test {
        case .compare(_, let value): value.texts
        case .contains(let text): [text]
        case .matches, .exists, .count, .schema: []
        }
    }

    /// The schema's file, where it asks for one.
    public var schemaFile: String? {
        if case .schema(let file) = test { return file }
        return nil
    }
}

/// The words of a condition, one after another; a word in double quotes may hold blanks and JSON's escapes.
struct ConditionWords {
    private var left: Substring

    init(_ text: String) { left = text[...] }

    private mutating func skipBlanks() { left = left.drop { $0 == " " || $0 == "\t" } }

    /// Takes a word if it is the next one and another follows.
    mutating func take(_ word: String) -> Bool {
        skipBlanks()
        guard left.hasPrefix(word + " ") else { return false }
        left = left.dropFirst(word.count)
        return true
    }

    var isAtQuote: Bool {
        var copy = self
        copy.skipBlanks()
        return copy.left.hasPrefix("\"")
    }

    mutating func next() -> String? {
        skipBlanks()
        guard let first = left.first else { return nil }
        if first == "\"", let quoted = takeQuoted() { return quoted }
        let word = left.prefix { $0 != " " && $0 != "\t" }
        left = left[word.endIndex...]
        return String(word)
    }

    /// All that is left as one value: unquoted where it is one quoted text, else without the blanks around it.
    mutating func rest(_ after: String) throws(StepText.Problem) -> String {
        skipBlanks()
        while let last = left.last, last == " " || last == "\t" { left.removeLast() }
        guard !left.isEmpty else {
            throw StepText.Problem(cause: "nothing stands behind \(after)", mend: "write a value there")
        }
        if left.first == "\"" {
            let all = left
            guard let quoted = takeQuoted(), left.isEmpty else {
                throw StepText.Problem(
                    cause: "the text '\(all)' is not closed by a quote at its end",
                    mend: "write \"…\" around it all")
            }
            return quoted
        }
        defer { left = "" }
        return String(left)
    }

    private mutating func takeQuoted() -> String? {
        var index = left.index(after: left.startIndex)
        while index < left.endIndex, left[index] != "\"" {
            if left[index] == "\\" {
                index = left.index(after: index)
                if index == left.endIndex { return nil }
            }
            index = left.index(after: index)
        }
        guard index < left.endIndex else { return nil }
        let whole = left[...index]
        guard case .string(let text)? = try? JSONValue.parse(String(whole)) else { return nil }
        left = left[left.index(after: index)...]
        return text
    }
}
