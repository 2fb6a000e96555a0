import Text

/// What an answer's text looks like: its form, and the habits of its writer.
public struct TextLook: Sendable, Hashable {
    /// The form of the whole.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        case json, html, table, list, markdown, plain, empty
    }

    public let form: Form
    /// Unicode scalars.
    public let characters: Int
    public let words: Int
    public let emoji: Int
    public let headings: Int
    public let bullets: Int
    public let links: Int
    public let codeBlocks: Int
    public let exclamations: Int
    public let hasBold: Bool
    public let endsWithQuestion: Bool

    /// - Complexity: O(length).
    public init(_ text: String) {
        var lines = Lines()
        text.utf8.withContiguousStorageIfAvailable { lines.read($0) } ?? lines.read(Array(text.utf8))
        characters = text.unicodeScalars.count
        words = wordKeys(text).count
        emoji = TextLook.emoji(text)
        headings = lines.headings
        bullets = lines.bullets
        links = lines.links
        codeBlocks = lines.fences / 2
        exclamations = lines.exclamations
        hasBold = lines.hasBold
        endsWithQuestion = lines.last == UInt8(ascii: "?")
        form =
            switch true {
            case lines.isBlank: .empty
            case lines.isJSON: .json
            case lines.isHTML: .html
            case lines.tableRows >= 2: .table
            case lines.bullets >= 2: .list
            case lines.headings > 0 || lines.fences > 1 || lines.hasBold: .markdown
            default: .plain
            }
    }

    /// Pictures, a sequence that is drawn as one being one; digits and signs that may be drawn so are none.
    private static func emoji(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return 0 }
        var count = 0
        for character in text where character.unicodeScalars.contains(where: isPicture) { count += 1 }
        return count
    }

    private static func isPicture(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0xFF && (scalar.properties.isEmojiPresentation || scalar.value == 0xFE0F)
    }

    /// Marks of Markdown, line by line. CommonMark 0.31, sections 4.2, 4.5 and 5.2; tables as GitHub has them.
    private struct Lines {
        var headings = 0
        var bullets = 0
        var fences = 0
        var tableRows = 0
        var links = 0
        var exclamations = 0
        var hasBold = false
        var isBlank = true
        var isJSON = false
        var isHTML = false
        var last: UInt8 = 0

        mutating func read(_ bytes: some Collection<UInt8>) {
            let all = Array(bytes)
            guard let first = all.first(where: { $0 > 0x20 }), let end = all.last(where: { $0 > 0x20 }) else {
                return
            }
            isBlank = false
            last = end
            isJSON =
                (first == UInt8(ascii: "{") && end == UInt8(ascii: "}"))
                || (first == UInt8(ascii: "[") && end == UInt8(ascii: "]"))
            isHTML = first == UInt8(ascii: "<") && end == UInt8(ascii: ">")
            for line in all.split(separator: 0x0A) { self.line(line) }
            for index in all.indices {
                switch all[index] {
                case UInt8(ascii: "!"): exclamations += 1
                case UInt8(ascii: "*") where index > 0 && all[index - 1] == UInt8(ascii: "*"): stars += 1
                case UInt8(ascii: "(") where index > 0 && all[index - 1] == UInt8(ascii: "]"): links += 1
                default: break
                }
            }
            hasBold = stars >= 2
        }

        private var stars = 0

        private mutating func line(_ line: ArraySlice<UInt8>) {
            let body = line.drop { $0 == 0x20 || $0 == 0x09 }
            guard let first = body.first else { return }
            let second = body.dropFirst().first
            switch first {
            case UInt8(ascii: "#"):
                let marks = body.prefix { $0 == UInt8(ascii: "#") }.count
                if marks <= 6, body.dropFirst(marks).first == 0x20 { headings += 1 }
            case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): if second == 0x20 { bullets += 1 }
            case UInt8(ascii: "|"): tableRows += 1
            case UInt8(ascii: "`"): if body.starts(with: [0x60, 0x60, 0x60]) { fences += 1 }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digits = body.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
                let mark = body.dropFirst(digits).first
                if digits <= 9, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"),
                    body.dropFirst(digits + 1).first == 0x20
                {
                    bullets += 1
                }
            default:
                // `•` is no mark of Markdown, and the commonest there is.
                if body.starts(with: [0xE2, 0x80, 0xA2]) { bullets += 1 }
            }
        }
    }
}

/// How alike two texts are: F1 of the words they share, each as often as both have it. 1 where neither has a word.
public func wordLikeness(_ first: String, _ second: String) -> Double {
    if first == second { return 1 }
    let left = answerKeys(first).sorted()
    let right = answerKeys(second).sorted()
    if left.isEmpty || right.isEmpty { return left.isEmpty && right.isEmpty ? 1 : 0 }
    return 2 * Double(sharedCount(sorted: left, sorted: right)) / Double(left.count + right.count)
}
