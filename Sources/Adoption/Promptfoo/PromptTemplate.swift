import Interchange
import Notation

/// A text with `{{names}}`, as promptfoo's configurations hold it: what of Nunjucks can be carried over.
///
/// Carried are plain names, members and indices (`{{user.name}}`, `{{items[0]}}`) and `{{env.NAME}}`. Filters, conditions
/// and loops are not: a template that has any says so.
struct PromptTemplate: Sendable {
    enum Piece: Sendable, Hashable {
        case text(String)
        /// The variable, and the way into its value.
        case name(String, [String])
        case environment(String)
    }

    let source: String
    let pieces: [Piece]
    /// What of it is beyond plain names; nil where nothing is.
    let beyond: String?

    init(_ source: String) {
        self.source = source
        var pieces: [Piece] = []
        var beyond: String?
        var rest = source[...]
        var plain = ""
        func flush() {
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
        }
        while let open = rest.firstIndex(of: "{") {
            plain += rest[..<open]
            rest = rest[open...]
            if rest.hasPrefix("{#"), let close = rest.firstRange(of: "#}") {
                rest = rest[close.upperBound...]
            } else if rest.hasPrefix("{%") {
                let close = rest.firstRange(of: "%}")?.upperBound ?? rest.endIndex
                beyond = beyond ?? String(rest[..<close])
                plain += rest[..<close]
                rest = rest[close...]
            } else if rest.hasPrefix("{{"), let close = rest.firstRange(of: "}}") {
                let inner = rest[rest.index(rest.startIndex, offsetBy: 2)..<close.lowerBound]
                if let piece = Self.piece(inner) {
                    flush()
                    pieces.append(piece)
                } else {
                    beyond = beyond ?? "{{\(inner)}}"
                    plain += rest[..<close.upperBound]
                }
                rest = rest[close.upperBound...]
            } else {
                plain += "{"
                rest = rest.dropFirst()
            }
        }
        plain += rest
        flush()
        self.pieces = pieces
        self.beyond = beyond
    }

    /// `user.name`, `items[0]`, `env.KEY`; `| safe` and `| dump`, which change nothing here, are passed over.
    private static func piece(_ inner: Substring) -> Piece? {
        var text = inner.filter {
            $0 != " " && $0 != "\n" && $0 != "\t" && $0 != "-" || $0 == "-" && !inner.hasPrefix("-")
        }
        for harmless in ["|safe", "|string"] where text.hasSuffix(harmless) {
            text = String(text.dropLast(harmless.count))
        }
        var steps: [String] = []
        var step = ""
        var isIndex = false
        for character in text {
            switch character {
            case "." where !isIndex, "[" where !isIndex:
                if !step.isEmpty { steps.append(step) }
                step = ""
                isIndex = character == "["
            case "]" where isIndex:
                steps.append(step.filter { $0 != "'" && $0 != "\"" })
                step = ""
                isIndex = false
            default: step.append(character)
            }
        }
        if isIndex { return nil }
        if !step.isEmpty { steps.append(step) }
        guard let first = steps.first, steps.allSatisfy(isWord),
            !(first.utf8.first.map { (0x30...0x39).contains($0) } ?? true)
        else { return nil }
        if first == "env" || first == "process" {
            return steps.count > 1 ? .environment(steps[steps.count - 1]) : nil
        }
        return .name(first, Array(steps.dropFirst()))
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x5F || $0 >= 0x80
                    || $0 == 0x2D
            }
    }

    /// Names of the variables, in the order in which they occur.
    var names: [String] {
        pieces.compactMap { if case .name(let name, _) = $0 { name } else { nil } }
    }

    /// The text with every name filled in; a variable that is not there is empty, as it is there.
    func rendered(_ variables: JSONObject) -> String {
        var out = ""
        for piece in pieces {
            switch piece {
            case .text(let text): out += text
            case .environment(let name): out += "{{env.\(name)}}"
            case .name(let name, let steps):
                var value = variables[name]
                for step in steps { value = Int(step).flatMap { value?[$0] } ?? value?[step] }
                out += value.map(Self.text) ?? ""
            }
        }
        return out
    }

    /// The value of a template that is nothing but one name; else its text.
    func value(_ variables: JSONObject) -> JSONValue {
        guard pieces.count == 1, case .name(let name, let steps) = pieces[0] else {
            return .string(rendered(variables))
        }
        var value = variables[name]
        for step in steps { value = Int(step).flatMap { value?[$0] } ?? value?[step] }
        return value ?? ""
    }

    static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        default: String(decoding: value.bytes(), as: UTF8.self)
        }
    }
}
