import Domain
import Notation

/// Reads a table of releases from CSV or JSON Lines, whichever the file is.
///
/// A row is a release. One column names it: `release`, `version` or `name`; one may date it: `date` or `released_at`,
/// as 2026-03-01 or with a time behind. In JSON Lines, objects within a row give columns with a dot:
/// `{"release": "v7", "offline": {"recall": 0.91}}` has the column `offline.recall`.
public enum ReleaseTableReader {
    /// Rows at most; a release a row leaves far more room than anyone fills.
    public static let maximumRows = 10_000
    /// Columns at most.
    public static let maximumColumns = 1_000

    /// - Returns: The table, nil where nothing of it can be used; and everything that is wrong. Any error among the
    ///   problems means that the table must not be used.
    public static func read(
        file: String, bytes: [UInt8]
    ) -> (table: ReleaseTable?, problems: [DatasetProblem]) {
        var builder = ReleaseTableBuilder(file: file)
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = bytes[start...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            readLines(bytes, &builder)
        } else {
            readCSV(bytes, &builder)
        }
        return builder.finish()
    }

    private static func readCSV(_ bytes: [UInt8], _ builder: inout ReleaseTableBuilder) {
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            builder.add(error.line, error.column, error.cause, error.mend)
            return
        }
        guard let header = rows.first else { return }
        var names: [String] = []
        for cell in header {
            let name = trimmed(cell.text)
            if name.isEmpty {
                builder.add(cell.line, cell.column, "a column has no name", "name every column of the header")
            } else if names.contains(name) {
                builder.add(
                    cell.line, cell.column, "two columns are named '\(shortened(name, limit: 40))'",
                    "give each column a name of its own")
            }
            names.append(name)
        }
        builder.declare(names, line: header[0].line)
        for row in rows.dropFirst() {
            guard row.count == names.count else {
                let last = row[row.count - 1]
                let place = row.count > names.count ? row[names.count] : last
                builder.add(
                    place.line, place.column,
                    "the row has \(counted(row.count, "cell")) and the header \(counted(names.count, "column"))",
                    row.count > names.count
                        ? "put a cell that holds a comma in quotes"
                        : "leave missing cells empty, with their commas")
                continue
            }
            var cells: [(String, ReleaseTable.Cell)] = []
            for (name, cell) in zip(names, row) {
                cells.append(
                    (name, ReleaseTable.Cell(content: .text(cell.text), line: cell.line, column: cell.column))
                )
            }
            builder.take(cells, line: row[0].line)
        }
    }

    private static func counted(_ count: Int, _ word: String) -> String {
        "\(count) \(word)\(count == 1 ? "" : "s")"
    }

    private static func readLines(_ bytes: [UInt8], _ builder: inout ReleaseTableBuilder) {
        var splitter = JSONLineSplitter(maximumLineBytes: 1 << 20)
        func take(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) {
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue.parse(line) } catch {
                builder.add(number, error.mark.column, error.cause, "write a row a line, as a JSON object")
                return
            }
            guard case .object(let object) = value else {
                builder.add(
                    number, 1, "the row is \(withArticle(value.typeName)); a row is an object",
                    "write {\"release\": \"…\", …}, a row a line")
                return
            }
            var cells: [(String, ReleaseTable.Cell)] = []
            for member in object.members {
                flatten(member.key, member.value, number, RowLocator.column(of: member.key, in: line), &cells)
            }
            builder.take(cells, line: number)
        }
        do {
            try splitter.feed(bytes, take)
            try splitter.finish(take)
        } catch {
            builder.add(splitter.lines + 1, 1, "the line is longer than 1 MiB", "write a row a line")
        }
    }

    private static func flatten(
        _ name: String, _ value: JSONValue, _ line: Int, _ column: Int,
        _ cells: inout [(String, ReleaseTable.Cell)]
    ) {
        let content: ReleaseTable.Cell.Content
        switch value {
        case .object(let object):
            for member in object.members {
                flatten(name + "." + member.key, member.value, line, column, &cells)
            }
            return
        case .null: content = .missing
        case .integer(let number): content = .number(Double(number))
        case .number(let number): content = .number(number)
        case .string(let text): content = .text(text)
        case .bool, .array: content = .other(withArticle(value.typeName))
        }
        cells.append((name, ReleaseTable.Cell(content: content, line: line, column: column)))
    }
}
