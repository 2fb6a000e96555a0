extension LanguageFinder {
    /// Whether a text is in a language, as far as it shows.
    public enum Check: Sendable, Hashable {
        case yes
        case no
        /// It cannot be told, and why.
        case untold(String)
    }

    /// Whether a text is in a language of ``languages``: a narrower question than which language it is, so that shorter
    /// texts answer it.
    ///
    /// - A single sign of a script that one language alone is written in (Kana, Hangul, Greek, Thai …) decides.
    /// - Han signs are Chinese, and nobody's else but Japanese, whose short notes may have no Kana: below 10 signs without
    ///   any it is not told from Chinese.
    /// - Cyrillic, Arabic and Devanagari letters rule out every language of another script. Of those that share them a text
    ///   of few words is taken to be the one that is asked for, unless its words or letters speak for another.
    /// - Latin letters decide by words: two of the commonest of a language, or letters of its own. Names, units and codes
    ///   are written in them everywhere, so that another script is only missed where three words of lower case stand there.
    ///
    /// Linear in the text; no more than its first 20,000 scalars are looked at.
    public static func check(_ text: String, is language: String) -> Check {
        var counts = LanguageScript.Counts()
        let part = text.unicodeScalars.prefix(20_000)
        for scalar in part { counts.add(scalar.value) }
        guard let script = counts.largest else { return .untold("the text has no letters") }
        if case .han = script, language == "ja", counts.kana == 0, counts.han < fewestHan {
            return .untold("a few Han signs may be Chinese or Japanese")
        }
        if let found = find(text) { return found.language == language ? .yes : .no }
        let isItsScript = LanguageWords.script(of: language) == script
        let start = String(String.UnicodeScalarView(part))
        guard script == .latin else {
            guard isItsScript else { return .no }
            return LanguageWords.leaning(start, script).map { $0 == language } ?? true ? .yes : .no
        }
        let isForeign = !isItsScript && lowercaseWords(start) >= fewestForeignWords
        return isForeign ? .no : .untold("too few words to tell which language of Latin letters it is")
    }

    private static let fewestHan = 10
    private static let fewestForeignWords = 3

    /// Words that begin with a lower-case Latin letter, up to a few: names, units and codes seldom do.
    private static func lowercaseWords(_ text: String) -> Int {
        var count = 0
        var isInside = false
        for scalar in text.unicodeScalars {
            let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isWord, !isInside, scalar.properties.isLowercase { count += 1 }
            if count >= fewestForeignWords { break }
            isInside = isWord
        }
        return count
    }
}
