import Notation

/// Reads a value as Python writes it (`['a', "b's", None, 1.5]`): tables that pandas wrote hold such lists.
///
/// Linear in the text; nested at most 32 deep.
enum PythonLiteral {
    /// Nil where the text is no literal of lists, tuples, dictionaries, texts, numbers, booleans and None.
    static func read(_ text: String) -> JSONValue? {
        var reader = Reader(Array(text.unicodeScalars))
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.isAtEnd ? value : nil
    }

    /// JSON as Python writes it, with null in the place of NaN, Infinity and -Infinity; nil where there is none.
    static func withoutNaN(_ bytes: [UInt8]) -> [UInt8]? {
        let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var isText = false
        var found = false
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if isText {
                if byte == UInt8(ascii: "\\"), place + 1 < bytes.count {
                    out += bytes[place...place + 1]
                    place += 2
                    continue
                }
                if byte == UInt8(ascii: "\"") { isText = false }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if let word = words.first(where: { bytes[place...].starts(with: $0) }) {
                out += Array("null".utf8)
                place += word.count
                found = true
                continue
            }
            out.append(byte)
            place += 1
        }
        return found ? out : nil
    }

    private struct Reader {
        private let scalars: [Unicode.Scalar]
        private var position = 0

        init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

        var isAtEnd: Bool { position == scalars.count }
        private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

        mutating func skipSpace() {
            while let scalar = next, scalar.properties.isWhitespace { position += 1 }
        }

        mutating func value(depth: Int) -> JSONValue? {
            skipSpace()
            guard depth < 32, let first = next else { return nil }
            switch first {
            case "[": return list(until: "]", depth).map { .array($0) }
            case "(": return list(until: ")", depth).map { .array($0) }
            case "{": return dictionary(depth)
            case "'", "\"": return string().map { .string($0) }
            default: return word()
            }
        }

        private mutating func list(until end: Unicode.Scalar, _ depth: Int) -> [JSONValue]? {
            position += 1
            var elements: [JSONValue] = []
            while true {
                skipSpace()
                if next == end {
                    position += 1
                    return elements
                }
                guard let element = value(depth: depth + 1) else { return nil }
                elements.append(element)
                skipSpace()
                // As NumPy prints its arrays there is a space alone between two elements.
                if next == "," { position += 1 } else if next != end, next != "'", next != "\"" { return nil }
            }
        }

        private mutating func dictionary(_ depth: Int) -> JSONValue? {
            position += 1
            var object = JSONObject()
            while true {
                skipSpace()
                if next == "}" {
                    position += 1
                    return .object(object)
                }
                guard case .string(let key)? = value(depth: depth + 1) else { return nil }
                skipSpace()
                guard next == ":" else { return nil }
                position += 1
                guard let element = value(depth: depth + 1) else { return nil }
                object[key] = element
                skipSpace()
                if next == "," { position += 1 } else if next != "}" { return nil }
            }
        }

        private mutating func string() -> String? {
            guard let quote = next else { return nil }
            position += 1
            var out = String.UnicodeScalarView()
            while let scalar = next {
                position += 1
                if scalar == quote { return String(out) }
                guard scalar == "\\" else {
                    out.append(scalar)
                    continue
                }
                guard let escaped = next else { return nil }
                position += 1
                switch escaped {
                case "n": out.append("\n")
                case "t": out.append("\t")
                case "r": out.append("\r")
                case "x": guard hexadecimal(2, into: &out) else { return nil }
                case "u": guard hexadecimal(4, into: &out) else { return nil }
                case "U": guard hexadecimal(8, into: &out) else { return nil }
                case "\\", "'", "\"": out.append(escaped)
                default:
                    out.append("\\")
                    out.append(escaped)
                }
            }
            return nil
        }

        private mutating func hexadecimal(_ count: Int, into out: inout String.UnicodeScalarView) -> Bool {
            guard position + count <= scalars.count else { return false }
            var digits = String.UnicodeScalarView()
            digits.append(contentsOf: scalars[position..<position + count])
            guard let code = UInt32(String(digits), radix: 16), let scalar = Unicode.Scalar(code) else {
                return false
            }
            position += count
            out.append(scalar)
            return true
        }

        private mutating func word() -> JSONValue? {
            var word = String.UnicodeScalarView()
            while let scalar = next, !",]})(: \n\t".unicodeScalars.contains(scalar) {
                word.append(scalar)
                position += 1
            }
            switch String(word) {
            case "None", "nan": return .null
            case "True": return true
            case "False": return false
            case let text: return text.isEmpty ? nil : try? JSONValue.parse(text)
            }
        }
    }
}
