/// How text that we did not write is shown: what cannot be seen is made visible, what is too long is cut and
/// counted.
///
/// Escape sequences, bidirectional overrides, NUL, zero-width and tag characters come out as `\u{202E}`, so
/// that no answer can move a cursor, turn a line around or hide a word. Joiners that scripts and emoji need
/// stay as they are.
public enum VisibleText {
    /// Whether a scalar is shown as an escape. Line feed and tab are not: the face decides what a line is.
    ///
    /// C0 and C1 controls, bidirectional controls (UAX #9), other invisible format characters, tags,
    /// supplementary variation selectors, and noncharacters, which XML forbids in part.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x20...0x7E: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0xA0...0x34E: scalar.value == 0xAD
        case 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F: true
        case 0x2028...0x202E, 0x2060...0x206F: true
        case 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB, 0xFDD0...0xFDEF: true
        case 0xE0000...0xE0FFF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    /// Marks that may stack on one letter: no script's spelling needs more.
    static let markLimit = 8

    /// The text with stacks of combining marks cut to what a script may need, and what was cut told: a tower
    /// of marks would be drawn over other lines.
    public static func calmed(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var out = String.UnicodeScalarView()
        var marks = 0
        func tell() {
            if marks > markLimit { out.append(contentsOf: "[+\(marks - markLimit) marks]".unicodeScalars) }
            marks = 0
        }
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x300, isStacking(scalar) {
                marks += 1
                if marks <= markLimit { out.append(scalar) }
            } else {
                tell()
                out.append(scalar)
            }
        }
        tell()
        return String(out)
    }

    private static func isStacking(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    /// `\u{202E}`.
    public static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }

    /// The text with everything hidden made visible; lines and tabs stay, `\r\n` is a line end.
    public static func lines(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 }) { return text }
        var out = String.UnicodeScalarView()
        var heldReturn = false
        for scalar in calmed(text).unicodeScalars {
            if heldReturn {
                heldReturn = false
                if scalar != "\n" { out.append(contentsOf: escape("\r").unicodeScalars) }
            }
            if scalar == "\r" {
                heldReturn = true
            } else if isHidden(scalar) {
                out.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                out.append(scalar)
            }
        }
        if heldReturn { out.append(contentsOf: escape("\r").unicodeScalars) }
        return String(out)
    }

    /// One line: everything hidden made visible, runs of white space folded to one space.
    public static func line(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var pending = false
        for scalar in lines(text).unicodeScalars {
            if scalar == " " || scalar == "\n" || scalar == "\t" {
                pending = !out.isEmpty
            } else {
                if pending { out.append(" ") }
                pending = false
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// A text's beginning, and how many scalars were left off.
    ///
    /// Scalars and not characters: one character may hold a million combining marks. O(length).
    public static func cut(_ text: String, to limit: Int) -> (head: String, left: Int) {
        // A text has no more scalars than bytes.
        if text.utf8.count <= limit { return (text, 0) }
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return (text, 0) }
        return (String(scalars[..<end]), scalars.distance(from: end, to: scalars.endIndex))
    }

    /// One line of at most `limit` scalars, with `…` where it was cut.
    public static func excerpt(_ text: String, to limit: Int) -> String {
        // Twice and a bit: folding shortens, escapes lengthen, and a text of a megabyte need not be walked.
        let (near, left) = cut(text, to: limit * 4)
        let (head, more) = cut(line(near), to: limit)
        if more > 0 { return whole(head) + "…" }
        return left > 0 ? head + "…" : head
    }

    /// A text that was cut, without the beginning of an escape at its end: half of `\u{202E}` would name another
    /// scalar.
    private static func whole(_ head: String) -> String {
        // `\u{10FFFF}` is the longest there is.
        let tail = head.unicodeScalars.suffix(9)
        guard let slash = tail.lastIndex(of: "\\") else { return head }
        let rest = tail[slash...]
        let model: [Unicode.Scalar] = ["\\", "u", "{"]
        let isBegun = zip(rest, model).allSatisfy { $0 == $1 }
        guard isBegun, !rest.contains("}"), rest.dropFirst(3).allSatisfy(\.properties.isASCIIHexDigit) else {
            return head
        }
        return String(head.unicodeScalars[..<slash])
    }
}
