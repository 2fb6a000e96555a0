import Notation

/// Changes members of a row and leaves all else of its bytes as it is: their order, spacing and spelling.
public enum RowEdit {
    /// The row with some top-level members set, or taken away where the value is nil; new ones come last.
    ///
    /// - Parameter row: A sound JSON object on one line.
    /// - Returns: Nil where it is none.
    /// - Complexity: Linear in the row for each change.
    public static func setting(_ changes: [(key: String, value: JSONValue?)], in row: [UInt8]) -> [UInt8]? {
        var row = row
        for change in changes {
            guard let edited = setting(change.key, change.value, in: row) else { return nil }
            row = edited
        }
        return row
    }

    private static func setting(_ key: String, _ value: JSONValue?, in row: [UInt8]) -> [UInt8]? {
        guard let members = row.withUnsafeBufferPointer({ RowLocator.members(of: $0) }) else { return nil }
        let found = members.indices.filter { isSame(members[$0].name, key) }
        guard let value else {
            guard let last = found.last else { return row }
            let range =
                last > 0
                ? members[last - 1].end..<members[last].end
                : members[last].start..<(members.count > 1 ? members[1].start : members[last].end)
            var edited = row
            edited.removeSubrange(range)
            // A key may be repeated.
            return found.count > 1 ? setting(key, nil, in: edited) : edited
        }
        let text = spaced(value)
        if let last = found.last {
            return Array(row[..<members[last].value]) + text + row[members[last].end...]
        }
        var edited: [UInt8] = []
        let place: Int
        if let last = members.last {
            place = last.end
            edited += row[..<place]
            edited += Array(", ".utf8)
        } else {
            guard let brace = row.firstIndex(of: UInt8(ascii: "{")) else { return nil }
            place = brace + 1
            edited += row[..<place]
        }
        edited += JSONValue.string(key).bytes()
        edited += Array(": ".utf8)
        edited += text
        edited += row[place...]
        return edited
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }

    /// JSON on one line with a space behind colons and commas, as people write rows.
    public static func spaced(_ value: JSONValue) -> [UInt8] {
        switch value {
        case .array(let elements):
            var bytes: [UInt8] = [UInt8(ascii: "[")]
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes += Array(", ".utf8) }
                bytes += spaced(element)
            }
            bytes.append(UInt8(ascii: "]"))
            return bytes
        case .object(let object):
            var bytes: [UInt8] = [UInt8(ascii: "{")]
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes += Array(", ".utf8) }
                bytes += JSONValue.string(member.key).bytes()
                bytes += Array(": ".utf8)
                bytes += spaced(member.value)
            }
            bytes.append(UInt8(ascii: "}"))
            return bytes
        case .null, .bool, .integer, .number, .string: return value.bytes()
        }
    }
}
