import Domain
import Notation

/// A table with a row a release: its name, where given its date, and columns of numbers.
///
/// Rows stand from the oldest release to the newest: by date where there is a date column, else as in the file.
public struct ReleaseTable: Sendable {
    /// Names of the releases, in order.
    public let releases: [String]
    /// Dates as written, in order; nil where there is no date column.
    public let dates: [String]?
    /// Names of the columns besides release and date, in the order of the file.
    public let columns: [String]
    let file: String
    private let cells: [String: [Cell]]

    /// What stands in a cell, and where.
    struct Cell: Sendable {
        enum Content: Sendable {
            case missing
            case number(Double)
            case text(String)
            /// What a JSON value is that is neither number, text nor null.
            case other(String)
        }

        let content: Content
        let line: Int
        let column: Int
    }

    init(
        file: String, releases: [String], dates: [String]?, columns: [String], cells: [String: [Cell]]
    ) {
        self.file = file
        self.releases = releases
        self.dates = dates
        self.columns = columns
        self.cells = cells
    }

    /// A column's numbers, one a release, nil where the cell is empty, `NA`, `NaN`, `null` or `-`; and a problem for
    /// each cell that is something else.
    public func numbers(_ column: String) -> (values: [Double?], problems: [DatasetProblem]) {
        var values: [Double?] = []
        var problems: [DatasetProblem] = []
        for cell in cells[column] ?? [] {
            switch cell.content {
            case .missing: values.append(nil)
            case .number(let value): values.append(value)
            case .text(let text):
                if Self.isMissing(text) {
                    values.append(nil)
                } else if let value = Self.number(text) {
                    values.append(value)
                } else {
                    values.append(nil)
                    problems.append(refusal(cell, column, "'\(shortened(text, limit: 40))'", Self.mend(text)))
                }
            case .other(let kind):
                values.append(nil)
                problems.append(refusal(cell, column, kind, "write a number, or null where there is none"))
            }
        }
        return (values, problems)
    }

    private func refusal(_ cell: Cell, _ column: String, _ found: String, _ mend: String) -> DatasetProblem {
        DatasetProblem(
            at: SourcePlace(file: file, line: cell.line, column: cell.column),
            "column '\(shortened(column, limit: 40))' holds \(found), which is no number", mend: mend)
    }

    private static func isMissing(_ text: String) -> Bool {
        ["", "na", "n/a", "nan", "null", "none", "-", "–"].contains(trimmed(text).lowercased())
    }

    private static func number(_ text: String) -> Double? {
        let text = trimmed(text)
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isPlain, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private static func mend(_ text: String) -> String {
        let text = trimmed(text)
        if text.hasSuffix("%") { return "write a share such as 0.91, without a percent sign" }
        if text.utf8.contains(UInt8(ascii: ",")) { return "write a decimal point, and no mark for thousands" }
        return "write a number, or leave the cell empty"
    }
}

/// A text without spaces and tabs at its ends.
func trimmed(_ text: String) -> String {
    var view = text[...].unicodeScalars
    while let first = view.first, first == " " || first == "\t" { view.removeFirst() }
    while let last = view.last, last == " " || last == "\t" { view.removeLast() }
    return String(view)
}
