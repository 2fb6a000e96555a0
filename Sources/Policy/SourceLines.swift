import Domain
import Notation

/// A file's text by lines, for excerpts and for places inside a scalar.
///
/// Lines end where YAML 1.1 ends them: LF, CR, CR LF, NEL, LS, PS; so line numbers are those of the YAML
/// reader.
struct SourceLines: Sendable {
    let path: String
    private let scalars: [Unicode.Scalar]
    /// Where each line begins in `scalars`; one more entry ends the last line.
    private let starts: [Int]

    init(path: String, text: String) {
        self.path = path
        scalars = Array(text.unicodeScalars)
        var starts = [0]
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard Self.isBreak(scalar) else { continue }
            if scalar == "\r", index < scalars.count, scalars[index] == "\n" { index += 1 }
            starts.append(index)
        }
        self.starts = starts
    }

    func place(_ mark: SourceMark) -> SourcePlace {
        SourcePlace(file: path, line: mark.line, column: mark.column)
    }

    /// The line of a mark with `width` scalars underlined, cut to a readable window.
    func excerpt(_ mark: SourceMark, width: Int) -> Diagnostic.Excerpt? {
        guard mark.line >= 1, mark.line <= starts.count, mark.column >= 1 else { return nil }
        let start = starts[mark.line - 1]
        var end = mark.line < starts.count ? starts[mark.line] : scalars.count
        while end > start, Self.isBreak(scalars[end - 1]) { end -= 1 }
        let caret = min(start + mark.column - 1, end)
        let isShort = end - start <= 2 * Self.window
        let first = isShort || caret - start <= Self.window ? start : caret - Self.window / 2
        let last = min(end, max(caret + 1, first + 2 * Self.window))
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[first..<min(last, end)])
        return Diagnostic.Excerpt(
            text: String(text), offset: caret - first, width: max(1, min(width, last - caret)),
            cutBefore: first > start, cutAfter: last < end)
    }

    private static let window = 60

    /// The scalar that stands at a mark.
    func scalar(at mark: SourceMark) -> Unicode.Scalar? {
        guard mark.line >= 1, mark.line <= starts.count, mark.column >= 1 else { return nil }
        let index = starts[mark.line - 1] + mark.column - 1
        return index < scalars.count ? scalars[index] : nil
    }

    /// How many scalars the word at a mark has, at least 1: what to underline where only a place is known.
    func wordWidth(at mark: SourceMark) -> Int {
        guard mark.line >= 1, mark.line <= starts.count, mark.column >= 1 else { return 1 }
        var index = starts[mark.line - 1] + mark.column - 1
        var width = 0
        while index < scalars.count, !Self.isBreak(scalars[index]), !Self.endsWord(scalars[index]) {
            index += 1
            width += 1
        }
        return max(1, width)
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", ":", ",", "[", "]", "{", "}", "#": true
        default: false
        }
    }

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// The place of every scalar of a scalar node's text, and one more for its end.
    ///
    /// Quotes, escapes and folded lines are followed in the source; where text and source part (an alias, a
    /// block scalar's folding), the rest stands at the last place known.
    func places(of node: YAMLNode) -> [SourceMark] {
        guard case .scalar(let text, _) = node.content else { return [node.start] }
        var walker = Walker(lines: self, mark: node.start)
        return walker.follow(text)
    }

    /// Walks source and text side by side.
    private struct Walker {
        let lines: SourceLines
        var position: Int
        var mark: SourceMark
        let style: Unicode.Scalar?

        init(lines: SourceLines, mark: SourceMark) {
            self.lines = lines
            self.mark = mark
            let inRange = mark.line >= 1 && mark.line <= lines.starts.count
            position = inRange ? lines.starts[mark.line - 1] + mark.column - 1 : lines.scalars.count
            let first = position < lines.scalars.count ? lines.scalars[position] : nil
            switch first {
            case "\"", "'": style = first
            case "|", ">": style = first
            default: style = nil
            }
            if style == "\"" || style == "'" { step() }
            if style == "|" || style == ">" { skipHeader() }
        }

        private var current: Unicode.Scalar? {
            position < lines.scalars.count ? lines.scalars[position] : nil
        }

        private mutating func step() {
            guard let scalar = current else { return }
            position += 1
            if SourceLines.isBreak(scalar) {
                if scalar == "\r", current == "\n" { position += 1 }
                mark = SourceMark(line: mark.line + 1, column: 1)
            } else {
                mark = SourceMark(line: mark.line, column: mark.column + 1)
            }
        }

        private mutating func skipHeader() {
            while let scalar = current, !SourceLines.isBreak(scalar) { step() }
            step()
            while current == " " { step() }
        }

        mutating func follow(_ text: String) -> [SourceMark] {
            var places: [SourceMark] = []
            places.reserveCapacity(text.unicodeScalars.count + 1)
            var isLost = false
            for wanted in text.unicodeScalars {
                places.append(mark)
                if isLost { continue }
                isLost = !advance(over: wanted)
            }
            places.append(mark)
            return places
        }

        /// Steps over what stands for one scalar of the text; false where the source does not say it.
        private mutating func advance(over wanted: Unicode.Scalar) -> Bool {
            guard let scalar = current else { return false }
            if style == "\"", scalar == "\\" { return stepEscape() }
            if style == "'", scalar == "'" {
                step()
                guard wanted == "'" else { return false }
                step()
                return true
            }
            if wanted == " " || wanted == "\n", isSpaceOrBreak(scalar) {
                if scalar == wanted, !breaksAhead() {
                    step()
                    return true
                }
                while let next = current, isSpaceOrBreak(next) { step() }
                return true
            }
            guard scalar == wanted else { return false }
            step()
            return true
        }

        private mutating func stepEscape() -> Bool {
            step()
            let digits =
                switch current {
                case "x": 2
                case "u": 4
                case "U": 8
                default: 0
                }
            for _ in 0...digits { step() }
            return true
        }

        private func isSpaceOrBreak(_ scalar: Unicode.Scalar) -> Bool {
            scalar == " " || scalar == "\t" || SourceLines.isBreak(scalar)
        }

        /// Whether only white space stands between here and a line's end.
        private func breaksAhead() -> Bool {
            var index = position
            while index < lines.scalars.count {
                let scalar = lines.scalars[index]
                if SourceLines.isBreak(scalar) { return true }
                guard scalar == " " || scalar == "\t" else { return false }
                index += 1
            }
            return false
        }
    }
}
