/// A Swift file, line by line, with code and comments told apart.
///
/// Text in quotes is emptied, so that no rule mistakes it for code; what stands in an interpolation is code.
/// Regular-expression literals are not known: no room uses one.
struct SourceText {
    let file: String
    /// The code of each line, without comments and without the text of literals.
    private(set) var code: [String] = []
    /// The comments of each line; empty where it has none.
    private(set) var comments: [String] = []

    init(file: String, text: String) {
        self.file = file
        var lexer = Lexer(text)
        lexer.run()
        code = lexer.code.map { String(decoding: $0, as: UTF8.self) }
        comments = lexer.comments.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The comment on a line, on the line above it and the lines of comment and attribute above that, and on a line of
    /// comment below it.
    func comment(at index: Int) -> String {
        var text = comments[index]
        var above = index - 1
        // One comment may speak for two lines of code.
        if above >= 0, !code[above].isEmpty, !isAttribute(above), isComment(above - 1) { above -= 1 }
        while above >= 0, isComment(above) || isAttribute(above) {
            text += " " + comments[above]
            above -= 1
        }
        if index + 1 < code.count, isComment(index + 1) { text += " " + comments[index + 1] }
        return text
    }

    private func isComment(_ index: Int) -> Bool {
        index >= 0 && !comments[index].isEmpty && code[index].allSatisfy(\.isWhitespace)
    }

    private func isAttribute(_ index: Int) -> Bool {
        code[index].drop { $0.isWhitespace }.first == "@" && !code[index].contains("{")
    }
}

/// Cuts Swift into code and comments. A literal may hold code, which may hold a literal: hence the stack.
private struct Lexer {
    private enum Place {
        /// Code; in an interpolation with the number of open parentheses, otherwise nil.
        case code(open: Int?)
        case literal(Quotes)
    }

    private struct Quotes {
        let hashes: Int
        let isMultiline: Bool
    }

    private let bytes: [UInt8]
    private(set) var code: [[UInt8]] = [[]]
    private(set) var comments: [[UInt8]] = [[]]
    private var at = 0
    private var stack: [Place] = [.code(open: nil)]

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func run() {
        while at < bytes.count {
            switch stack[stack.count - 1] {
            case .code(let open): readCode(open)
            case .literal(let quotes): readLiteral(quotes)
            }
        }
    }

    private func isNext(_ text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[place + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// How many `#` stand here.
    private func hashes(at place: Int) -> Int {
        var count = 0
        while place + count < bytes.count, bytes[place + count] == UInt8(ascii: "#") { count += 1 }
        return count
    }

    private mutating func endLine() {
        code.append([])
        comments.append([])
        at += 1
    }

    private mutating func put(_ count: Int = 1) {
        code[code.count - 1] += bytes[at..<at + count]
        at += count
    }

    private mutating func readCode(_ open: Int?) {
        let byte = bytes[at]
        if byte == UInt8(ascii: "\n") { return endLine() }
        if isNext("//", at: at) { return readLineComment() }
        if isNext("/*", at: at) { return readBlockComment() }
        let hashes = hashes(at: at)
        if isNext("\"", at: at + hashes) {
            put(hashes)
            let isMultiline = isNext("\"\"\"", at: at)
            put(isMultiline ? 3 : 1)
            stack.append(.literal(Quotes(hashes: hashes, isMultiline: isMultiline)))
            return
        }
        if let open, byte == UInt8(ascii: "(") { stack[stack.count - 1] = .code(open: open + 1) }
        if let open, byte == UInt8(ascii: ")") {
            if open == 1 { stack.removeLast() } else { stack[stack.count - 1] = .code(open: open - 1) }
        }
        put()
    }

    private mutating func readLiteral(_ quotes: Quotes) {
        if bytes[at] == UInt8(ascii: "\n") {
            if !quotes.isMultiline { stack.removeLast() }
            return endLine()
        }
        if bytes[at] == UInt8(ascii: "\\"), hashes(at: at + 1) >= quotes.hashes {
            let escaped = at + 1 + quotes.hashes
            if isNext("(", at: escaped) {
                put(quotes.hashes + 2)
                stack.append(.code(open: 1))
            } else {
                // A line feed behind a backslash still ends the line.
                at = isNext("\n", at: escaped) ? escaped : min(escaped + 1, bytes.count)
            }
            return
        }
        let isEnd = quotes.isMultiline ? isNext("\"\"\"", at: at) : isNext("\"", at: at)
        let width = quotes.isMultiline ? 3 : 1
        if isEnd, hashes(at: at + width) >= quotes.hashes {
            put(width + quotes.hashes)
            stack.removeLast()
            return
        }
        at += 1
    }

    private mutating func readLineComment() {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
            comments[comments.count - 1].append(bytes[at])
            at += 1
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\n") {
                endLine()
                continue
            }
            let opens = isNext("/*", at: at)
            let closes = isNext("*/", at: at)
            if opens { depth += 1 }
            if closes { depth -= 1 }
            let width = opens || closes ? 2 : 1
            comments[comments.count - 1] += bytes[at..<at + width]
            at += width
            if depth == 0 { return }
        }
    }
}
