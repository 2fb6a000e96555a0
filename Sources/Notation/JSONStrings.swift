/// Changes texts within a JSON text and leaves every other byte as it is: white space, digits of numbers, the order and
/// the repetition of keys.
public enum JSONStrings {
    /// What stands at a place.
    public enum Token: Sendable, Hashable {
        /// A member's name; it is never changed.
        case key(String)
        case string(String)
        /// As it is written.
        case number(String)
    }

    /// Walks the text and hands on each name, text and number with the names and indices on its way.
    ///
    /// - Parameters:
    ///   - bytes: What `JSONValue.parse` has read without an error; of other bytes nothing is promised but an end.
    ///   - replace: The text to stand in the place of a string; nil, and for other tokens: as it is. A repeated key's
    ///     values are all handed on, also those that a reader would pass over.
    /// - Returns: The text anew, or nil where nothing was changed. Linear.
    public static func rewriting<Failure: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ replace: ([String], Token) throws(Failure) -> String?
    ) throws(Failure) -> [UInt8]? {
        var walk = Walk(bytes: bytes)
        try walk.value(replace)
        return walk.finish()
    }

    private struct Walk {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        var path: [String] = []
        var out: [UInt8] = []
        /// Bytes before this one are in `out`.
        var copied = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func finish() -> [UInt8]? {
            guard copied > 0 else { return nil }
            out += bytes[copied...]
            return out
        }

        mutating func value<Failure: Error>(
            _ replace: ([String], Token) throws(Failure) -> String?
        ) throws(Failure) {
            skipSpace()
            guard position < bytes.count else { return }
            switch bytes[position] {
            case UInt8(ascii: "{"): try members(replace)
            case UInt8(ascii: "["): try elements(replace)
            case UInt8(ascii: "\""):
                let start = position
                let text = string()
                guard let new = try replace(path, .string(text)) else { return }
                out += bytes[copied..<start]
                appendQuotedJSON(new, to: &out)
                copied = position
            default:
                let start = position
                while position < bytes.count, !ends(bytes[position]) { position += 1 }
                // Bytes that are no JSON: on, whatever they are.
                if position == start { position += 1 }
                let first = bytes[start]
                if first == UInt8(ascii: "-") || first &- 0x30 < 10 {
                    let text = String(decoding: bytes[start..<position], as: UTF8.self)
                    _ = try replace(path, .number(text))
                }
            }
        }

        private mutating func members<Failure: Error>(
            _ replace: ([String], Token) throws(Failure) -> String?
        ) throws(Failure) {
            position += 1
            while true {
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
                let name = string()
                path.append(name)
                _ = try replace(path, .key(name))
                skipSpace()
                position += 1
                try value(replace)
                path.removeLast()
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
                position += 1
            }
            position += 1
        }

        private mutating func elements<Failure: Error>(
            _ replace: ([String], Token) throws(Failure) -> String?
        ) throws(Failure) {
            position += 1
            var index = 0
            while true {
                skipSpace()
                guard position < bytes.count, bytes[position] != UInt8(ascii: "]") else { break }
                path.append(String(index))
                try value(replace)
                path.removeLast()
                index += 1
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
                position += 1
            }
            position += 1
        }

        private mutating func skipSpace() {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        }

        /// The text of the string that begins here, stepping over it.
        private mutating func string() -> String {
            let start = position
            var hasEscape = false
            position += 1
            while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                if bytes[position] == UInt8(ascii: "\\") {
                    hasEscape = true
                    position += 1
                }
                position += 1
            }
            position = min(position + 1, bytes.count)
            if hasEscape {
                let quoted = UnsafeBufferPointer(rebasing: bytes[start..<position])
                return (try? JSONValue.parse(quoted))?.stringValue ?? ""
            }
            return String(decoding: bytes[(start + 1)..<max(start + 1, position - 1)], as: UTF8.self)
        }

        private func ends(_ byte: UInt8) -> Bool {
            byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
                || byte == UInt8(ascii: "]")
        }
    }
}
