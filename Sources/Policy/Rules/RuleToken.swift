import Domain

/// A piece of a rule with its place: scalars of the rule's text.
struct RuleToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        case number(Double)
        case comparison(Comparison)
        /// In quotes; the text without them.
        case text(String)
        /// In brackets; the text between them, quotes removed.
        case member(String)
        case at, dot, colon, percent, caret, equals
        /// A character that no rule has.
        case stray
        case end
    }

    let kind: Kind
    let range: Range<Int>
    /// As written.
    let text: String
}

/// What is wrong with a rule: a stretch of its text, a message, a mend.
struct RuleProblem: Error, Sendable, Hashable {
    let range: Range<Int>
    let message: String
    let mend: String?

    init(_ message: String, at range: Range<Int>, mend: String? = nil) {
        self.range = range
        self.message = message
        self.mend = mend
    }
}

/// Cuts a rule into tokens. Unknown characters become tokens too: the parser says what it wanted instead.
struct RuleLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    static func tokens(of text: String) throws(RuleProblem) -> [RuleToken] {
        var lexer = RuleLexer(scalars: Array(text.unicodeScalars))
        var tokens: [RuleToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        let end = lexer.scalars.count
        tokens.append(RuleToken(kind: .end, range: end..<end, text: ""))
        return tokens
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func next() throws(RuleProblem) -> RuleToken? {
        while position < scalars.count, Self.isSpace(scalars[position]) { position += 1 }
        guard position < scalars.count else { return nil }
        let start = position
        let scalar = scalars[position]
        if Self.isWordStart(scalar) {
            while position < scalars.count, Self.isWordPart(scalars[position]) { position += 1 }
            return token(.word, from: start)
        }
        if Self.isDigit(scalar) || (scalar == "-" && digit(at: position + 1)) { return try number() }
        switch scalar {
        case "\"", "'": return try quoted(scalar)
        case "[": return try member()
        case "@": return single(.at)
        case ".": return single(.dot)
        case ":": return single(.colon)
        case "%": return single(.percent)
        case "^": return single(.caret)
        case ">": return comparison(.above, .atLeast)
        case "<": return comparison(.below, .atMost)
        case "=":
            if position + 1 < scalars.count, scalars[position + 1] == "=" {
                position += 2
                return token(.comparison(.equal), from: start)
            }
            return single(.equals)
        default: return single(.stray)
        }
    }

    private mutating func single(_ kind: RuleToken.Kind) -> RuleToken {
        position += 1
        return token(kind, from: position - 1)
    }

    private mutating func comparison(_ bare: Comparison, _ withEqual: Comparison) -> RuleToken {
        let start = position
        position += 1
        if position < scalars.count, scalars[position] == "=" {
            position += 1
            return token(.comparison(withEqual), from: start)
        }
        return token(.comparison(bare), from: start)
    }

    /// `-?digits[.digits][e[+-]digits]`; a point without digits behind it is left for the parser.
    private mutating func number() throws(RuleProblem) -> RuleToken {
        let start = position
        if scalars[position] == "-" { position += 1 }
        skipDigits()
        if position < scalars.count, scalars[position] == ".", digit(at: position + 1) {
            position += 1
            skipDigits()
        }
        if position < scalars.count, scalars[position] == "e" || scalars[position] == "E" {
            var ahead = position + 1
            if ahead < scalars.count, scalars[ahead] == "-" || scalars[ahead] == "+" { ahead += 1 }
            if digit(at: ahead) {
                position = ahead
                skipDigits()
            }
        }
        if position + 1 < scalars.count, scalars[position] == "," || scalars[position] == "_",
            digit(at: position + 1)
        {
            throw RuleProblem(
                "a number has no separators", at: start..<position + 1,
                mend: scalars[position] == "," ? "write a decimal point, or leave the comma out" : nil)
        }
        guard let value = Double(string(start..<position)), value.isFinite else {
            throw RuleProblem("this number is too large", at: start..<position)
        }
        return token(.number(value), from: start)
    }

    private mutating func quoted(_ quote: Unicode.Scalar) throws(RuleProblem) -> RuleToken {
        let start = position
        position += 1
        while position < scalars.count, scalars[position] != quote { position += 1 }
        guard position < scalars.count else {
            throw RuleProblem("the quote is never closed", at: start..<scalars.count)
        }
        position += 1
        return token(.text(string(start + 1..<position - 1)), from: start)
    }

    private mutating func member() throws(RuleProblem) -> RuleToken {
        let start = position
        position += 1
        var quote: Unicode.Scalar?
        while position < scalars.count, quote != nil || scalars[position] != "]" {
            let scalar = scalars[position]
            if quote == scalar {
                quote = nil
            } else if quote == nil, scalar == "\"" {
                quote = scalar
            }
            position += 1
        }
        guard position < scalars.count else {
            throw RuleProblem(
                "the '[' is never closed", at: start..<start + 1, mend: "write [label] or [each]")
        }
        position += 1
        var inner = Self.trimmed(string(start + 1..<position - 1))
        if inner.count >= 2, inner.first == "\"", inner.last == "\"" {
            inner = String(inner.dropFirst().dropLast())
        }
        guard !inner.isEmpty else {
            throw RuleProblem(
                "nothing stands in the brackets", at: start..<position, mend: "write [label] or [each]")
        }
        return token(.member(inner), from: start)
    }

    private mutating func skipDigits() {
        while digit(at: position) { position += 1 }
    }

    private func digit(at index: Int) -> Bool { index < scalars.count && Self.isDigit(scalars[index]) }

    private func token(_ kind: RuleToken.Kind, from start: Int) -> RuleToken {
        RuleToken(kind: kind, range: start..<position, text: string(start..<position))
    }

    private func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    static func trimmed(_ text: String) -> String {
        var part = Substring(text).unicodeScalars
        while let first = part.first, isSpace(first) { part.removeFirst() }
        while let last = part.last, isSpace(last) { part.removeLast() }
        return String(part)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        if isWordStart(scalar) || isDigit(scalar) || scalar == "-" { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber: return true
        default: return false
        }
    }
}
