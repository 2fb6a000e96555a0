/// One way to find one kind: a pattern, and what its match must fulfil besides.
struct SensitiveRule: Sendable {
    let pattern: Pattern
    /// How much of a match, in bytes, is what it seems; nil: nothing of it.
    var accepted: (@Sendable ([UInt8]) -> Int?)? = nil

    /// Where it holds, as UTF-8 offsets. What fails the test frees its text from the second byte on.
    func ranges(in text: String) throws(PatternLimit) -> [Range<Int>] {
        guard let accepted else { return try pattern.matches(in: text) }
        let bytes = Array(text.utf8)
        var out: [Range<Int>] = []
        var start = 0
        while start < bytes.count, let range = try pattern.firstMatch(in: text, from: start) {
            if let count = accepted(Array(bytes[range])) {
                out.append(range.lowerBound..<(range.lowerBound + count))
                start = range.lowerBound + max(1, count)
            } else {
                // On to the next group of digits: a long number may hold a shorter one that is meant.
                start = range.lowerBound
                while start < range.upperBound, isAlphanumeric(bytes[start]) { start += 1 }
                while start < range.upperBound, !isAlphanumeric(bytes[start]) { start += 1 }
                start = max(start, range.lowerBound + 1)
            }
        }
        return out
    }

    /// The rules of a built-in kind; none for the others.
    static func rules(of kind: SensitiveKind) throws(PatternProblem) -> [SensitiveRule] {
        switch kind {
        case .mail: [try mail()]
        case .phone: try phones()
        case .card: [try card(), try gluedCard()]
        case .account: [try account()]
        case .address: [try address4(), try address6()]
        case .key: try keys()
        case .name, .custom: []
        }
    }

    /// RFC 5321's usual form, with letters of any script (RFC 6531), and the ways in which people spell `@` and
    /// the dot to hide them.
    private static func mail() throws(PatternProblem) -> SensitiveRule {
        let at = #"(?:@|\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?|%40)"#
        // RFC 5321's quoted form, and the one with single quotes that people make of it.
        let quoted = #"|"[^"\r\n]{1,64}"(?=@|%40)|'[^'\r\n]{1,64}'(?=@|%40)"#
        let dot = #"(?:\.|\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?)"#
        return SensitiveRule(
            pattern: try Pattern(
                #"(?:(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[\p{L}\p{N}._%+'-]{0,62}[\p{L}\p{N}_+-])?"# + quoted
                    + ")" + at
                    + #"(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})?"# + dot
                    + #"){1,8}(?:xn--[a-z0-9-]{1,59}|\p{L}{2,24})(?![\p{L}])"#,
                ignoringCase: true))
    }

    /// 13 to 19 digits in groups, whose check digit (ISO/IEC 7812-1, Luhn) is right, and that begin as cards do.
    private static func card() throws(PatternProblem) -> SensitiveRule {
        SensitiveRule(
            pattern: try Pattern(
                #"(?<![\p{L}\p{N}])(?<![.,-]\d)[2-6]\d{3}(?:[ .\-\x{A0}]?\d){8,14}\d(?!\p{L}|\p{N})"#)
        ) { match in
            // An expiry date behind it may look like its last group.
            var end = match.count
            while end >= 13 {
                if isCard(match[..<end]) { return end }
                guard let gap = match[..<end].lastIndex(where: { !isDigit($0) }) else { return nil }
                end = gap
                while end > 0, !isDigit(match[end - 1]) { end -= 1 }
            }
            return nil
        }
    }

    /// The number of a well-known scheme, whatever letters stand at its ends: in ids of letters and digits any other
    /// long number would be found too often.
    private static func gluedCard() throws(PatternProblem) -> SensitiveRule {
        SensitiveRule(
            pattern: try Pattern(#"(?<!\p{N})(?<![.,-]\d)[2-6]\d{3}(?:[ -]?\d){10,12}(?!\p{N})"#)
        ) { match in CardNumber.isWellKnown(match.filter(isDigit)) ? match.count : nil }
    }

    private static func isCard(_ match: ArraySlice<UInt8>) -> Bool {
        let digits = match.filter(isDigit)
        guard (13...19).contains(digits.count), Set(digits).count > 1 else { return false }
        return CardNumber.hasCheckDigit(digits)
    }

    /// ISO 13616: country, check digits (modulo 97), and 11 to 30 letters or digits, in groups of four or not. A word
    /// behind it may look like its last group: what the check digits cover counts.
    private static func account() throws(PatternProblem) -> SensitiveRule {
        SensitiveRule(
            pattern: try Pattern(
                #"(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]{4}){2,7}(?:[ \-]?[A-Z0-9]{1,4})?(?!\p{L}|\p{N})"#,
                ignoringCase: true)
        ) { match in
            var end = match.count
            while end >= 15 {
                let signs = match[..<end].filter(isAlphanumeric)
                if (15...34).contains(signs.count), remainder97(signs) == 1 { return end }
                guard let gap = match[..<end].lastIndex(where: { !isAlphanumeric($0) }) else { return nil }
                end = gap
            }
            return nil
        }
    }

    private static func remainder97(_ signs: [UInt8]) -> Int {
        var rest = 0
        for sign in signs[4...] + signs[..<4] {
            rest = isDigit(sign) ? rest * 10 + Int(sign & 0x0F) : rest * 100 + Int(sign & 0xDF) - 55
            rest %= 97
        }
        return rest
    }

    /// With a country's code; with a national prefix and separators; in North America's groups; or any number
    /// behind a word that says that it is one. 7 to 15 digits (ITU-T E.164).
    private static func phones() throws(PatternProblem) -> [SensitiveRule] {
        let gap = #"[ .\-/()\x{A0}]"#
        // In scripts that set no spaces a number follows its word at once.
        let letter = #"(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}])\p{L}"#
        let start = #"(?<![\p{N}.,:/-]|"# + letter + ")"
        let sources = [
            #"(?<![\p{N}+.,]|"# + letter + #")(?:\+|00)[ ]?\(?[1-9](?:"# + gap + #"{0,3}\d){6,13}(?!\p{N})"#,
            start + #"\(?0[1-9]\d{0,4}\)?"# + gap + #"{1,2}\d(?:"# + gap
                + #"?\d){4,9}(?![\p{N}]|[.:]\d)"#,
            start
                + #"(?:1[ .-])?(?:\([2-9]\d{2}\)[ .-]?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\p{N}]|[.:-]\d)"#,
            start + #"0[1-9]\d{8,10}(?!\p{N}|"# + letter + #"|[.:]\d)"#,
            #"\b(?:(?:tele)?phone|tel[eé]?fono?s?|t[eé]l(?:[eé]phone)?|telefoon|fono|cell(?:phone)?|mobile?|m[oó]vil|celular|handy|rufnummer|whats ?app|signal|fax|call(?: me)?(?: (?:at|on|under))?|ring me(?: on)?|text me(?: at)?|reach (?:me|us)(?: (?:at|on|under))?)\b(?: (?:number|nummer|no|nr|is|ist|num[eé]ro|n[uú]mero|es|est|at)){0,3}[ .:#=]{0,4}\K\(?\d(?:"#
                + gap + #"{0,2}\d){5,13}(?!\p{N})"#,
        ]
        var out: [SensitiveRule] = []
        for source in sources {
            out.append(
                SensitiveRule(pattern: try Pattern(source, ignoringCase: true)) { match in
                    let digits = match.count(where: isDigit)
                    return (6...15).contains(digits) && !isDate(match) ? match.count : nil
                })
        }
        return out
    }

    private static func address4() throws(PatternProblem) -> SensitiveRule {
        SensitiveRule(
            pattern: try Pattern(
                #"(?<![\p{L}\p{N}.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\p{N}|\p{L})"#
            ))
    }

    /// Eight groups, or fewer with one `::` (RFC 4291).
    private static func address6() throws(PatternProblem) -> SensitiveRule {
        SensitiveRule(
            pattern: try Pattern(
                #"(?<![\p{L}\p{N}:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\p{L}\p{N}:])"#,
                ignoringCase: true)
        ) { match in
            let groups = match.split(separator: UInt8(ascii: ":")).count
            let text = String(decoding: match, as: UTF8.self)
            let isWhole = groups == 8 || (contains(text, "::") && (2...7).contains(groups))
            return isWhole ? match.count : nil
        }
    }

    /// Keys by the forms in which their makers issue them, and whatever stands behind a word that says so.
    private static func keys() throws(PatternProblem) -> [SensitiveRule] {
        let sources = [
            #"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\z)"#,
            #"(?<![A-Za-z0-9])(?:sk|pk|rk)[-_](?:[A-Za-z]{2,8}[-_])?[A-Za-z0-9_-]{16,}"#,
            #"(?<![A-Z0-9])(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}(?![0-9A-Z])"#,
            #"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{40,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{60,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})"#,
            #"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"#,
            #"(?i)\b(?:bearer|basic)\s+\K[A-Za-z0-9._~+/=-]{16,}"#,
            #"(?i)[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,100}:\K[^\s/@]{3,200}(?=@)"#,
            #"(?i)(?:pass(?:word|wd|phrase|wort)?|pwd|kennwort|contrase[nñ]a|mot de passe|secret|token|(?:api|access|account|private)[-_ ]?key|client[-_ ]?secret|auth(?:orization)?)["']?\s*(?:[:=]|=>|\b(?:is|ist|es|est)\b)\s*["']?\K(?!(?:bearer|basic|null|none|true|false|undefined|required|missing)\b)[^\s"',;<>{}\[\]()]{6,200}"#,
        ]
        var out: [SensitiveRule] = []
        for source in sources { out.append(SensitiveRule(pattern: try Pattern(source))) }
        return out
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 0x61 < 26 && byte < 0x80
}

/// Whether digits and separators are a date as `2026-11-20`, `20.11.2026` or `11/20/2026`, alone.
private func isDate(_ match: [UInt8]) -> Bool {
    let groups = match.split { !isDigit($0) }
    guard groups.count == 3 else { return false }
    let numbers = groups.map { $0.reduce(0) { $0 * 10 + Int($1 & 0x0F) } }
    let isShort = [groups[0].count, groups[1].count, groups[2].count].filter { $0 <= 2 }.count == 2
    guard isShort, groups[0].count == 4 || groups[2].count == 4 else { return false }
    let year = groups[0].count == 4 ? numbers[0] : numbers[2]
    return (1900...2100).contains(year) && numbers[1] <= 31
}
