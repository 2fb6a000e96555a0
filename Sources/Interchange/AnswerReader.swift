import Domain
import Notation

/// Reads the parts of an answer from an app's JSON, at the places that the policy maps.
///
/// Lenient in shape (see ``UsageReader``, ``ToolCallReader`` and the readers beside them), and honest: what
/// is there and cannot be read is named in `Answer.problems`, as is a mapped part that the answer lacks. A
/// JSON null is "none": nil, or no documents and no tool calls. Text read from a `text` pointer may be a list
/// of OpenAI's content parts.
public struct AnswerReader: Sendable {
    /// A mapping that cannot be used.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The part's key in `observe`.
        public let part: String
        public let description: String
    }

    private let pointers: [(part: Part, pointer: JSONPointer)]
    private let values: [(name: String, key: String, pointer: JSONPointer)]

    /// - Throws: The first pointer that is none.
    public init(_ map: ObserveMap) throws(Problem) {
        var pointers: [(Part, JSONPointer)] = []
        for part in Part.allCases {
            guard let text = map[keyPath: part.path] else { continue }
            pointers.append((part, try Self.pointer(text, part.rawValue)))
        }
        var values: [(String, String, JSONPointer)] = []
        for value in map.values {
            let key = "values.\(value.name)"
            values.append((value.name, key, try Self.pointer(value.pointer, key)))
        }
        self.pointers = pointers
        self.values = values.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    }

    /// A reader without a mapping.
    static let none = AnswerReader()

    private init() {
        pointers = []
        values = []
    }

    private static func pointer(_ text: String, _ part: String) throws(Problem) -> JSONPointer {
        do throws(JSONPointerError) { return try JSONPointer(text) } catch {
            throw Problem(part: part, description: "observe.\(part): \(error.message)")
        }
    }

    /// Whether nothing is mapped.
    public var isEmpty: Bool { pointers.isEmpty && values.isEmpty }

    /// Fills in the parts. Parts that are not mapped stay as they are. Linear in the mapped parts.
    public func read(_ body: JSONValue, into answer: inout Answer) {
        for (part, pointer) in pointers {
            guard let value = pointer.value(in: body) else {
                tellAbsent(part.rawValue, pointer, body, &answer)
                continue
            }
            if let problem = Self.take(part, value, pointer, &answer) {
                answer.problems.append(.init(part: part.rawValue, kind: .unreadable, detail: problem))
            }
        }
        for (name, key, pointer) in values {
            guard let value = pointer.value(in: body) else {
                tellAbsent(key, pointer, body, &answer)
                continue
            }
            if let number = value.doubleValue ?? value.boolValue.map({ $0 ? 1 : 0 }) {
                answer.values.append(Answer.NamedValue(name: name, value: number))
            } else if !value.isNull {
                let detail = "the value '\(shortened(name))' is \(withArticle(value.typeName)), not a number"
                answer.problems.append(.init(part: key, kind: .unreadable, detail: detail))
            }
        }
    }

    private func tellAbsent(_ part: String, _ pointer: JSONPointer, _ body: JSONValue, _ answer: inout Answer)
    {
        var detail = "the answer has nothing there"
        do throws(JSONPointerError) { _ = try pointer.evaluate(in: body) } catch { detail = error.message }
        answer.problems.append(.init(part: part, kind: .absent, detail: detail))
    }

    /// Reads one part; returns what could not be read.
    private static func take(
        _ part: Part, _ value: JSONValue, _ pointer: JSONPointer, _ answer: inout Answer
    ) -> String? {
        if value.isNull {
            if part == .documents { answer.documents = [] }
            if part == .tools { answer.tools = [] }
            return nil
        }
        switch part {
        case .text:
            if case .array = value {
                answer.text = ConversationReader.text(of: value)
            } else {
                answer.text = value.stringValue
            }
            return answer.text == nil ? wrong("text", value, "a text") : nil
        case .intent:
            answer.intent = value.stringValue
            return answer.intent == nil ? wrong("intent", value, "a text") : nil
        case .confidence:
            answer.confidence = value.doubleValue
            return answer.confidence == nil ? wrong("confidence", value, "a number") : nil
        case .score:
            answer.score = value.doubleValue
            return answer.score == nil ? wrong("score", value, "a number") : nil
        case .label:
            answer.scoreLabel = value.stringValue
            return answer.scoreLabel == nil ? wrong("label", value, "a text") : nil
        case .documents:
            let (documents, problem) = DocumentReader.read(value)
            answer.documents = documents
            return problem
        case .guardrail: return takeGuardrail(value, pointer, &answer)
        case .usage:
            do throws(UsageReader.Problem) { answer.usage = try UsageReader.read(value) } catch {
                return error.cause
            }
            return nil
        case .stages:
            let (stages, problem) = StageReader.read(value)
            answer.stages = stages
            return problem
        case .tools:
            guard value.arrayValue != nil || value.objectValue != nil else {
                return wrong("tools", value, "a list")
            }
            let (calls, problem) = ToolCallReader.read(value)
            answer.tools = calls
            return problem
        case .logprobs:
            let (logarithms, problem) = TokenLogarithms.read(value)
            answer.tokenLogarithms = logarithms
            return problem
        case .versions: return takeVersions(value, pointer, &answer)
        case .session:
            switch value {
            case .string(let text): answer.session = text
            case .integer(let number): answer.session = String(number)
            default: return wrong("session", value, "a text")
            }
            return nil
        }
    }

    private static func takeGuardrail(
        _ value: JSONValue, _ pointer: JSONPointer, _ answer: inout Answer
    ) -> String? {
        var outcome: GuardrailOutcome?
        var reason: String?
        switch value {
        case .string(let word): outcome = GuardrailWords.outcome(of: word)
        case .bool(let flag): outcome = GuardrailWords.outcome(of: flag, named: pointer.tokens.last ?? "")
        case .object(let object):
            for name in ["outcome", "action", "decision", "status", "verdict", "result"] {
                guard outcome == nil, let word = object[name]?.stringValue else { continue }
                outcome = GuardrailWords.outcome(of: word)
            }
            for member in object.members where outcome == nil {
                guard let flag = member.value.boolValue else { continue }
                outcome = GuardrailWords.outcome(of: flag, named: member.key)
            }
            for name in ["reason", "category", "message", "explanation", "rule", "type"] where reason == nil {
                reason = object[name]?.stringValue
            }
        default: break
        }
        guard let outcome else {
            return "the guardrail is \(withArticle(value.typeName)) that says neither allow nor block"
        }
        answer.guardrail = GuardrailDecision(outcome: outcome, reason: reason)
        return nil
    }

    private static func takeVersions(
        _ value: JSONValue, _ pointer: JSONPointer, _ answer: inout Answer
    ) -> String? {
        var versions: [Answer.Version] = []
        var problem: String?
        func add(_ name: String, _ value: JSONValue) {
            switch value {
            case .null: return
            case .object(let object):
                for member in object.members {
                    add(name.isEmpty ? member.key : "\(name).\(member.key)", member.value)
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() { add("\(name).\(index)", element) }
            default:
                if let text = scalarText(value) { versions.append(Answer.Version(name: name, value: text)) }
            }
        }
        switch value {
        case .object: add("", value)
        case .array: problem = "the versions are an array, not an object of names and versions"
        // A pointer to one version: its own name is that of the place.
        default: add(pointer.tokens.last ?? "version", value)
        }
        if problem == nil {
            answer.versions = versions.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
        return problem
    }

    private static func wrong(_ part: String, _ value: JSONValue, _ wanted: String) -> String {
        "the \(part) is \(withArticle(value.typeName)), not \(wanted)"
    }

    /// The parts in the order in which they are read and told.
    private enum Part: String, CaseIterable {
        case text, intent, confidence, score, label, documents, guardrail, usage, stages, tools, logprobs,
            versions, session

        var path: KeyPath<ObserveMap, String?> {
            switch self {
            case .text: \.text
            case .intent: \.intent
            case .confidence: \.confidence
            case .score: \.score
            case .label: \.scoreLabel
            case .documents: \.documents
            case .guardrail: \.guardrail
            case .usage: \.usage
            case .stages: \.stages
            case .tools: \.tools
            case .logprobs: \.logprobs
            case .versions: \.versions
            case .session: \.session
            }
        }
    }
}
