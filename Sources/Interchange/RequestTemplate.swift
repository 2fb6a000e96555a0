import Domain
import Notation

/// The body of a request with places to fill in.
///
/// `${input.query}`, `${input.history}`, `${input.context}`, `${input.COLUMN}`, `${session}`,
/// `${example.id}`, `${repeat}`, `${turn}` and `${run}`; `$${` stands for `${`. A text that is one
/// placeholder takes the value's own JSON type (the history becomes a list of `{role, content}`); within a
/// text the value is put in as text. `${input.history...}` as an element of a list puts its turns in as
/// elements. A member whose value is `${session}` is left out while the app has named no session.
/// Expectations cannot be sent, nor `${env:…}`: a secret belongs in a header.
public struct RequestTemplate: Sendable {
    /// What is wrong with a template, at which JSON Pointer in it.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let pointer: String
        public let cause: String
        public let mend: String
        public var description: String { "request\(pointer): \(cause); \(mend)" }
    }

    /// An example lacks a column that the template wants.
    public struct MissingColumn: Error, Sendable, Hashable {
        public let name: String
    }

    private let root: Node
    /// The further columns that examples need, sorted.
    public let columns: [String]

    /// What is sent where the policy names no template.
    public static let standard: JSONValue = [
        "query": "${input.query}", "history": "${input.history}", "session": "${session}",
    ]

    /// Compiles a template, with `overlay` laid over it as a merge patch (RFC 7386: null removes a member).
    ///
    /// - Throws: Every problem of the template.
    public init(_ template: JSONValue, overlay: JSONObject = JSONObject()) throws(RequestTemplateProblems) {
        var compiler = Compiler()
        let merged = overlay.isEmpty ? template : Self.merged(template, .object(overlay))
        root = compiler.node(merged, at: "")
        guard compiler.problems.isEmpty else { throw RequestTemplateProblems(problems: compiler.problems) }
        columns = compiler.columns.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// A merge patch laid over a value (RFC 7386): null removes a member.
    public static func merged(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let members) = patch else { return patch }
        var result = target.objectValue ?? JSONObject()
        for member in members.members {
            let laidOver = merged(result[member.key] ?? .null, member.value)
            result[member.key] = member.value.isNull ? JSONValue?.none : laidOver
        }
        return .object(result)
    }

    /// The body for a question. Linear in its length.
    public func body(for question: Question) throws(MissingColumn) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        try root.write(question, to: &writer)
        return writer.bytes
    }

    indirect enum Node: Sendable {
        /// JSON text without placeholders.
        case fixed([UInt8])
        case object([(key: String, value: Node)])
        case array([Node])
        case value(Placeholder)
        case text([TemplateText.Piece])

        func write(_ question: Question, to writer: inout JSONWriter) throws(MissingColumn) {
            switch self {
            case .fixed(let bytes): writer.verbatim(bytes)
            case .object(let members):
                writer.beginObject()
                for member in members where !member.value.isAbsent(question) {
                    writer.key(member.key)
                    try member.value.write(question, to: &writer)
                }
                writer.endObject()
            case .array(let elements):
                writer.beginArray()
                for element in elements where !element.isAbsent(question) {
                    if case .value(.spreadHistory) = element {
                        Placeholder.write(question.history, to: &writer)
                    } else {
                        try element.write(question, to: &writer)
                    }
                }
                writer.endArray()
            case .value(let placeholder): try placeholder.write(question, to: &writer)
            case .text(let pieces): writer.string(try TemplateText(pieces: pieces).filled(question))
            }
        }

        private func isAbsent(_ question: Question) -> Bool {
            if case .value(.session) = self { return question.session == nil }
            return false
        }

        var fixed: [UInt8]? {
            if case .fixed(let bytes) = self { return bytes }
            return nil
        }
    }

    private struct Compiler {
        var problems: [Problem] = []
        var columns: Set<String> = []

        mutating func node(_ value: JSONValue, at pointer: String) -> Node {
            switch value {
            case .string(let text): return self.text(text, at: pointer)
            case .array(let elements):
                var nodes: [Node] = []
                for (index, element) in elements.enumerated() {
                    nodes.append(node(element, at: "\(pointer)/\(index)"))
                }
                return folded(.array(nodes), nodes)
            case .object(let object):
                var members: [(String, Node)] = []
                for member in object.members {
                    let place = pointer + JSONPointer(tokens: [member.key]).description
                    members.append((member.key, node(member.value, at: place)))
                }
                return folded(.object(members), members.map(\.1))
            default: return .fixed(value.bytes())
            }
        }

        /// A list or object without placeholders as the text it always is.
        private func folded(_ node: Node, _ parts: [Node]) -> Node {
            if !problems.isEmpty || parts.contains(where: { $0.fixed == nil }) { return node }
            var writer = JSONWriter()
            switch node {
            case .array(let nodes):
                writer.beginArray()
                for node in nodes { writer.verbatim(node.fixed ?? []) }
                writer.endArray()
            case .object(let members):
                writer.beginObject()
                for (key, value) in members {
                    writer.key(key)
                    writer.verbatim(value.fixed ?? [])
                }
                writer.endObject()
            default: return node
            }
            return .fixed(writer.bytes)
        }

        private mutating func text(_ text: String, at pointer: String) -> Node {
            do throws(TemplateText.Problem) {
                let parsed = try TemplateText(text)
                columns.formUnion(parsed.columns)
                if parsed.pieces.isEmpty { return .fixed(JSONValue.string("").bytes()) }
                if parsed.pieces.count == 1 {
                    switch parsed.pieces[0] {
                    case .placeholder(let placeholder): return .value(placeholder)
                    case .text(let plain): return .fixed(JSONValue.string(plain).bytes())
                    }
                }
                return .text(parsed.pieces)
            } catch {
                problems.append(Problem(pointer: pointer, cause: error.cause, mend: error.mend))
                return .fixed([])
            }
        }
    }
}

/// Everything that is wrong with a template.
public struct RequestTemplateProblems: Error, Sendable, Hashable, CustomStringConvertible {
    public let problems: [RequestTemplate.Problem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
