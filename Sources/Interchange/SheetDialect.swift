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
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        if isLittle || bytes.starts(with: [0xFE, 0xFF]) {
            guard bytes.count % 2 == 0 else { return nil }
            var units: [UInt16] = []
            units.reserveCapacity(bytes.count / 2)
            for index in stride(from: 2, to: bytes.count, by: 2) {
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
            guard isSound != nil, width > 1 else { continue }
            if let known = best, (known.fitting, known.width) >= (fitting, width) { continue }
            best = (separator, fitting, width)
        }
        return best?.separator ?? UInt8(ascii: ",")
    }
}
