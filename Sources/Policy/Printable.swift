/// User text made safe to print: on a terminal, in a log, in a message.
enum Printable {
    /// One scalar as it is shown, and how many terminal columns that takes.
    static func cell(_ scalar: Unicode.Scalar) -> (text: String, columns: Int) {
        if scalar.isASCII, scalar.value >= 0x20, scalar.value != 0x7F { return (String(scalar), 1) }
        if scalar == "\t" { return ("\\t", 2) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            let text = "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            return (text, text.utf8.count)
        case .nonspacingMark, .enclosingMark:
            return (String(scalar), 0)
        default:
            return (String(scalar), isWide(scalar) ? 2 : 1)
        }
    }

    /// The text with everything invisible written as an escape, cut after `limit` scalars.
    static func text(_ text: String, limit: Int = 200) -> String {
        var out = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == limit { return out + "…" }
            out += cell(scalar).text
        }
        return out
    }

    /// In single quotes, as messages name what the user wrote.
    static func quoted(_ text: String) -> String { "'" + Self.text(text, limit: 60) + "'" }

    /// Unicode's East Asian Wide and Fullwidth ranges, coarsely (UAX #11): enough to place a caret.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
