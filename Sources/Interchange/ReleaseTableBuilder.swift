import Domain

/// Gathers rows of a table of releases, and what is wrong with them.
struct ReleaseTableBuilder {
    private let file: String
    private var problems: [DatasetProblem] = []
    private var columns: [String] = []
    private var known: Set<String> = []
    private var rows: [Row] = []
    private var firstLines: [String: Int] = [:]
    private var toldTooMany = false

    private struct Row {
        let line: Int
        let release: String
        let date: ReleaseTable.Cell?
        let cells: [String: ReleaseTable.Cell]
    }

    private static let releaseNames = ["release", "version", "name"]
    private static let dateNames = ["date", "released_at", "released"]

    init(file: String) { self.file = file }

    mutating func add(_ line: Int, _ column: Int, _ cause: String, _ mend: String) {
        guard problems.count < 100 else { return }
        problems.append(
            DatasetProblem(at: SourcePlace(file: file, line: line, column: column), cause, mend: mend))
    }

    /// The columns of a header, so that they keep its order.
    mutating func declare(_ names: [String], line: Int) {
        for name in names { note(name, line: line) }
        if !names.contains(where: { Self.isOne($0, of: Self.releaseNames) }) {
            add(line, 1, "no column names the release", "name one 'release'")
        }
    }

    private mutating func note(_ name: String, line: Int) {
        if name.isEmpty || !known.insert(name).inserted { return }
        guard columns.count < ReleaseTableReader.maximumColumns else {
            if !toldTooMany {
                add(line, 1, "there are over \(ReleaseTableReader.maximumColumns) columns", "drop some")
            }
            toldTooMany = true
            return
        }
        columns.append(name)
    }

    mutating func take(_ cells: [(String, ReleaseTable.Cell)], line: Int) {
        guard rows.count < ReleaseTableReader.maximumRows else {
            if !toldTooMany {
                add(line, 1, "there are over \(ReleaseTableReader.maximumRows) rows", "drop some")
            }
            toldTooMany = true
            return
        }
        var release: (name: String, cell: ReleaseTable.Cell)?
        var date: ReleaseTable.Cell?
        var kept: [String: ReleaseTable.Cell] = [:]
        for (name, cell) in cells {
            note(name, line: line)
            if release == nil, Self.isOne(name, of: Self.releaseNames) {
                release = (Self.text(cell), cell)
            } else if date == nil, Self.isOne(name, of: Self.dateNames) {
                date = cell
            } else {
                kept[name] = cell
            }
        }
        guard let release, !release.name.isEmpty else {
            add(line, release?.cell.column ?? 1, "the row does not name its release", "give it a 'release'")
            return
        }
        if let first = firstLines[release.name] {
            add(
                line, release.cell.column,
                "release '\(shortened(release.name, limit: 40))' is also that of line \(first)",
                "keep one row a release")
            return
        }
        firstLines[release.name] = line
        rows.append(Row(line: line, release: release.name, date: date, cells: kept))
    }

    /// The table in the order of its releases.
    mutating func finish() -> (table: ReleaseTable?, problems: [DatasetProblem]) {
        if rows.isEmpty, problems.isEmpty {
            add(
                0, 0, "the file holds no release",
                "write a header and a row a release, or a JSON object a line")
        }
        var ordered = rows
        var dates: [String]?
        if rows.contains(where: { $0.date != nil }) {
            var keys: [(key: String, row: Row)] = []
            for row in rows {
                let text = row.date.map(Self.text) ?? ""
                if let key = Self.dateKey(text) {
                    keys.append((key, row))
                } else {
                    add(
                        row.line, row.date?.column ?? 1,
                        text.isEmpty
                            ? "the release has no date, and others have"
                            : "'\(shortened(text, limit: 40))' is no date",
                        "write it as 2026-03-01, in every row or in none")
                }
            }
            // Releases of one day keep the order of the file.
            ordered = keys.enumerated().sorted { left, right in
                (left.element.key, left.offset) < (right.element.key, right.offset)
            }.map(\.element.row)
            dates = ordered.map { $0.date.map(Self.text) ?? "" }
        }
        let own = columns.filter { name in
            !Self.isOne(name, of: Self.releaseNames) && !Self.isOne(name, of: Self.dateNames)
                || ordered.contains { $0.cells[name] != nil }
        }
        var cells: [String: [ReleaseTable.Cell]] = [:]
        for name in own {
            cells[name] = ordered.map {
                $0.cells[name] ?? ReleaseTable.Cell(content: .missing, line: $0.line, column: 1)
            }
        }
        guard !ordered.isEmpty else { return (nil, problems) }
        let table = ReleaseTable(
            file: file, releases: ordered.map(\.release), dates: dates, columns: own, cells: cells)
        return (table, problems)
    }

    private static func isOne(_ name: String, of names: [String]) -> Bool {
        names.contains(name.lowercased())
    }

    private static func text(_ cell: ReleaseTable.Cell) -> String {
        switch cell.content {
        case .text(let text): trimmed(text)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .missing, .other: ""
        }
    }

    /// A text that sorts as its date does, or nil: 2026-03-01, or with a time behind it.
    private static func dateKey(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
            return nil
        }
        for index in [0, 1, 2, 3, 5, 6, 8, 9] where !(0x30...0x39).contains(bytes[index]) { return nil }
        func number(_ from: Int) -> Int { Int(bytes[from] - 0x30) * 10 + Int(bytes[from + 1] - 0x30) }
        guard (1...12).contains(number(5)), (1...31).contains(number(8)) else { return nil }
        guard bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else {
            return nil
        }
        return text
    }
}
