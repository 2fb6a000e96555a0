import Notation

/// Writes values as YAML that people would write: plain where that is safe, else in double quotes.
enum YAMLText {
    /// One scalar.
    static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// JSON's escapes are YAML's.
    static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).bytes(), as: UTF8.self)
    }

    /// A value on one line: `{ query: "${input.query}", top_k: 5 }`.
    static func flow(_ value: JSONValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer, .number: return String(decoding: value.bytes(), as: UTF8.self)
        case .string(let text): return quoted(text)
        case .array(let elements):
            return elements.isEmpty ? "[]" : "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let object):
            if object.isEmpty { return "{}" }
            let members = object.members.map { "\(scalar($0.key)): \(flow($0.value))" }
            return "{ " + members.joined(separator: ", ") + " }"
        }
    }

    /// Lines of a comment, folded at 100 columns.
    static func comment(_ text: String, indent: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !line.isEmpty, line.count + word.count + indent.count > 100 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { indent + "# " + $0 + "\n" }.joined()
    }

    private static func isPlain(_ text: String) -> Bool {
        let reserved: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"]
        guard let first = text.utf8.first, text.utf8.count <= 200, !reserved.contains(text.lowercased())
        else { return false }
        let isLetter =
            (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == 0x2F || first == 0x5F
        let hasPlainBytes = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "_-./:~+".utf8.contains(byte)
            }
        }
        return isLetter && hasPlainBytes && !text.hasSuffix(":")
    }
}
