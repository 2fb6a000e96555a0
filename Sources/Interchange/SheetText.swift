/// Writes comma-separated values (RFC 4180) that spreadsheets of every locale open.
public struct SheetText: Sendable {
    public private(set) var bytes: [UInt8] = []
    private let separator: UInt8
    private let lineEnd: [UInt8]

    /// - Parameters:
    ///   - separator: `,` or `;` or a tab.
    ///   - forExcel: With a byte-order mark, without which Excel takes UTF-8 for another encoding, and CRLF.
    public init(separator: UInt8 = UInt8(ascii: ","), forExcel: Bool = false) {
        self.separator = separator
        lineEnd = forExcel ? [0x0D, 0x0A] : [0x0A]
        if forExcel { bytes = [0xEF, 0xBB, 0xBF] }
    }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    public mutating func row(_ cells: [String]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(separator) }
            // A line of one empty cell would be a blank line.
            put(cell, always: cells.count == 1 && cell.isEmpty)
        }
        bytes += lineEnd
    }

    /// Other separators are quoted as well: the file may be saved with one of them.
    private mutating func put(_ cell: String, always: Bool) {
        let needsQuotes =
            always
            || cell.utf8.contains { byte in
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, 0x0A, 0x0D, UInt8(ascii: "\""): true
                default: byte == separator
                }
            }
            || cell.utf8.first == 0x20 || cell.utf8.last == 0x20
        guard needsQuotes else {
            bytes.append(contentsOf: cell.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
