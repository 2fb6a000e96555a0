import Notation

/// A text of a journey with places to fill in.
///
/// `${env:NAME}` is a secret or a setting of the environment, `${unique}` a word that no other run has, `${run}` the
/// run's id, `${NAME}` a captured value, `${STEP.answer.ticket.id}` a place in the answer to an earlier step's request
/// (`${STEP.answer/a.b/0}` as a JSON Pointer), `${STEP.status}` and `${STEP.header.NAME}` the rest of that answer.
/// `$${` stands for `${`. Nothing resolved is held here: whoever sends it fills it in.
public struct StepText: Sendable, Hashable {
    public enum Piece: Sendable, Hashable {
        case text(String)
        case environment(String)
        case unique
        case run
        case captured(String)
        case answer(step: String, JSONPointer)
        case status(step: String)
        case header(step: String, name: String)
    }

    /// What is wrong with a placeholder.
    public struct Problem: Error, Sendable, Hashable {
        public let cause: String
        public let mend: String
    }

    /// As it was written.
    public let source: String
    public let pieces: [Piece]

    /// - Throws: The first placeholder that is none.
    public init(_ source: String) throws(Problem) {
        self.source = source
        var pieces: [Piece] = []
        var plain = ""
        var rest = source[...]
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
                let start = rest.index(rest.startIndex, offsetBy: 2)
                pieces.append(try Self.piece(String(rest[start..<close])))
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

    /// A text without placeholders.
    public init(plain text: String) {
        source = text.replacing("${", with: "$${")
        pieces = text.isEmpty ? [] : [.text(text)]
    }

    private static func piece(_ name: String) throws(Problem) -> Piece {
        if name == "unique" { return .unique }
        if name == "run" { return .run }
        if name.hasPrefix("env:") {
            let variable = String(name.dropFirst(4))
            guard isVariable(variable) else {
                throw Problem(
                    cause: "'${\(name)}' names no environment variable", mend: "write '${env:NAME}'")
            }
            return .environment(variable)
        }
        guard let dot = name.firstIndex(of: ".") else {
            guard isName(name) else {
                throw Problem(
                    cause: "'${\(name)}' is no placeholder",
                    mend: "write a captured name, '${unique}', '${env:NAME}' or '${STEP.answer.id}'")
            }
            return .captured(name)
        }
        let step = String(name[..<dot])
        let part = name[name.index(after: dot)...]
        guard !step.isEmpty else {
            throw Problem(cause: "'${\(name)}' names no step", mend: "write '${STEP.answer.id}'")
        }
        if part == "status" { return .status(step: step) }
        if part == "answer" { return .answer(step: step, .root) }
        if part.hasPrefix("header."), part.utf8.count > 7 {
            return .header(step: step, name: String(part.dropFirst(7)))
        }
        if part.hasPrefix("answer.") {
            let tokens = part.dropFirst(7).split(separator: ".", omittingEmptySubsequences: false)
            return .answer(step: step, JSONPointer(tokens: tokens.map(String.init)))
        }
        if part.hasPrefix("answer/") {
            do throws(JSONPointerError) {
                return .answer(step: step, try JSONPointer(String(part.dropFirst(6))))
            } catch {
                throw Problem(cause: "'${\(name)}': \(error.message)", mend: "write '${STEP.answer/a/b}'")
            }
        }
        throw Problem(
            cause: "'${\(name)}' asks a step for what it has not",
            mend: "a step has 'answer', 'status' and 'header.NAME'")
    }

    /// A name that captures may have: letters, digits, `_` and `-`, not a digit first.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == 0x5F else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2D }
    }

    private static func isVariable(_ text: String) -> Bool { isName(text) && !text.utf8.contains(0x2D) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The environment variables that it needs, in the order they occur.
    public var variables: [String] {
        pieces.compactMap { if case .environment(let name) = $0 { name } else { nil } }
    }

    /// The captured names that it needs, in the order they occur.
    public var captures: [String] {
        pieces.compactMap { if case .captured(let name) = $0 { name } else { nil } }
    }

    /// The steps whose answers it needs, in the order they occur.
    public var steps: [String] {
        pieces.compactMap { piece in
            switch piece {
            case .answer(let step, _), .status(let step), .header(let step, _): step
            case .text, .environment, .unique, .run, .captured: nil
            }
        }
    }

    /// Whether, as an address, it names its host before any answer is known: nothing captured may stand in the host,
    /// and what comes from the environment is taken to be an address up to the host's end.
    public var hasFixedHost: Bool {
        var isPastHost = false
        for piece in pieces {
            switch piece {
            case .text(let text):
                let rest = text.replacing("://", with: "")
                if rest.contains(where: { $0 == "/" || $0 == "?" || $0 == "#" }) { isPastHost = true }
            case .environment: break
            case .unique, .run, .captured, .answer, .status, .header: if !isPastHost { return false }
            }
        }
        return true
    }

    public static func == (left: StepText, right: StepText) -> Bool { left.source == right.source }

    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
