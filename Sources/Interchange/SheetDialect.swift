import Notation

/// How a sheet was saved: its encoding, its line ends, its separator.
enum SheetDialect {
    /// What a file is that is no text, and what to do about it; nil for one that may be.
    static func binary(_ bytes: [UInt8]) -> (what: String, mend: String)? {
        let isSpreadsheet =
            bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
        if isSpreadsheet {
            return (
                "the file is a spreadsheet (.xlsx, .ods or .xls) and no text",
                "save its sheet as CSV: in Excel 'Save As', 'CSV UTF-8'; in LibreOffice 'Save As', 'Text CSV'"
            )
        }
        if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            return ("the file is compressed", "unpack it first")
        }
        return nil
    }

    /// The bytes as UTF-8 with LF or CRLF; nil where they claim to be UTF-16 and are not.
    static func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        var bytes = bytes
        let hasMark = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        if let isLittle = hasMark ? bytes[0] == 0xFF : isUnmarkedLittle(bytes) {
            guard bytes.count % 2 == 0 else { return nil }
            var units: [UInt16] = []
            units.reserveCapacity(bytes.count / 2)
            for index in stride(from: hasMark ? 2 : 0, to: bytes.count, by: 2) {
                let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                units.append(isLittle ? second << 8 | first : first << 8 | second)
            }
            guard let text = String(validating: units, as: UTF16.self) else { return nil }
            bytes = Array(text.utf8)
        }
        // Old spreadsheets of the Mac end lines with a carriage return alone.
        if !bytes.contains(0x0A), bytes.contains(0x0D) {
            for index in bytes.indices where bytes[index] == 0x0D { bytes[index] = 0x0A }
        }
        return bytes
    }

    /// Whether bytes without a mark are UTF-16, the little end first; nil where they are no UTF-16. Names of columns,
    /// separators and line ends are ASCII: every other byte of theirs is zero, which no byte of a UTF-8 text is.
    private static func isUnmarkedLittle(_ bytes: [UInt8]) -> Bool? {
        let head = bytes.prefix(4096)
        var zeros = (even: 0, odd: 0)
        for (index, byte) in head.enumerated() where byte == 0 {
            if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        guard max(zeros.even, zeros.odd) * 16 >= head.count, max(zeros.even, zeros.odd) > 1 else {
            return nil
        }
        if zeros.odd > 4 * zeros.even { return true }
        return zeros.even > 4 * zeros.odd ? false : nil
    }

    /// The table without Excel's line `sep=;`, what that says, and how many lines it took.
    static func body(_ bytes: [UInt8]) -> (table: [UInt8], separator: UInt8?, skipped: Int) {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let line = bytes[start...].prefix { $0 != 0x0A }
        let text = line.last == 0x0D ? line.dropLast() : line
        guard text.count == 5, text.starts(with: "sep=".utf8), let separator = text.last else {
            return (bytes, nil, 0)
        }
        return (Array(bytes[min(bytes.count, line.endIndex + 1)...]), separator, 1)
    }

    /// The separator that makes the first rows a table: most of them as wide as the header, and wide.
    static func separator(_ bytes: [UInt8]) -> UInt8 {
        var best: (separator: UInt8, fitting: Int, width: Int)?
        // Where a mistake leaves no separator that makes a table, the one that makes most of the header: what is then
        // told is the mistake.
        var broken: (separator: UInt8, width: Int)?
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09] {
            var width = 0
            var fitting = 0
            var seen = 0
            let isSound: Void? = try? CSVReader.forEachRow(bytes, separator: separator) { cells in
                if seen == 0 { width = cells.count }
                if cells.count == width { fitting += 1 }
                // A wider row than the header is no row of this table.
                if cells.count > width { fitting -= 2 }
                seen += 1
                return seen < 30
            }
            guard width > 1 else { continue }
            guard isSound != nil else {
                if width > broken?.width ?? 1 { broken = (separator, width) }
                continue
            }
            if let known = best, (known.fitting, known.width) >= (fitting, width) { continue }
            best = (separator, fitting, width)
        }
        return best?.separator ?? broken?.separator ?? UInt8(ascii: ",")
    }
}
