import Domain
import Notation

/// What a placeholder of a request stands for.
enum Placeholder: Sendable, Hashable {
    case query, history, context, tags, category, datasetVersion
    case column(String)
    case session, exampleID, repetition, turn, run
    /// The history's turns as elements of the list in which it stands.
    case spreadHistory

    /// Reads the name between `${` and `}`.
    init(_ name: String) throws(TemplateText.Problem) {
        switch name {
        case "session": self = .session
        case "example.id", "input.id": self = .exampleID
        case "repeat": self = .repetition
        case "turn": self = .turn
        case "run": self = .run
        case "input.history...": self = .spreadHistory
        default:
            if name.hasPrefix("env:") {
                throw TemplateText.Problem(
                    cause: "a secret in the body would be kept with the request",
                    mend: "send '${\(name)}' in a header")
            }
            guard name.hasPrefix("input."), name.utf8.count > 6 else { throw Self.unknown(name) }
            self = try Self.input(String(name.dropFirst(6)))
        }
    }

    private static func input(_ name: String) throws(TemplateText.Problem) -> Placeholder {
        switch DatasetField(column: name) {
        case .query: return .query
        case .history, .messages: return .history
        case .context: return .context
        case .tags: return .tags
        case .category: return .category
        case .datasetVersion: return .datasetVersion
        case .id: return .exampleID
        case nil: return .column(name)
        case .provenance, .repeats, .retired, .expectedIntent, .references, .expectedResult, .rubric,
            .required,
            .prohibited,
            .goldDocuments, .goldSpans, .expectedGuardrail, .shouldBlock, .expectedScore, .match:
            throw TemplateText.Problem(
                cause: "'\(shortened(name))' is an expectation: an app must not see it",
                mend: "send an input, or rename the column")
        }
    }

    private static func unknown(_ name: String) -> TemplateText.Problem {
        TemplateText.Problem(
            cause: "'${\(shortened(name))}' is no placeholder",
            mend: "use ${input.query}, ${input.history}, ${input.context}, ${input.COLUMN}, ${session}, "
                + "${example.id}, ${repeat}, ${turn} or ${run}; write $${ for a literal ${")
    }

    func write(_ question: Question, to writer: inout JSONWriter) throws(RequestTemplate.MissingColumn) {
        let example = question.example
        switch self {
        case .query: writer.string(question.query)
        case .history, .spreadHistory:
            writer.beginArray()
            Self.write(question.history, to: &writer)
            writer.endArray()
        case .context: Self.write(example.context, to: &writer)
        case .tags: Self.write(example.tags, to: &writer)
        case .category: if let text = example.category { writer.string(text) } else { writer.null() }
        case .datasetVersion:
            if let text = example.datasetVersion { writer.string(text) } else { writer.null() }
        case .column(let name):
            let column = try Self.column(name, example)
            if let json = column.json { writer.value(json) } else { writer.string(column.value) }
        case .session: if let session = question.session { writer.string(session) } else { writer.null() }
        case .exampleID: writer.string(example.id)
        case .repetition: writer.integer(question.repetition)
        case .turn: writer.integer(question.turn)
        case .run: writer.string(question.runID)
        }
    }

    func text(_ question: Question) throws(RequestTemplate.MissingColumn) -> String {
        let example = question.example
        switch self {
        case .query: return question.query
        case .history, .spreadHistory:
            return question.history.map { "\($0.role.rawValue): \($0.content)" }.joined(separator: "\n")
        case .context: return example.context.joined(separator: "\n\n")
        case .tags: return example.tags.joined(separator: ", ")
        case .category: return example.category ?? ""
        case .datasetVersion: return example.datasetVersion ?? ""
        case .column(let name): return try Self.column(name, example).value
        case .session: return question.session ?? ""
        case .exampleID: return example.id
        case .repetition: return String(question.repetition)
        case .turn: return String(question.turn)
        case .run: return question.runID
        }
    }

    private static func column(
        _ name: String, _ example: Example
    ) throws(RequestTemplate.MissingColumn) -> Example.Column {
        guard let column = example.columns.first(where: { $0.name == name }) else {
            throw RequestTemplate.MissingColumn(name: name)
        }
        return column
    }

    static func write(_ messages: [Message], to writer: inout JSONWriter) {
        for message in messages {
            writer.beginObject()
            writer.member("role", message.role.rawValue)
            writer.member("content", message.content)
            writer.endObject()
        }
    }

    private static func write(_ texts: [String], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }
}

/// A text with placeholders, such as a URL or a member of a request.
public struct TemplateText: Sendable {
    public struct Problem: Error, Sendable, Hashable {
        public let cause: String
        public let mend: String
    }

    enum Piece: Sendable {
        case text(String)
        case placeholder(Placeholder)
    }

    let pieces: [Piece]

    init(pieces: [Piece]) { self.pieces = pieces }

    public init(_ text: String) throws(Problem) {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            plain += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                plain += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let close = rest.firstIndex(of: "}") else {
                    throw Problem(cause: "a '${' is never closed", mend: "close it with '}', or write $${")
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(
                    .placeholder(
                        try Placeholder(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close]))))
                rest = rest[rest.index(after: close)...]
            } else {
                plain += "$"
                rest = rest.dropFirst()
            }
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        self.pieces = pieces
    }

    /// The further columns that examples need.
    public var columns: [String] {
        pieces.compactMap { if case .placeholder(.column(let name)) = $0 { name } else { nil } }
    }

    /// The text where it has no placeholders.
    public var plain: String {
        pieces.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
    }

    public var hasPlaceholders: Bool {
        pieces.contains { if case .placeholder = $0 { true } else { false } }
    }

    /// The text with every placeholder filled in.
    ///
    /// - Parameter percentEncoding: Encodes the values, as a URL wants them.
    public func filled(
        _ question: Question, percentEncoding: Bool = false
    ) throws(RequestTemplate.MissingColumn) -> String {
        var out = ""
        for piece in pieces {
            switch piece {
            case .text(let text): out += text
            case .placeholder(let placeholder):
                let value = try placeholder.text(question)
                out += percentEncoding ? Self.percentEncoded(value) : value
            }
        }
        return out
    }

    /// RFC 3986: all but the unreserved characters encoded.
    public static func percentEncoded(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            default:
                out.append(UInt8(ascii: "%"))
                for nibble in [byte >> 4, byte & 15] {
                    out.append(nibble < 10 ? 0x30 + nibble : 0x37 + nibble)
                }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
