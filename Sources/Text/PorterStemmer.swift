/// Porter's stemmer of English words, with the extensions that NLTK makes to it and that rouge-score so
/// inherits.
///
/// Takes and gives lower-case ASCII; words of one or two letters stay as they are.
///
/// M. F. Porter, Program 14 (1980) 130–137; the departures are NLTK's default mode: a pool of irregular
/// forms, *ies* and *ied* in words of four letters, *y* → *i* only after a consonant that is not the word's
/// first letter, *bli*, *alli* applied before the rest of step 2, *fulli*, *logi*, and *o for words of two
/// letters.
struct PorterStemmer {
    private(set) var word: [UInt8]

    /// Stems `word`.
    static func stem(_ word: [UInt8]) -> [UInt8] {
        if word.count <= 2 { return word }
        if word.count <= 8, let known = irregular[word] { return known }
        var stemmer = PorterStemmer(word: word)
        stemmer.step1a()
        stemmer.step1b()
        stemmer.step1c()
        stemmer.step2()
        stemmer.step3()
        stemmer.step4()
        stemmer.step5()
        return stemmer.word
    }

    private static let irregular: [[UInt8]: [UInt8]] = {
        let pairs: KeyValuePairs = [
            "skies": "sky", "sky": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
            "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
            "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
            "exceed": "exceed", "succeed": "succeed",
        ]
        var table: [[UInt8]: [UInt8]] = [:]
        for (word, stem) in pairs { table[Array(word.utf8)] = Array(stem.utf8) }
        return table
    }()

    // MARK: Measures of a stem

    private static func isVowelLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
            true
        default: false
        }
    }

    /// Whether the letter at `index` is a consonant: no a, e, i, o, u, nor a y after a consonant.
    private func isConsonant(_ index: Int) -> Bool {
        guard word[index] == UInt8(ascii: "y") else { return !Self.isVowelLetter(word[index]) }
        var first = index
        while first > 0, word[first] == UInt8(ascii: "y") { first -= 1 }
        let before = word[first] == UInt8(ascii: "y") || !Self.isVowelLetter(word[first])
        return before == ((index - first) % 2 == 0)
    }

    /// How often a vowel is followed by a consonant in the first `count` letters.
    private func measure(_ count: Int) -> Int {
        var sequences = 0
        var wasConsonant = true
        for index in 0..<count {
            let consonant: Bool
            if word[index] == UInt8(ascii: "y") {
                consonant = index == 0 || !wasConsonant
            } else {
                consonant = !Self.isVowelLetter(word[index])
            }
            if index > 0, consonant, !wasConsonant { sequences += 1 }
            wasConsonant = consonant
        }
        return sequences
    }

    private func hasVowel(_ count: Int) -> Bool {
        for index in 0..<count where !isConsonant(index) { return true }
        return false
    }

    /// Whether the first `count` letters end consonant, vowel, consonant, the last not w, x or y.
    private func endsShort(_ count: Int) -> Bool {
        if count == 2 { return !isConsonant(0) && isConsonant(1) }
        guard count >= 3 else { return false }
        let last = word[count - 1]
        if last == UInt8(ascii: "w") || last == UInt8(ascii: "x") || last == UInt8(ascii: "y") {
            return false
        }
        return isConsonant(count - 3) && !isConsonant(count - 2) && isConsonant(count - 1)
    }

    private func ends(_ suffix: StaticString) -> Bool {
        let size = suffix.utf8CodeUnitCount
        guard word.count >= size else { return false }
        return suffix.withUTF8Buffer { letters in
            for index in 0..<size where word[word.count - size + index] != letters[index] { return false }
            return true
        }
    }

    private mutating func replace(_ suffix: StaticString, _ replacement: StaticString) {
        word.removeLast(suffix.utf8CodeUnitCount)
        replacement.withUTF8Buffer { word.append(contentsOf: $0) }
    }

    // MARK: Steps

    private mutating func step1a() {
        if ends("ies") {
            replace("ies", word.count == 4 ? "ie" : "i")
        } else if ends("sses") {
            replace("sses", "ss")
        } else if !ends("ss"), ends("s") {
            replace("s", "")
        }
    }

    private mutating func step1b() {
        if ends("ied") {
            replace("ied", word.count == 4 ? "ie" : "i")
            return
        }
        if ends("eed") {
            if measure(word.count - 3) > 0 { replace("eed", "ee") }
            return
        }
        if ends("ed"), hasVowel(word.count - 2) {
            replace("ed", "")
        } else if ends("ing"), hasVowel(word.count - 3) {
            replace("ing", "")
        } else {
            return
        }
        if ends("at") || ends("bl") || ends("iz") {
            word.append(UInt8(ascii: "e"))
        } else if endsDouble {
            let last = word[word.count - 1]
            if last != UInt8(ascii: "l"), last != UInt8(ascii: "s"), last != UInt8(ascii: "z") {
                word.removeLast()
            }
        } else if measure(word.count) == 1, endsShort(word.count) {
            word.append(UInt8(ascii: "e"))
        }
    }

    private var endsDouble: Bool {
        word.count >= 2 && word[word.count - 1] == word[word.count - 2] && isConsonant(word.count - 1)
    }

    private mutating func step1c() {
        if ends("y"), word.count > 2, isConsonant(word.count - 2) { replace("y", "i") }
    }

    private mutating func step2() {
        if ends("alli"), measure(word.count - 4) > 0 {
            replace("alli", "al")
            step2()
            return
        }
        for (suffix, replacement) in Self.second where ends(suffix) {
            if measure(word.count - suffix.utf8CodeUnitCount) > 0 { replace(suffix, replacement) }
            return
        }
        if ends("logi"), measure(word.count - 3) > 0 { replace("logi", "log") }
    }

    private mutating func step3() {
        for (suffix, replacement) in Self.third where ends(suffix) {
            if measure(word.count - suffix.utf8CodeUnitCount) > 0 { replace(suffix, replacement) }
            return
        }
    }

    private mutating func step4() {
        for suffix in Self.fourth where ends(suffix) {
            let stem = word.count - suffix.utf8CodeUnitCount
            guard measure(stem) > 1 else { return }
            if suffix.utf8CodeUnitCount == 3, word[stem] == UInt8(ascii: "i"),
                word[stem + 1] == UInt8(ascii: "o")
            {
                let last = word[stem - 1]
                guard last == UInt8(ascii: "s") || last == UInt8(ascii: "t") else { return }
            }
            word.removeLast(suffix.utf8CodeUnitCount)
            return
        }
    }

    private mutating func step5() {
        if ends("e") {
            let stem = word.count - 1
            let size = measure(stem)
            if size > 1 || (size == 1 && !endsShort(stem)) { word.removeLast() }
        }
        if ends("ll"), measure(word.count - 1) > 1 { word.removeLast() }
    }

    private static let second: [(StaticString, StaticString)] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
        ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"),
        ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"),
        ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ]

    private static let third: [(StaticString, StaticString)] = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
        ("ness", ""),
    ]

    private static let fourth: [StaticString] = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism",
        "ate",
        "iti", "ous", "ive", "ize",
    ]
}
