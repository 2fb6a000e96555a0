import Notation

/// Finds the column at which a member of a row stands.
///
/// It walks a text that is known to be JSON, and only to place a message, so it may be simple and slow.
struct RowLocator {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The column, from 1 in Unicode scalars, of the value of a top-level key or of one of its elements; of
    /// the key's last occurrence where it is repeated; 1 where it is not found.
    static func column(of key: String, element: Int? = nil, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var locator = RowLocator(bytes)
        guard let offset = locator.offset(of: key, element: element) else { return 1 }
        return 1 + bytes[..<offset].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// A top-level member: where its key begins, its value begins and its value ends.
    struct Member {
        let name: String
        let start: Int
        let value: Int
        let end: Int
    }

    /// The members of a row in their order; nil where it is no object.
    static func members(of bytes: UnsafeBufferPointer<UInt8>) -> [Member]? {
        var locator = RowLocator(bytes)
        locator.skipSpace()
        guard locator.take(UInt8(ascii: "{")) else { return nil }
        var members: [Member] = []
        while true {
            locator.skipSpace()
            let start = locator.position
            guard locator.skipString() else { return members.isEmpty ? [] : nil }
            let key = UnsafeBufferPointer(rebasing: bytes[start..<locator.position])
            guard let name = (try? JSONValue.parse(key))?.stringValue else { return nil }
            locator.skipSpace()
            guard locator.take(UInt8(ascii: ":")) else { return nil }
            locator.skipSpace()
            let value = locator.position
            locator.skipValue()
            var end = locator.position
            // A number ends before the white space behind it.
            while end > value, bytes[end - 1] <= 0x20 { end -= 1 }
            members.append(Member(name: name, start: start, value: value, end: end))
            locator.skipSpace()
            guard locator.take(UInt8(ascii: ",")) else { return members }
        }
    }

    private mutating func offset(of key: String, element: Int?) -> Int? {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return nil }
        var found: Int?
        while true {
            skipSpace()
            let start = position
            guard skipString() else { return found }
            let name = (try? JSONValue.parse(UnsafeBufferPointer(rebasing: bytes[start..<position])))?
                .stringValue
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return found }
            skipSpace()
            if name == key { found = place(of: element) }
            skipValue()
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return found }
        }
    }

    /// Where the value at the position stands, or its element.
    private func place(of element: Int?) -> Int {
        guard let element, bytes[position] == UInt8(ascii: "[") else { return position }
        var inner = self
        inner.position += 1
        for _ in 0..<element {
            inner.skipSpace()
            inner.skipValue()
            inner.skipSpace()
            guard inner.take(UInt8(ascii: ",")) else { return position }
        }
        inner.skipSpace()
        return inner.position
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        return false
    }

    private mutating func skipValue() {
        guard position < bytes.count else { return }
        var depth = 0
        repeat {
            switch bytes[position] {
            case UInt8(ascii: "\""): _ = skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                position += 1
            case UInt8(ascii: ",") where depth == 0: return
            default: position += 1
            }
        } while position < bytes.count && (depth > 0 || !endsValue(bytes[position]))
    }

    private func endsValue(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}
