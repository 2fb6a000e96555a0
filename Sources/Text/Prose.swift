/// Parts of sentences that every message needs.
public enum Prose {
    /// `1 example`, `1,200 examples`; `many` where it is more than an s away.
    public static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        Numbers.grouped(count) + " " + (count == 1 ? one : many ?? one + "s")
    }

    /// A text from outside as one line of at most so many scalars: white space as one blank, what does not show as `?`.
    public static func line(_ text: String, most: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var length = 0
        var isSpace = true
        for scalar in text.unicodeScalars {
            if length >= most {
                scalars.append("…")
                break
            }
            if scalar.properties.isWhitespace {
                if !isSpace {
                    scalars.append(" ")
                    length += 1
                }
                isSpace = true
                continue
            }
            isSpace = false
            length += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                scalars.append("?")
            default: scalars.append(scalar)
            }
        }
        if scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    /// `a`, `a and b`, `a, b and c`.
    public static func listed(_ parts: [String]) -> String {
        guard let last = parts.last else { return "" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
