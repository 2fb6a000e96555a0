/// Lines for a terminal: styles where they are wanted, columns by display width, nothing of a text's own
/// escapes.
struct TerminalText {
    enum Style { case plain, bold, dim, good, bad, unsure }

    let width: Int
    let colour: Bool
    private(set) var output = ""

    init(width: Int, colour: Bool) {
        self.width = min(200, max(80, width))
        self.colour = colour
    }

    mutating func blank() { output += "\n" }

    /// A line of styled pieces; what exceeds the width is wrapped under `indent`.
    mutating func paragraph(_ pieces: [(String, Style)], indent: Int = 2, hanging: Int? = nil) {
        let hanging = hanging ?? indent
        var line = String(repeating: " ", count: indent)
        var used = indent
        var isFresh = true
        for (text, style) in pieces {
            for word in words(text) {
                let size = DisplayWidth.of(word)
                let isSpace = word.utf8.allSatisfy { $0 == 0x20 }
                if isSpace, isFresh, used == hanging, hanging != indent { continue }
                if used + size > width, !isFresh {
                    output += trimmed(line) + "\n"
                    line = String(repeating: " ", count: hanging)
                    used = hanging
                    isFresh = true
                    if isSpace { continue }
                }
                for part in fitting(word, from: used) {
                    if used + DisplayWidth.of(part) > width {
                        output += trimmed(line) + "\n"
                        line = String(repeating: " ", count: hanging)
                        used = hanging
                    }
                    line += styled(part, style)
                    used += DisplayWidth.of(part)
                    isFresh = false
                }
            }
        }
        output += trimmed(line) + "\n"
    }

    /// A line as it is, already laid out.
    mutating func line(_ text: String) { output += trimmed(text) + "\n" }

    func styled(_ text: String, _ style: Style) -> String {
        // Space is left plain, so that a line end can be trimmed of it.
        guard colour, !text.utf8.allSatisfy({ $0 == 0x20 }) else { return text }
        let code: String
        switch style {
        case .plain: return text
        case .bold: code = "1"
        case .dim: code = "2"
        // Blue and orange tell apart for the colour-blind; the marks and words say it all without colour.
        case .good: code = "34"
        case .bad: code = "1;31"
        case .unsure: code = "33"
        }
        return "\u{1B}[" + code + "m" + text + "\u{1B}[0m"
    }

    /// Padded to so many columns, on the right or on the left.
    func padded(_ text: String, to columns: Int, right: Bool = false, style: Style = .plain) -> String {
        let space = String(repeating: " ", count: max(0, columns - DisplayWidth.of(text)))
        return right ? space + styled(text, style) : styled(text, style) + space
    }

    /// Lines of at most so many columns, broken between words where there are any.
    func wrapped(_ text: String, to columns: Int) -> [String] {
        let columns = max(8, columns)
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in words(text) {
            let size = DisplayWidth.of(word)
            if used + size <= columns {
                if word != " " || !line.isEmpty {
                    line += word
                    used += size
                }
                continue
            }
            if !line.isEmpty {
                lines.append(trimmed(line))
                line = ""
                used = 0
            }
            if word.utf8.allSatisfy({ $0 == 0x20 }) { continue }
            for piece in chopped(word, columns) {
                if !line.isEmpty { lines.append(line) }
                line = piece
                used = DisplayWidth.of(piece)
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(trimmed(line)) }
        return lines
    }

    private func fitting(_ word: String, from used: Int) -> [String] {
        DisplayWidth.of(word) + used <= width ? [word] : chopped(word, max(8, width - used))
    }

    private func chopped(_ word: String, _ columns: Int) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var used = 0
        for character in word {
            let size = DisplayWidth.of(character)
            if used + size > columns, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
                used = 0
            }
            piece.append(character)
            used += size
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }

    /// Words and the spaces between them, in order.
    private func words(_ text: String) -> [String] {
        var out: [String] = []
        var current = ""
        var inSpace = false
        for character in text {
            let isSpace = character == " "
            if isSpace != inSpace, !current.isEmpty {
                out.append(current)
                current = ""
            }
            inSpace = isSpace
            current.append(character)
        }
        if !current.isEmpty { out.append(current) }
        return out
    }

    private func trimmed(_ text: String) -> String {
        var view = Substring(text)
        while view.last == " " { view.removeLast() }
        return String(view)
    }
}
