/// The sentences of a text in any script, in their order, without the white space around them.
///
/// A sentence ends at a line's end and behind Unicode's sentence terminators (`.` `!` `?` `。` `؟` `।` `։` `።` …), with
/// the quotes, brackets and citations (`[1]`) that follow. A full stop ends none where it stands in a number, an address,
/// an abbreviation or between initials, or where a small letter follows. A line that goes on in small letters goes on.
/// Thai, Lao and others that write no terminator end at lines alone.
///
/// After Unicode Standard Annex #29, rules SB1–SB11, tailored: abbreviations of the European languages, Arabic and
/// Hindi are known; `!` and `?` end nothing where a small letter follows a quote, or where no white space follows.
///
/// - Complexity: linear in the text's length.
public func sentences(_ text: String) -> [String] {
    var splitter = SentenceSplitter(text)
    return splitter.split()
}

private struct SentenceSplitter {
    private let scalars: [Unicode.Scalar]
    private var found: [String] = []
    private var start = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func split() -> [String] {
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if Self.isLineEnd(scalar) {
                if endsLine(at: index) { cut(index) }
                index += 1
                continue
            }
            guard isTerminator(at: index) else {
                index += 1
                continue
            }
            let end = behindClosers(behindTerminators(index))
            if ends(at: index, behind: end) {
                let end = behindCitations(end)
                cut(end)
                index = end
            } else {
                index = max(index + 1, end)
            }
        }
        cut(scalars.count)
        return found
    }

    /// Everything up to a place is a sentence, where anything is there.
    private mutating func cut(_ end: Int) {
        var first = start
        var last = end
        while first < last, scalars[first].properties.isWhitespace { first += 1 }
        while last > first, scalars[last - 1].properties.isWhitespace { last -= 1 }
        start = end
        if first == last { return }
        var sentence = String.UnicodeScalarView()
        sentence.append(contentsOf: scalars[first..<last])
        found.append(String(sentence))
    }

    // MARK: Lines

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// A text that is broken at a width goes on in the next line.
    private func endsLine(at index: Int) -> Bool {
        var next = index + 1
        var lines = 1
        while next < scalars.count, scalars[next].properties.isWhitespace {
            // A carriage return and its line feed are one end.
            if Self.isLineEnd(scalars[next]),
                !(scalars[next].value == 0x0A && scalars[next - 1].value == 0x0D)
            {
                lines += 1
            }
            next += 1
        }
        return lines > 1 || next == scalars.count || !scalars[next].properties.isLowercase
    }

    // MARK: Terminators

    private func isTerminator(at index: Int) -> Bool {
        let scalar = scalars[index]
        switch scalar.value {
        case 0x21, 0x2E, 0x3F, 0x2026: return true
        case 0..<0x80: return scalar.value == 0x3B && index > 0 && Self.isGreek(scalars[index - 1])
        case 0x37E: return true
        default: return scalar.properties.isSentenceTerminal
        }
    }

    /// Greek asks with a semicolon.
    private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
        (0x370...0x3FF).contains(scalar.value) || (0x1F00...0x1FFF).contains(scalar.value)
    }

    private func behindTerminators(_ index: Int) -> Int {
        var end = index + 1
        while end < scalars.count, isTerminator(at: end) { end += 1 }
        return end
    }

    private func behindClosers(_ index: Int) -> Int {
        var end = index
        while end < scalars.count {
            switch scalars[end].properties.generalCategory {
            case .closePunctuation, .finalPunctuation: break
            default:
                // Straight quotes, and marks of emphasis.
                guard [0x22, 0x27, 0x2A, 0x5F].contains(scalars[end].value) else { return end }
            }
            end += 1
        }
        return end
    }

    /// Behind citations in square brackets that belong to the sentence before them: `It rains. [1][2] It pours.`
    private func behindCitations(_ index: Int) -> Int {
        var end = index
        var next = index
        while true {
            while next < scalars.count, scalars[next].value == 0x20 { next += 1 }
            guard next < scalars.count, scalars[next].value == 0x5B || scalars[next].value == 0x3010 else {
                return end
            }
            let close: UInt32 = scalars[next].value == 0x5B ? 0x5D : 0x3011
            var last = next + 1
            while last < scalars.count, last - next <= 64, scalars[last].value != close {
                if Self.isLineEnd(scalars[last]) || scalars[last].value == 0x5B { return end }
                last += 1
            }
            // A bracket that an address follows is a link, and begins a sentence as a word does.
            guard last < scalars.count, scalars[last].value == close,
                last + 1 == scalars.count || scalars[last + 1].value != 0x28
            else { return end }
            next = last + 1
            end = next
        }
    }

    // MARK: Whether it ends

    /// - Parameters:
    ///   - index: The first terminator.
    ///   - end: Behind it, what follows it of its kind, and closers.
    private func ends(at index: Int, behind end: Int) -> Bool {
        guard end < scalars.count else { return true }
        let isStop = [0x2E, 0x2026, 0x2024].contains(scalars[index].value)
        let isASCII = scalars[index].value < 0x80 || isStop
        let next = scalars[end]
        if isASCII, !next.properties.isWhitespace, !opensCitation(end) {
            // A text without spaces may end its sentences with Latin signs all the same.
            return !isStop && Self.isUnspaced(next)
        }
        var following = end
        while following < scalars.count, scalars[following].properties.isWhitespace {
            if Self.isLineEnd(scalars[following]) { return true }
            following += 1
        }
        while following < scalars.count, Self.opens(scalars[following]) { following += 1 }
        guard following < scalars.count else { return true }
        let isQuoted = end > behindTerminators(index)
        if scalars[following].properties.isLowercase { return !isStop && !(isQuoted && isASCII) }
        guard isStop, behindTerminators(index) == index + 1, scalars[index].value == 0x2E else { return true }
        return !isAbbreviation(before: index, following: following)
    }

    private func opensCitation(_ index: Int) -> Bool {
        scalars[index].value == 0x5B || scalars[index].value == 0x3010
    }

    private static func opens(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .openPunctuation, .initialPunctuation: true
        default: [0x22, 0x27, 0x2A, 0x5F, 0xBF, 0xA1].contains(scalar.value)
        }
    }

    /// Kana, Han, and their like.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        FoldedScalar.of(scalar.value).kind == .solo && scalar.value >= 0x80
    }

    // MARK: Abbreviations

    /// Whether the full stop at `index` marks what stands before it as cut short, or as a number of a list.
    private func isAbbreviation(before index: Int, following: Int) -> Bool {
        var first = index
        while first > start, Self.isPart(scalars[first - 1]) { first -= 1 }
        guard first < index else { return false }
        let word = scalars[first..<index]
        var isFirst = true
        for scalar in scalars[start..<first] where !scalar.properties.isWhitespace {
            isFirst = false
            break
        }
        if word.allSatisfy({ $0.properties.numericType == .decimal }) {
            // `3. Do this`, and `am 3. Oktober`.
            return (isFirst && word.count <= 3) || (word.count <= 2 && isMonth(following))
        }
        let letters = word.filter { $0.value != 0x2E }
        // An initial; a letter of Arabic for a title. `I` is a word.
        if letters.count == 1, word.count == 1 {
            if isFirst { return true }
            return !(word.first?.value == 0x49 && startsPlainly(following))
        }
        var text = String.UnicodeScalarView()
        for scalar in word { text.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
        let name = String(text)
        if Abbreviations.beforeName.contains(name) { return true }
        let isAcronym = word.count > letters.count && letters.count <= word.count - letters.count + 1
        if isAcronym || Abbreviations.anywhere.contains(name) { return !startsPlainly(following) }
        return false
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value == 0x2E { return true }
        switch FoldedScalar.of(scalar.value).kind {
        case .word, .mark: return scalar.value >= 0x80 || isPlainPart(scalar.value)
        case .solo, .punctuation, .symbol, .space: return scalar.value < 0x80 && isPlainPart(scalar.value)
        }
    }

    private static func isPlainPart(_ value: UInt32) -> Bool {
        (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10
    }

    private func word(at index: Int) -> String {
        var text = String.UnicodeScalarView()
        var place = index
        while place < scalars.count, Self.isPart(scalars[place]), scalars[place].value != 0x2E,
            text.count < 24
        {
            text.append(contentsOf: scalars[place].properties.lowercaseMapping.unicodeScalars)
            place += 1
        }
        return String(text)
    }

    /// Whether a word follows that begins sentences and no name.
    private func startsPlainly(_ index: Int) -> Bool { Abbreviations.starters.contains(word(at: index)) }

    private func isMonth(_ index: Int) -> Bool { Abbreviations.months.contains(word(at: index)) }
}
