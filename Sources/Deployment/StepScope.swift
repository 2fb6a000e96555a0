import Domain
import Interchange
import Notation

/// What the placeholders of a journey stand for at some moment.
public struct StepScope: Sendable {
    /// Why a text cannot be filled in.
    public struct Gap: Error, Sendable, Hashable {
        public let cause: String
        /// Whether it is the environment that lacks something, and no answer.
        public let isEnvironment: Bool
    }

    /// Where a text goes.
    public enum Use: Sendable {
        case plain
        /// Values are percent-encoded; an empty one, `.` and `..` would be another address.
        case url
        /// One line.
        case header
    }

    private struct Kept: Sendable {
        let value: JSONValue
        let isSecret: Bool
    }

    public let run: String
    public let unique: String
    private let environment: @Sendable (String) -> String?
    /// By placeholder: `id`, `open.answer/id`.
    private var values: [String: Kept] = [:]
    private var answers: [String: AnswerView] = [:]
    /// Values that must not be shown, as far as they were used.
    public private(set) var secrets: Set<String> = []

    public init(run: String, unique: String, environment: @escaping @Sendable (String) -> String?) {
        self.run = run
        self.unique = unique
        self.environment = environment
    }

    public var redaction: Redaction { Redaction(secrets: secrets) }

    // MARK: keeping

    /// Keeps a captured value. One that holds a secret is a secret itself.
    public mutating func keep(_ name: String, _ value: JSONValue, isSecret: Bool = false) {
        let text = Self.scalar(value) ?? value.text()
        let holds = isSecret || redaction.finds(in: text)
        if isSecret { secrets.insert(text) }
        values[name] = Kept(value: value, isSecret: holds)
    }

    /// Keeps the answer to a step's first request for those that come later.
    public mutating func keep(answer: AnswerView, ofFirst step: String) {
        if answers[step] == nil { answers[step] = answer }
    }

    /// A captured value as reports may show it.
    public func shownValue(_ name: String) -> String {
        guard let kept = values[name] else { return "" }
        return kept.isSecret ? "<redacted>" : redaction.of(Self.scalar(kept.value) ?? kept.value.text())
    }

    /// The values behind the placeholders of some texts that may be written down, sorted by placeholder. Those that
    /// are not known yet, and secrets, are left out.
    public func recordable(_ texts: [StepText]) -> [(name: String, value: JSONValue)] {
        var found: [String: JSONValue] = [:]
        for piece in texts.flatMap(\.pieces) {
            guard let name = Self.name(piece), let kept = kept(piece), !kept.isSecret else { continue }
            if redaction.finds(in: Self.scalar(kept.value) ?? kept.value.text()) { continue }
            found[name] = kept.value
        }
        return found.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
            found[name].map { (name, $0) }
        }
    }

    /// The placeholders that have no value yet, in order, each once.
    public func unknown(_ texts: [StepText]) -> [String] {
        var names: [String] = []
        for piece in texts.flatMap(\.pieces) {
            guard let name = Self.name(piece), kept(piece) == nil, !names.contains(name) else { continue }
            names.append(name)
        }
        return names
    }

    /// What a journal calls a placeholder's value; nil where it keeps none.
    static func name(_ piece: StepText.Piece) -> String? {
        switch piece {
        case .text, .environment, .unique, .run: nil
        case .captured(let name): name
        case .answer(let step, let pointer): step + ".answer" + pointer.description
        case .status(let step): step + ".status"
        case .header(let step, let name): step + ".header." + name
        }
    }

    private func kept(_ piece: StepText.Piece) -> Kept? {
        guard let name = Self.name(piece) else { return nil }
        if let kept = values[name] { return kept }
        switch piece {
        case .text, .environment, .unique, .run, .captured: return nil
        case .answer(let step, let pointer):
            guard let value = answers[step]?.value(at: pointer), !value.isNull else { return nil }
            return Kept(value: value, isSecret: false)
        case .status(let step):
            return answers[step].map { Kept(value: .integer(Int64($0.answer.status)), isSecret: false) }
        case .header(let step, let name):
            return answers[step]?.answer.values(of: name).first.map {
                Kept(value: .string($0), isSecret: false)
            }
        }
    }

    // MARK: filling in

    /// The text with everything filled in; what it took from the environment is remembered as secret.
    public mutating func text(_ text: StepText, for use: Use) throws(Gap) -> String {
        var out = ""
        for piece in text.pieces {
            switch piece {
            case .text(let text): out += text
            case .environment(let name):
                guard let value = environment(name) else {
                    throw Gap(cause: "the environment variable \(name) is not set", isEnvironment: true)
                }
                if case .url = use, value.isEmpty {
                    throw Gap(cause: "the environment variable \(name) is empty", isEnvironment: true)
                }
                if case .header = use, !Self.isOneLine(value) {
                    throw Gap(
                        cause: "the environment variable \(name) holds more than one line",
                        isEnvironment: true)
                }
                secrets.insert(value)
                out += value
            default: out += try filled(piece, for: use)
            }
        }
        return out
    }

    private func filled(_ piece: StepText.Piece, for use: Use) throws(Gap) -> String {
        let value = try value(piece)
        guard let text = Self.scalar(value) ?? (use.isPlain ? value.text() : nil) else {
            throw Gap(
                cause:
                    "${\(Self.written(piece))} is \(withArticle(value.typeName)), which has no place there",
                isEnvironment: false)
        }
        switch use {
        case .plain: return text
        case .header:
            guard Self.isOneLine(text) else {
                throw Gap(
                    cause: "${\(Self.written(piece))} holds more than one line, which no header can",
                    isEnvironment: false)
            }
            return text
        case .url:
            guard !text.isEmpty, text != ".", text != ".." else {
                throw Gap(
                    cause: "${\(Self.written(piece))} is '\(text)', which would make another address of it",
                    isEnvironment: false)
            }
            return TemplateText.percentEncoded(text)
        }
    }

    private func value(_ piece: StepText.Piece) throws(Gap) -> JSONValue {
        switch piece {
        case .unique: return .string(unique)
        case .run: return .string(run)
        case .text(let text): return .string(text)
        default:
            guard let kept = kept(piece) else {
                throw Gap(cause: "there is no value for ${\(Self.written(piece))}", isEnvironment: false)
            }
            return kept.value
        }
    }

    /// JSON with everything filled in; a text that is one placeholder takes the value's own type.
    public mutating func json(_ value: StepValue) throws(Gap) -> JSONValue {
        switch value {
        case .plain(let value): return value
        case .text(let text):
            if text.pieces.count == 1, case .environment = text.pieces[0] {
                return .string(try self.text(text, for: .plain))
            }
            if text.pieces.count == 1 { return try self.value(text.pieces[0]) }
            return .string(try self.text(text, for: .plain))
        case .list(let elements):
            var list: [JSONValue] = []
            for element in elements { list.append(try json(element)) }
            return .array(list)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = try json(member.value) }
            return .object(object)
        }
    }

    /// The text as reports may show it: secrets and settings unresolved.
    public func shown(_ text: StepText) -> String {
        var out = ""
        for piece in text.pieces {
            switch piece {
            case .text(let text): out += text
            case .environment(let name): out += "${env:\(name)}"
            case .unique: out += unique
            case .run: out += run
            default:
                guard let kept = kept(piece) else {
                    out += "${\(Self.written(piece))}"
                    continue
                }
                out += kept.isSecret ? "<redacted>" : Self.scalar(kept.value) ?? kept.value.text()
            }
        }
        return redaction.of(out)
    }

    /// As ``shown(_:)``, for JSON.
    public func shown(_ value: StepValue) -> JSONValue {
        switch value {
        case .plain(let value): return value
        case .text(let text): return .string(shown(text))
        case .list(let elements): return .array(elements.map { shown($0) })
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = shown(member.value) }
            return .object(object)
        }
    }

    static func written(_ piece: StepText.Piece) -> String {
        switch piece {
        case .text(let text): text
        case .environment(let name): "env:" + name
        case .unique: "unique"
        case .run: "run"
        default: name(piece) ?? ""
        }
    }

    /// A text, number or truth value as text; nil for what is made of parts, and for null.
    static func scalar(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer, .number, .bool: value.text()
        case .null, .array, .object: nil
        }
    }

    private static func isOneLine(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 9 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}

extension StepScope.Use {
    fileprivate var isPlain: Bool {
        if case .plain = self { return true }
        return false
    }
}

/// `an object`, `a text`.
func withArticle(_ type: String) -> String {
    switch type {
    case "null": "null"
    case "string": "a text"
    case "array": "a list"
    case "object", "integer": "an " + type
    default: "a " + type
    }
}
