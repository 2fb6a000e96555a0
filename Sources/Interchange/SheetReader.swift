import Domain
import Notation

/// Reads a sheet of examples: comma-separated values, as spreadsheets of any locale save them, or JSON Lines.
///
/// Bytes are UTF-8 or UTF-16, with or without a byte-order mark; lines end with LF, CRLF or CR; cells are
/// separated by commas, semicolons or tabs, whichever gives a table, or by what Excel's line `sep=;` says.
public struct SheetReader: Sendable {
    /// A column of the sheet, and what it becomes.
    public struct Column: Sendable, Hashable {
        public enum Origin: Sendable, Hashable {
            /// The header is a name that is understood as it is, or a column of the user's own.
            case named
            /// The header was taken for a field that it spells in another way.
            case understood
            /// The user said so.
            case mapped
            /// The user said that it be left out.
            case dropped
        }

        public let header: String
        /// The member of the row that its cells become; empty where it is dropped.
        public let key: String
        /// The member of `provenance` that they become.
        public let inner: String?
        public let origin: Origin

        /// What the column means to Sluice.
        public var field: DatasetField? { inner == nil ? DatasetField(column: key) : nil }

        /// `provenance.owner`, or the key.
        public var target: String { inner.map { "provenance." + $0 } ?? key }
    }

    /// A row of the sheet: what its cells say, by the columns' members; a cell that says nothing gives none.
    public struct Row: Sendable {
        public let line: Int
        public let object: JSONObject
    }

    /// `question=input.query`: the sheet's column, and the field or column it becomes; `-` leaves it out.
    public struct Mapping: Sendable, Hashable {
        public let from: String
        public let to: String

        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }

        /// Reads `a=b`, or several with commas between; nil where one has no `=` or nothing on a side of it.
        public static func list(_ text: String) -> [Mapping]? {
            var found: [Mapping] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: true) {
                guard let equals = part.lastIndex(of: "=") else { return nil }
                let from = String(part[..<equals])
                let to = String(part[part.index(after: equals)...])
                if from.isEmpty || to.isEmpty { return nil }
                found.append(Mapping(from: from, to: to))
            }
            return found.isEmpty ? nil : found
        }
    }

    /// In the order of the sheet; of JSON Lines in the order of their first use.
    public private(set) var columns: [Column] = []
    public private(set) var problems: [DatasetProblem] = []
    /// Cells as long as the longest that spreadsheets keep: they were probably cut.
    public private(set) var cutCells = 0

    private let name: String
    private let map: [Mapping]
    private var used: Set<Int> = []
    private static let maximumColumns = 10_000
    private static let maximumProblems = 1000

    private init(name: String, map: [Mapping]) {
        self.name = name
        self.map = map
    }

    /// What a file is that is no text at all, such as a spreadsheet, and what to do; nil for one that may be.
    public static func binary(_ bytes: [UInt8]) -> (what: String, mend: String)? {
        SheetDialect.binary(bytes)
    }

    /// - Parameters:
    ///   - name: How messages call the file.
    ///   - each: Handed each row in the order of the sheet.
    /// - Returns: What was found out on the way; where `problems` has errors, not all was read.
    public static func read(
        _ bytes: [UInt8], name: String, map: [Mapping] = [], separator: UInt8? = nil,
        _ each: (Row) -> Void
    ) -> SheetReader {
        var reader = SheetReader(name: name, map: map)
        if let (what, mend) = SheetDialect.binary(bytes) {
            reader.tell(1, 0, what, mend: mend)
            return reader
        }
        guard let text = SheetDialect.utf8(bytes) else {
            reader.tell(1, 0, "the file is no valid UTF-16", mend: "save it as CSV UTF-8")
            return reader
        }
        switch text.first(where: { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }) {
        case UInt8(ascii: "{")?: reader.readLines(text, each)
        case nil: reader.tell(1, 0, "the file is empty", mend: "its first line names the columns")
        default: reader.readTable(text, separator, each)
        }
        for index in map.indices where !reader.used.contains(index) && reader.problems.isEmpty {
            let known = reader.columns.map(\.header).prefix(12).joined(separator: ", ")
            reader.tell(
                1, 0, "--map names a column '\(shortened(map[index].from))' that the file does not have",
                mend: "it has \(known)")
        }
        return reader
    }

    // MARK: Tables

    private mutating func readTable(_ text: [UInt8], _ given: UInt8?, _ each: (Row) -> Void) {
        let (table, said, skipped) = SheetDialect.body(text)
        let separator = given ?? said ?? SheetDialect.separator(table)
        var isHead = true
        var reader = self
        do throws(CSVError) {
            try CSVReader.forEachRow(table, separator: separator) { cells in
                if isHead {
                    isHead = false
                    reader.takeHead(cells)
                    return reader.problems.isEmpty
                }
                if let row = reader.row(cells, skipped) { each(row) }
                return reader.problems.count < SheetReader.maximumProblems
            }
        } catch {
            reader.tell(error.line + skipped, error.column, error.cause, mend: error.mend)
        }
        self = reader
        if isHead, problems.isEmpty {
            tell(1, 0, "the file is empty", mend: "its first line names the columns")
        }
    }

    private mutating func takeHead(_ cells: [CSVCell]) {
        guard cells.count <= SheetReader.maximumColumns else {
            return tell(
                1, 0, "the file has \(cells.count) columns", mend: "it is probably no sheet of examples")
        }
        for cell in cells { add(cell.text, line: cell.line, column: cell.column) }
        // A name that was found for one header may be another's own.
        for index in columns.indices where columns[index].origin == .understood {
            let own = columns[index]
            let isTaken = columns.indices.contains { other in
                other != index && isSame(columns[other].target, own.target)
                    && (columns[other].origin != .understood || other < index)
            }
            if isTaken {
                columns[index] = Column(header: own.header, key: own.header, inner: nil, origin: .named)
            }
        }
        for (index, column) in columns.enumerated() where column.origin != .dropped && !column.key.isEmpty {
            let first = columns[..<index].first {
                $0.origin != .dropped && isSame($0.key, column.key)
                    && isSame($0.inner ?? "", column.inner ?? "")
            }
            guard let first else { continue }
            let same = isSame(first.header, column.header)
            tell(
                cells[index].line, cells[index].column,
                same
                    ? "two columns are called '\(shortened(column.header))'"
                    : "'\(shortened(first.header))' and '\(shortened(column.header))' both become "
                        + "'\(shortened(column.target))'",
                mend: "rename one, or leave it out with --map '\(shortened(column.header))=-'")
        }
    }

    private mutating func add(_ header: String, line: Int, column: Int) {
        if let index = map.firstIndex(where: { isSame($0.from, header) }) {
            used.insert(index)
            var target = map[index].to
            if target == "-" {
                columns.append(Column(header: header, key: "", inner: nil, origin: .dropped))
                return
            }
            if target.hasPrefix("input.") { target = String(target.dropFirst(6)) }
            let inner = target.hasPrefix("provenance.") ? String(target.dropFirst(11)) : nil
            columns.append(
                Column(
                    header: header, key: inner == nil ? target : "provenance", inner: inner, origin: .mapped))
            return
        }
        do throws(SheetCell.Problem) {
            let (key, inner) = try SheetColumns.name(header)
            let normal = DatasetField.normalised(key)
            if inner == nil, normal != key, DatasetField(exactly: normal) != nil {
                columns.append(Column(header: header, key: normal, inner: nil, origin: .understood))
            } else {
                columns.append(Column(header: header, key: key, inner: inner, origin: .named))
            }
        } catch {
            tell(line, column, error.cause, mend: "write the column's name")
        }
    }

    private mutating func row(_ cells: [CSVCell], _ skipped: Int) -> Row? {
        guard let first = cells.first else { return nil }
        let line = first.line + skipped
        var object = JSONObject()
        var provenance = JSONObject()
        var isSound = true
        for (index, cell) in cells.enumerated() where !cell.text.isEmpty {
            guard index < columns.count else {
                tell(
                    cell.line + skipped, cell.column,
                    "the row has more cells than the first line has names",
                    mend: "put cells with the separator in quotes, or name the column")
                return nil
            }
            let column = columns[index]
            if column.origin == .dropped { continue }
            if column.header.isEmpty {
                tell(
                    cell.line + skipped, cell.column, "column \(index + 1) has no name",
                    mend: "name it in the first line")
                return nil
            }
            if cell.text.utf8.count >= SheetCell.longest, cell.text.utf16.count == SheetCell.longest {
                cutCells += 1
            }
            let kind = column.inner == nil ? SheetCell.Kind(column.field) : .any
            do throws(SheetCell.Problem) {
                guard let value = try SheetCell.value(cell.text, kind) else { continue }
                if let inner = column.inner { provenance[inner] = value } else { object[column.key] = value }
            } catch {
                tell(cell.line + skipped, cell.column, error.cause, mend: "mend the cell")
                isSound = false
            }
        }
        guard isSound else { return nil }
        if !provenance.isEmpty {
            // A text alone is the source.
            switch object["provenance"] {
            case .object(let whole)?:
                var both = whole
                for member in provenance.members { both[member.key] = member.value }
                provenance = both
            case .string(let source)? where provenance["source"] == nil:
                provenance["source"] = .string(source)
            default: break
            }
            object["provenance"] = .object(provenance)
        }
        return object.isEmpty ? nil : Row(line: line, object: object)
    }

    // MARK: JSON Lines

    private mutating func readLines(_ text: [UInt8], _ each: (Row) -> Void) {
        var cutter = LineCutter(limit: 16 << 20)
        var reader = self
        var known = JSONObject()
        func take(_ piece: LineCutter.Piece) {
            guard reader.problems.count < SheetReader.maximumProblems else { return }
            switch piece {
            case .tooLong(let line):
                reader.tell(line, 0, "the line is longer than 16 MiB", mend: "one row holds one example")
            case .line(let line, _, let bytes):
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
                if let object = reader.object(line, bytes, &known) { each(Row(line: line, object: object)) }
            }
        }
        text.withUnsafeBufferPointer { cutter.feed($0, take) }
        cutter.finish(take)
        self = reader
    }

    private mutating func object(
        _ line: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ known: inout JSONObject
    ) -> JSONObject? {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes, limits: .strict) } catch {
            let mend =
                switch error.reason {
                case .longNumber: "write it as a text, in quotes"
                case .repeatedKey: "keep one of the two"
                default: "mend the JSON of this line"
                }
            tell(line, error.mark.column, error.cause, mend: mend)
            return nil
        }
        guard let row = value.objectValue else {
            tell(line, 1, "the row is \(withArticle(value.typeName)); a row is an object", mend: "write {…}")
            return nil
        }
        var object = JSONObject()
        var provenance = row["provenance"]?.objectValue
        for member in row.members {
            if known[member.key] == nil, columns.count < SheetReader.maximumColumns {
                known[member.key] = .integer(Int64(columns.count))
                addMember(member.key)
            }
            guard let place = known[member.key]?.intValue else { continue }
            let column = columns[place]
            if column.origin == .dropped { continue }
            if let inner = column.inner {
                if provenance == nil { provenance = JSONObject() }
                provenance?[inner] = member.value
            } else if column.origin == .mapped, object[column.key] != nil {
                tell(
                    line, 1, "two members of the row become '\(shortened(column.key))'",
                    mend: "leave one out with --map NAME=-")
                return nil
            } else {
                object[column.key] = member.value
            }
        }
        if let provenance, !provenance.isEmpty || row["provenance"] != nil {
            object["provenance"] = .object(provenance)
        }
        return object
    }

    /// A name of JSON is what it is; only a mapping makes another of it.
    private mutating func addMember(_ key: String) {
        if map.contains(where: { isSame($0.from, key) }) { return add(key, line: 1, column: 1) }
        columns.append(Column(header: key, key: key, inner: nil, origin: .named))
    }

    // MARK: Problems

    private mutating func tell(_ line: Int, _ column: Int, _ cause: String, mend: String) {
        problems.append(
            DatasetProblem(at: SourcePlace(file: name, line: line, column: column), cause, mend: mend))
    }
}

private func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
