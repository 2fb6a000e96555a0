/// Translates a regular expression of ECMA-262 (with the flag `u`, as JSON Schema asks) into one of PCRE2.
///
/// White space is Unicode's with U+FEFF, digits and word characters are ASCII's, `.` stops at four line ends, `^` and
/// `$` are the text's own ends, `\cX`, `\v`, `\u{…}` and pairs of surrogates are characters, and `\p{…}` takes the long
/// names. What ECMA-262 does not have (`\a`, `\Z`, `(?i)`, `(?P<n>…)`, `a++`, comments) is an error. More is allowed
/// than the flag `u` has it in one respect: any sign may be escaped, and `{`, `}`, `]` may stand for themselves, as the
/// many patterns written without the flag expect. Groups that an earlier turn of a loop has set keep their text, where
/// ECMA-262 empties them.
///
/// Source: ECMA-262, 2024, section 22.2.1.
struct ECMAPattern {
    private enum Group { case plain, assertion }

    private let source: [Unicode.Scalar]
    private var at = 0
    private var out = ""
    private var open: [(kind: Group, start: Int)] = []
    /// Whether a quantifier may follow.
    private var canRepeat = false
    private var groups = 0
    private var names: [String: Int] = [:]

    private init(_ text: String) { source = Array(text.unicodeScalars) }

    /// The pattern as PCRE2 writes it, to be compiled with `PCRE2_UTF` and without `PCRE2_UCP`.
    static func translated(_ text: String) throws(PatternProblem) -> String {
        var pattern = ECMAPattern(text)
        try pattern.countGroups()
        try pattern.translate()
        return pattern.out
    }

    private func problem(_ message: String, _ offset: Int) -> PatternProblem {
        PatternProblem(message: message, offset: min(offset, source.count))
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        at + ahead < source.count ? source[at + ahead] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        at += 1
        return true
    }

    // MARK: groups

    private mutating func countGroups() throws(PatternProblem) {
        var inClass = false
        defer { at = 0 }
        while let scalar = peek() {
            at += 1
            switch scalar {
            case "\\": at += 1
            case "[": inClass = true
            case "]": inClass = false
            case "(" where !inClass:
                if peek() != "?" {
                    groups += 1
                } else if peek(1) == "<", let third = peek(2), third != "=", third != "!" {
                    at += 2
                    groups += 1
                    let start = at
                    let name = try groupName()
                    guard names.updateValue(groups, forKey: name) == nil else {
                        throw problem("two groups are named '\(name)'", start)
                    }
                }
            default: break
            }
        }
    }

    /// The name up to `>`, which is taken as well.
    private mutating func groupName() throws(PatternProblem) -> String {
        let start = at
        var name = ""
        while let scalar = peek(), scalar != ">" {
            let isFirst = name.isEmpty
            let properties = scalar.properties
            let fits = isFirst ? properties.isIDStart : properties.isIDContinue
            guard fits || scalar == "$" || scalar == "_" else { break }
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard !name.isEmpty, take(">") else { throw problem("a group's name is malformed", start) }
        return name
    }

    private mutating func openGroup() throws(PatternProblem) {
        let start = at - 1
        var kind = Group.plain
        if !take("?") {
            out += "("
        } else if take(":") {
            out += "(?:"
        } else if take("=") {
            (out, kind) = (out + "(?=", .assertion)
        } else if take("!") {
            (out, kind) = (out + "(?!", .assertion)
        } else if take("<") {
            if take("=") {
                (out, kind) = (out + "(?<=", .assertion)
            } else if take("!") {
                (out, kind) = (out + "(?<!", .assertion)
            } else {
                _ = try groupName()
                out += "("
            }
        } else {
            throw problem("ECMA-262 has no such group", start)
        }
        open.append((kind, start))
        canRepeat = false
    }

    // MARK: terms

    private mutating func translate() throws(PatternProblem) {
        while let scalar = peek() {
            at += 1
            switch scalar {
            case "^", "$":
                out += scalar == "^" ? "^" : "\\z"
                canRepeat = false
            case ".": atom("[^\\n\\r\\x{2028}\\x{2029}]")
            case "|":
                out += "|"
                canRepeat = false
            case "(": try openGroup()
            case ")":
                guard let group = open.popLast() else { throw problem("a ')' closes nothing", at - 1) }
                out += ")"
                canRepeat = group.kind == .plain
            case "*", "+", "?": try quantifier(String(scalar))
            case "{":
                if let counted = try countedQuantifier() { try quantifier(counted) } else { atom("\\{") }
            case "[": try characterClass()
            case "\\": try escape()
            default: atom(Self.literal(scalar.value))
            }
        }
        if let group = open.last { throw problem("a '(' is not closed", group.start) }
    }

    private mutating func atom(_ text: String) {
        out += text
        canRepeat = true
    }

    private mutating func quantifier(_ text: String) throws(PatternProblem) {
        guard canRepeat else { throw problem("there is nothing to repeat", at - 1) }
        out += text
        if take("?") { out += "?" }
        canRepeat = false
    }

    /// `{2}`, `{2,}`, `{2,5}`; nil where the brace stands for itself.
    private mutating func countedQuantifier() throws(PatternProblem) -> String? {
        let start = at
        guard let least = number() else { return nil }
        var text = "{\(least)"
        if take(",") {
            text += ","
            if let most = number() {
                if most < least { throw problem("the numbers of a quantifier are out of order", start) }
                text += "\(most)"
            }
        }
        guard take("}") else {
            at = start
            return nil
        }
        return text + "}"
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = peek(), ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 48), 1 << 40)
            at += 1
        }
        return value
    }

    private mutating func escape() throws(PatternProblem) {
        let start = at - 1
        guard let scalar = peek() else { throw problem("a '\\' stands at the end", start) }
        switch scalar {
        case "b", "B":
            at += 1
            out += "\\" + String(scalar)
            canRepeat = false
        case "1"..."9":
            let number = number() ?? 0
            guard number <= groups else { throw problem("there is no group \(number)", start) }
            atom("\\g{\(number)}")
        case "k":
            at += 1
            guard take("<") else { throw problem("'\\k' needs a group's name", start) }
            let name = try groupName()
            guard let number = names[name] else { throw problem("there is no group '\(name)'", start) }
            atom("\\g{\(number)}")
        default:
            switch try classEscape(inClass: false) {
            case .scalar(let value): atom(Self.isSurrogate(value) ? Self.nothing : Self.literal(value))
            case .set(let set, let isClass): atom(isClass ? set : "[" + set + "]")
            }
        }
    }

    // MARK: classes

    private enum Item {
        case scalar(UInt32)
        /// What stands in a class for it; `standsAlone` where it needs no brackets outside of one.
        case set(String, standsAlone: Bool)
    }

    /// Matches never; may be repeated.
    private static let nothing = "(?:(?!))"
    private static let spaces =
        "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"
        + "\\x{feff}"
    private static let noSpaces =
        "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
        + "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

    private mutating func characterClass() throws(PatternProblem) {
        let start = at - 1
        let isNegated = take("^")
        var content = ""
        while !take("]") {
            guard peek() != nil else { throw problem("a '[' is not closed", start) }
            let place = at
            let first = try classAtom()
            guard peek() == "-", peek(1) != "]", peek(1) != nil, case .scalar(let low) = first else {
                content += Self.inClass(first)
                continue
            }
            at += 1
            let second = try classAtom()
            guard case .scalar(let high) = second else {
                content += Self.inClass(first) + "\\-" + Self.inClass(second)
                continue
            }
            guard low <= high else { throw problem("a range is out of order", place) }
            content += Self.range(low, high)
        }
        switch (content.isEmpty, isNegated) {
        case (true, false): atom(Self.nothing)
        case (true, true): atom("[\\x{0}-\\x{10ffff}]")
        case (false, _): atom((isNegated ? "[^" : "[") + content + "]")
        }
    }

    private mutating func classAtom() throws(PatternProblem) -> Item {
        if take("\\") { return try classEscape(inClass: true) }
        defer { at += 1 }
        return .scalar(source[at].value)
    }

    private static func inClass(_ item: Item) -> String {
        switch item {
        case .scalar(let value): range(value, value)
        case .set(let set, _): set
        }
    }

    /// Without surrogates, of which no text has any.
    private static func range(_ low: UInt32, _ high: UInt32) -> String {
        let low = isSurrogate(low) ? 0xE000 : low
        let high = isSurrogate(high) ? 0xD7FF : high
        if low > high { return "" }
        return low == high ? literal(low) : literal(low) + "-" + literal(high)
    }

    private static func isSurrogate(_ value: UInt32) -> Bool { (0xD800...0xDFFF).contains(value) }

    private static func literal(_ value: UInt32) -> String {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(Character(Unicode.Scalar(UInt8(value))))
        default: "\\x{" + String(value, radix: 16) + "}"
        }
    }

    // MARK: escapes

    private mutating func classEscape(inClass: Bool) throws(PatternProblem) -> Item {
        let start = at - 1
        guard let scalar = peek() else { throw problem("a '\\' stands at the end", start) }
        at += 1
        switch scalar {
        case "d", "D", "w", "W": return .set("\\" + String(scalar), standsAlone: true)
        case "s": return .set(Self.spaces, standsAlone: false)
        case "S": return .set(Self.noSpaces, standsAlone: false)
        case "t": return .scalar(9)
        case "n": return .scalar(10)
        case "v": return .scalar(11)
        case "f": return .scalar(12)
        case "r": return .scalar(13)
        case "b" where inClass: return .scalar(8)
        case "0":
            if let next = peek(), ("0"..."9").contains(next) { break }
            return .scalar(0)
        case "c":
            guard let letter = peek(), letter.isASCII, letter.properties.isAlphabetic else { break }
            at += 1
            return .scalar(letter.value % 32)
        case "x":
            if let value = hexadecimal(2) { return .scalar(value) }
        case "u":
            if let value = unicodeEscape() { return .scalar(value) }
        case "p", "P":
            return .set(try property(isNegated: scalar == "P", start), standsAlone: true)
        case "a"..."z", "A"..."Z", "1"..."9": break
        default: return .scalar(scalar.value)
        }
        throw problem("ECMA-262 has no escape '\\\(scalar)'", start)
    }

    private mutating func hexadecimal(_ digits: Int) -> UInt32? {
        guard at + digits <= source.count else { return nil }
        var value: UInt32 = 0
        for scalar in source[at..<(at + digits)] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        at += digits
        return value
    }

    private mutating func unicodeEscape() -> UInt32? {
        if take("{") {
            var value: UInt32 = 0
            var digits = 0
            while let digit = hexadecimal(1) {
                value = value << 4 | digit
                digits += 1
                if value > 0x10FFFF { return nil }
            }
            return digits > 0 && take("}") ? value : nil
        }
        guard let first = hexadecimal(4) else { return nil }
        let after = at
        if (0xD800...0xDBFF).contains(first), take("\\"), take("u"), let second = hexadecimal(4),
            (0xDC00...0xDFFF).contains(second)
        {
            return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        at = after
        return first
    }

    private mutating func property(isNegated: Bool, _ start: Int) throws(PatternProblem) -> String {
        var text = ""
        guard take("{") else { throw problem("'\\p' needs a property in braces", start) }
        while let scalar = peek(), scalar != "}" {
            text.unicodeScalars.append(scalar)
            at += 1
        }
        guard take("}"), let found = ECMAProperty.translated(text) else {
            throw problem(
                "ECMA-262 has no property '\(text)'; a script is written 'Script=\(text)'", start)
        }
        let isFlipped = found.isNegated != isNegated
        return (isFlipped ? "\\P{" : "\\p{") + found.name + "}"
    }
}
