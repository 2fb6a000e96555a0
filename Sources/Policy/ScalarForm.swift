import Notation
import Text

/// Whether a scalar is of a form.
enum ScalarForm {
    struct Problem: Equatable {
        /// Whether it is of the right YAML type, only not one of the values allowed.
        let isOfType: Bool
        var mend: String?
    }

    /// Nil where the node is a scalar of that form.
    static func problem(_ node: YAMLNode, _ form: ValueForm) -> Problem? {
        guard let scalar = node.scalar else { return Problem(isOfType: false) }
        switch form {
        case .text(let kind): return text(scalar, kind)
        case .integer(let range):
            if case .integer(let value) = scalar {
                return range.contains(value) ? nil : Problem(isOfType: true)
            }
            return Problem(isOfType: false, mend: unquote(scalar))
        case .constant(let wanted):
            if case .integer(let value) = scalar { return value == wanted ? nil : Problem(isOfType: true) }
            return Problem(isOfType: false, mend: unquote(scalar))
        case .number(let range):
            switch scalar {
            case .integer(let value): return range.contains(Double(value)) ? nil : Problem(isOfType: true)
            case .number(let value): return range.contains(value) ? nil : Problem(isOfType: true)
            default: return Problem(isOfType: false, mend: unquote(scalar))
            }
        case .flag:
            if case .bool = scalar { return nil }
            return Problem(isOfType: false, mend: flagMeant(scalar))
        case .word(let words):
            guard case .text(let text) = scalar else { return Problem(isOfType: false) }
            if words.contains(where: { $0.text == text }) { return nil }
            let near = nearest(text, in: words.map(\.text))
            return Problem(isOfType: true, mend: near.map { "did you mean '\($0)'?" })
        case .measure(let kind): return measure(scalar, kind)
        case .list, .keys, .names, .template, .anything, .metric, .gate, .choice:
            return Problem(isOfType: false)
        }
    }

    private static func text(_ scalar: YAMLScalar, _ kind: ValueForm.TextForm) -> Problem? {
        guard case .text(let text) = scalar else {
            let isEmpty = scalar == .null
            return Problem(isOfType: false, mend: isEmpty ? nil : "put it in quotes if it is meant as a text")
        }
        guard !text.isEmpty else { return Problem(isOfType: true) }
        switch kind {
        case .plain, .path, .rule, .secretive: return nil
        case .url: return isURL(text) ? nil : Problem(isOfType: true, mend: urlMeant(text))
        case .pointer: return isPointer(text) ? nil : Problem(isOfType: true, mend: pointerMeant(text))
        case .currency:
            let isCode = text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
            return isCode ? nil : Problem(isOfType: true)
        }
    }

    /// `http://` or `https://`, a host, and no blanks.
    private static func isURL(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            guard let first = rest.unicodeScalars.first, first != "/", first != "?", first != "#" else {
                return false
            }
            return rest.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        }
        return false
    }

    private static func urlMeant(_ text: String) -> String? {
        guard !text.contains("://"), text.contains(":") || text.contains(".") || text.hasPrefix("localhost")
        else {
            return nil
        }
        return text.contains(" ") ? nil : "did you mean 'http://\(Printable.text(text, limit: 60))'?"
    }

    /// RFC 6901: segments begin with `/`, `~` only as `~0` or `~1`. The empty pointer, the whole answer, is
    /// not taken here: no part of an observation is the whole answer but the text, which needs no mapping
    /// then.
    private static func isPointer(_ text: String) -> Bool {
        guard text.hasPrefix("/") else { return false }
        var bytes = Array(text.utf8)[...]
        while let tilde = bytes.firstIndex(of: 0x7E) {
            bytes = bytes[(tilde + 1)...]
            guard let next = bytes.first, next == 0x30 || next == 0x31 else { return false }
        }
        return true
    }

    private static func pointerMeant(_ text: String) -> String? {
        var path = text
        if path.hasPrefix("$.") { path.removeFirst(2) }
        guard !path.contains("~"), !path.contains(" "), !path.hasPrefix("/") else { return nil }
        path = String(path.map { $0 == "." ? "/" : $0 })
        return "did you mean '/\(Printable.text(path, limit: 60))'?"
    }

    private static func measure(_ scalar: YAMLScalar, _ kind: MeasureForm) -> Problem? {
        if kind.value(of: scalar) != nil { return nil }
        switch (kind, scalar) {
        case (.share, .integer(let value)) where (0...100).contains(value):
            return Problem(isOfType: true, mend: "did you mean '\(value)%'?")
        case (.duration, .integer(let value)) where value > 0:
            return Problem(isOfType: true, mend: "say the unit: '\(value)s' or '\(value)ms'")
        case (.rate, .integer(let value)) where value > 0:
            return Problem(isOfType: true, mend: "say the time: '\(value)/s' or '\(value)/m'")
        case (.size, .integer(let value)) where value > 0:
            return Problem(isOfType: true, mend: "say the unit: '\(value)B' or '\(value)MB'")
        case (.price, .integer), (.price, .number):
            return Problem(isOfType: true, mend: "say for how many tokens: '0.15/M' is per million")
        case (_, .text), (_, .integer), (_, .number): return Problem(isOfType: true)
        case (_, .null), (_, .bool): return Problem(isOfType: false)
        }
    }

    private static func unquote(_ scalar: YAMLScalar) -> String? {
        guard case .text(let text) = scalar else { return nil }
        switch YAMLScalar(plain: text) {
        case .integer, .number: return "remove the quotes"
        default: return nil
        }
    }

    private static func flagMeant(_ scalar: YAMLScalar) -> String? {
        guard case .text(let text) = scalar else { return nil }
        switch text.lowercased() {
        case "yes", "on", "true", "y": return "did you mean 'true'?"
        case "no", "off", "false", "n": return "did you mean 'false'?"
        default: return nil
        }
    }
}
