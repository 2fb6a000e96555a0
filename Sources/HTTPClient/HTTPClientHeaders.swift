/// The fields of a request or response, in order, with duplicates.
///
/// Lookup ignores ASCII case and is linear. Values are read as UTF-8, with replacement characters where they
/// are not.
public struct HTTPClientHeaders: Sendable, ExpressibleByDictionaryLiteral, Sequence {
    struct Field {
        let nameStart: Int32
        let nameEnd: Int32
        let valueStart: Int32
        let valueEnd: Int32
    }

    /// `Name: value` CR LF for each field.
    private(set) var wire: [UInt8] = []
    private(set) var entries: [Field] = []
    /// The first name that `append` had to refuse; a request that carries these fields fails.
    private(set) var refused: String?

    /// No fields.
    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    public var count: Int { entries.count }

    /// The value of the first field of that name; nil where there is none.
    public subscript(name: String) -> String? {
        for entry in entries where matches(entry, name) { return text(entry.valueStart, entry.valueEnd) }
        return nil
    }

    /// The values of all fields of that name, in order.
    public func values(of name: String) -> [String] {
        entries.filter { matches($0, name) }.map { text($0.valueStart, $0.valueEnd) }
    }

    /// Adds a field to a request. One with a name that is no token, with control characters in its value, or
    /// that frames the message (`Content-Length`, `Transfer-Encoding`) is not added; `send` then throws
    /// ``HTTPClientError/invalidRequest(_:)`` with its name.
    public mutating func append(_ name: String, _ value: String) {
        let isName = !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
        let isValue = value.utf8.allSatisfy { $0 == 9 || ($0 >= 0x20 && $0 != 0x7F) }
        let frames = ["content-length", "transfer-encoding"].contains {
            equalIgnoringCase(name.utf8, $0.utf8)
        }
        guard isName, isValue, !frames else {
            refused = refused ?? name
            return
        }
        let start = Int32(wire.count)
        wire.append(contentsOf: name.utf8)
        let nameEnd = Int32(wire.count)
        wire.append(contentsOf: ": ".utf8)
        let valueStart = Int32(wire.count)
        wire.append(contentsOf: value.utf8)
        let valueEnd = Int32(wire.count)
        wire.append(contentsOf: "\r\n".utf8)
        entries.append(Field(nameStart: start, nameEnd: nameEnd, valueStart: valueStart, valueEnd: valueEnd))
    }

    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var index = 0
        return AnyIterator {
            guard index < entries.count else { return nil }
            defer { index += 1 }
            let entry = entries[index]
            return (text(entry.nameStart, entry.nameEnd), text(entry.valueStart, entry.valueEnd))
        }
    }

    /// Adds a line as it was received, line end included; what has no colon is kept out.
    mutating func append(line: UnsafeBufferPointer<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }
        var (start, end) = (colon + 1, line.count)
        while start < end, isSpace(line[start]) { start += 1 }
        while end > start, isSpace(line[end - 1]) { end -= 1 }
        let base = wire.count
        wire.append(contentsOf: line)
        entries.append(
            Field(
                nameStart: Int32(base), nameEnd: Int32(base + colon),
                valueStart: Int32(base + start), valueEnd: Int32(base + end)))
    }

    mutating func removeAll() {
        wire.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    private func matches(_ entry: Field, _ name: String) -> Bool {
        let range = Int(entry.nameStart)..<Int(entry.nameEnd)
        return range.count == name.utf8.count && equalIgnoringCase(wire[range], name.utf8)
    }

    private func text(_ start: Int32, _ end: Int32) -> String {
        String(decoding: wire[Int(start)..<Int(end)], as: UTF8.self)
    }
}

private func equalIgnoringCase(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    func lowercased(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }
    return one.count == other.count && zip(one, other).allSatisfy { lowercased($0) == lowercased($1) }
}

/// A byte of a token: RFC 9110, 5.6.2.
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}
