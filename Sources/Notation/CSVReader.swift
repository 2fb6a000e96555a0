/// Why a text is no table of comma-separated values: place, cause, mend.
public struct CSVError: Error, Sendable, Hashable {
    /// Counted from 1.
    public let line: Int
    /// In bytes, from 1.
    public let column: Int
    public let cause: String
    public let mend: String
}

/// One cell of a table, and where it begins.
public struct CSVCell: Sendable, Hashable {
    public let text: String
    public let line: Int
    public let column: Int
    /// Whether it stood in quotes: an empty one is then a text, not a missing one.
    public let isQuoted: Bool
}

/// Reads comma-separated values (RFC 4180), each cell with its place.
///
/// Cells may stand in double quotes, hold doubled quotes and line ends; lines end with LF or CRLF; a byte-order mark
/// and blank lines are passed over. Where the first line has no comma outside quotes, a semicolon or a tab separates,
/// whichever it has.
public enum CSVReader {
    /// What separates the cells: a comma, or a semicolon or tab as told above.
    public static func separator(of bytes: [UInt8]) -> UInt8 { Parser(bytes).separator }

    /// All rows, the header among them; rows may differ in length.
    ///
    /// - Throws: `CSVError` at the first place that leaves no way to go on: a quote that is not closed or stands
    ///   within a cell, bytes that are no UTF-8.
    /// - Complexity: O(bytes).
    public static func rows(_ bytes: [UInt8]) throws(CSVError) -> [[CSVCell]] {
        var rows: [[CSVCell]] = []
        try forEachRow(bytes) { row in
            rows.append(row)
            return true
        }
        return rows
    }

    /// Hands on the rows one by one, the header first, until `body` returns false; memory holds one.
    ///
    /// - Parameter separator: What stands between cells, where it is known.
    /// - Throws: As `rows(_:)`, when the place is come to.
    public static func forEachRow(
        _ bytes: [UInt8], separator: UInt8? = nil, _ body: ([CSVCell]) -> Bool
    ) throws(CSVError) {
        var parser = Parser(bytes, separator)
        while let row = try parser.next() { if !body(row) { return } }
    }

    private struct Parser {
        private let bytes: [UInt8]
        let separator: UInt8
        private var position: Int
        private var line = 1
        private var lineStart: Int

        init(_ bytes: [UInt8], _ given: UInt8? = nil) {
            self.bytes = bytes
            position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            lineStart = position
            separator = given ?? Self.separator(bytes[position...])
        }

        private static func separator(_ bytes: ArraySlice<UInt8>) -> UInt8 {
            var isQuoted = false
            var semicolons = 0
            var tabs = 0
            for byte in bytes {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if isQuoted { continue }
                switch byte {
                case UInt8(ascii: ","): return byte
                case UInt8(ascii: ";"): semicolons += 1
                case UInt8(ascii: "\t"): tabs += 1
                case 0x0A:
                    if semicolons + tabs > 0 {
                        return semicolons >= tabs ? UInt8(ascii: ";") : UInt8(ascii: "\t")
                    }
                default: break
                }
            }
            if semicolons + tabs == 0 { return UInt8(ascii: ",") }
            return semicolons >= tabs ? UInt8(ascii: ";") : UInt8(ascii: "\t")
        }

        /// The next row; nil at the end.
        mutating func next() throws(CSVError) -> [CSVCell]? {
            while position < bytes.count {
                if endLine() { continue }
                var row = [try cell()]
                while position < bytes.count, bytes[position] == separator {
                    position += 1
                    row.append(try cell())
                }
                _ = endLine()
                let isBlank =
                    row.count == 1 && !row[0].isQuoted
                    && row[0].text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
                if !isBlank { return row }
            }
            return nil
        }

        /// Passes over a line end, where one stands here.
        private mutating func endLine() -> Bool {
            guard position < bytes.count else { return false }
            if bytes[position] == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A {
                position += 1
            }
            guard bytes[position] == 0x0A else { return false }
            position += 1
            line += 1
            lineStart = position
            return true
        }

        private mutating func cell() throws(CSVError) -> CSVCell {
            let (startLine, startColumn) = (line, position - lineStart + 1)
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                return try quoted(startLine, startColumn)
            }
            let start = position
            while position < bytes.count {
                let byte = bytes[position]
                if byte == separator || byte == 0x0A { break }
                if byte == 0x0D, position + 1 == bytes.count || bytes[position + 1] == 0x0A { break }
                if byte == UInt8(ascii: "\"") {
                    throw CSVError(
                        line: line, column: position - lineStart + 1,
                        cause: "a quote stands within a cell that does not begin with one",
                        mend: "put the whole cell in quotes, and double the quotes within it")
                }
                position += 1
            }
            let text = try text(bytes[start..<position], startLine, startColumn)
            // A carriage return at the very end of the file.
            if position + 1 == bytes.count, bytes[position] == 0x0D { position += 1 }
            return CSVCell(text: text, line: startLine, column: startColumn, isQuoted: false)
        }

        private mutating func quoted(_ startLine: Int, _ startColumn: Int) throws(CSVError) -> CSVCell {
            position += 1
            var content: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == 0x0A {
                    line += 1
                    lineStart = position
                }
                guard byte == UInt8(ascii: "\"") else {
                    content.append(byte)
                    continue
                }
                if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                    content.append(byte)
                    position += 1
                    continue
                }
                let isEnd =
                    position == bytes.count || bytes[position] == separator || bytes[position] == 0x0A
                    || bytes[position] == 0x0D
                guard isEnd else {
                    throw CSVError(
                        line: line, column: position - lineStart + 1,
                        cause: "text follows the quote that closes a cell",
                        mend: "double the quotes within the cell")
                }
                if position + 1 == bytes.count, bytes[position] == 0x0D { position += 1 }
                return CSVCell(
                    text: try text(content[...], startLine, startColumn), line: startLine,
                    column: startColumn, isQuoted: true)
            }
            throw CSVError(
                line: startLine, column: startColumn, cause: "a cell's quote is never closed",
                mend: "close it, or double the quotes within the cell")
        }

        private func text(
            _ bytes: ArraySlice<UInt8>, _ line: Int, _ column: Int
        ) throws(CSVError) -> String {
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            throw CSVError(
                line: line, column: column, cause: "the cell is no valid UTF-8",
                mend: "save the file as UTF-8")
        }
    }
}
