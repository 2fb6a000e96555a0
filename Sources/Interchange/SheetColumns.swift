import Notation

/// The columns of a sheet of examples: a member of the row each, and the members of `provenance` one by one.
///
/// A header is the member's name; `provenance.owner` is the member `owner` of `provenance`; a header behind an
/// apostrophe is a name whatever it looks like.
public struct SheetColumns: Sendable {
    public struct Column: Sendable {
        /// The member of the row.
        public let key: String
        /// The member of that member, for those of `provenance`.
        public let inner: String?
        public let kind: SheetCell.Kind

        public init(key: String, inner: String? = nil) {
            self.key = key
            self.inner = inner
            kind = inner == nil ? SheetCell.Kind(DatasetField(column: key)) : .any
        }

        /// How the header calls it.
        public var header: String {
            if let inner { return "provenance." + inner }
            let text = SheetCell.text(key)
            if text.utf8.starts(with: "json:".utf8) { return text }
            return SheetColumns.needsGuard(key) ? "'" + key : text
        }
    }

    public private(set) var columns: [Column] = []
    /// Places in `columns`, by key; of a provenance's member by what stands behind it.
    private var places = JSONObject()
    private var innerPlaces = JSONObject()

    public init() {}

    /// Adds the columns that a row needs and that are not there yet.
    public mutating func note(_ row: JSONObject) {
        for member in row.members {
            if member.key == "provenance", let parts = SheetColumns.parts(member.value) {
                for part in parts.members where innerPlaces[part.key] == nil {
                    innerPlaces[part.key] = .integer(Int64(columns.count))
                    columns.append(Column(key: member.key, inner: part.key))
                }
            } else if places[member.key] == nil {
                places[member.key] = .integer(Int64(columns.count))
                columns.append(Column(key: member.key))
            }
        }
    }

    /// Adds a column before all others.
    public mutating func putFirst(_ key: String) {
        guard places[key] == nil else { return }
        let all = columns
        (columns, places, innerPlaces) = ([Column(key: key)], JSONObject(), JSONObject())
        places[key] = 0
        for column in all {
            let place = JSONValue.integer(Int64(columns.count))
            if let inner = column.inner { innerPlaces[inner] = place } else { places[column.key] = place }
            columns.append(column)
        }
    }

    /// A row's cells, one a column.
    public func cells(_ row: JSONObject) -> [String] {
        var cells = [String](repeating: "", count: columns.count)
        for member in inOrder(row).members {
            if member.key == "provenance", let parts = SheetColumns.parts(member.value) {
                for part in parts.members {
                    guard let place = innerPlaces[part.key]?.intValue else { continue }
                    cells[place] = SheetCell.text(part.value, .any)
                }
            } else if let place = places[member.key]?.intValue {
                cells[place] = SheetCell.text(member.value, columns[place].kind)
            }
        }
        return cells
    }

    /// A row whose columns stand in another order than the sheet's loses that order, which tells only where several
    /// give one field together: what they say is then put into the first of them.
    private func inOrder(_ row: JSONObject) -> JSONObject {
        var byField: [(field: DatasetField, keys: [String])] = []
        for member in row.members where !member.value.isNull {
            guard let field = DatasetField(column: member.key), field.isCollected, field != .tags else {
                continue
            }
            if let index = byField.firstIndex(where: { $0.field == field }) {
                byField[index].keys.append(member.key)
            } else {
                byField.append((field, [member.key]))
            }
        }
        var ordered = row
        for (_, keys) in byField where keys.count > 1 {
            let order = keys.compactMap { places[$0]?.intValue }
            if order == order.sorted() { continue }
            var parts: [JSONValue] = []
            for key in keys {
                if let value = row[key] { parts += value.arrayValue ?? [value] }
                ordered[key] = nil
            }
            ordered[keys[0]] = .array(parts)
        }
        return ordered
    }

    /// The members that get columns of their own: those of an object whose names can be headers.
    static func parts(_ value: JSONValue) -> JSONObject? {
        guard let object = value.objectValue, !object.isEmpty else { return nil }
        // A header with a control character would not come back from a spreadsheet.
        let isFit = object.members.allSatisfy { member in
            !member.key.isEmpty && !member.key.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        }
        return isFit ? object : nil
    }

    /// Whether a name would be taken for something else as a header.
    static func needsGuard(_ key: String) -> Bool {
        if key.utf8.first == UInt8(ascii: "'") {
            return needsGuard(String(decoding: key.utf8.dropFirst(), as: UTF8.self))
        }
        return key.utf8.starts(with: "provenance.".utf8) || SheetCell.needsGuard(key)
    }

    /// The name that a header means, and the member of `provenance` where it means one.
    ///
    /// - Throws: What is wrong with a header that no name is written as.
    static func name(_ header: String) throws(SheetCell.Problem) -> (key: String, inner: String?) {
        if header.utf8.first == UInt8(ascii: "'") {
            let rest = String(decoding: header.utf8.dropFirst(), as: UTF8.self)
            if needsGuard(rest) { return (rest, nil) }
        }
        if header.utf8.starts(with: "provenance.".utf8), header.utf8.count > 11 {
            return ("provenance", String(decoding: header.utf8.dropFirst(11), as: UTF8.self))
        }
        if header.utf8.starts(with: "json:".utf8) {
            if case .string(let text)? = try SheetCell.value(header, .text) { return (text, nil) }
            throw SheetCell.Problem(cause: "the header is JSON, and no text")
        }
        return (header, nil)
    }
}
