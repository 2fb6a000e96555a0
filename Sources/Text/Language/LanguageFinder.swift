/// Tells the language of a text by its script and, where several languages share one, by their commonest words and their
/// letters.
///
/// 23 languages have a script of their own here (Greek, Hebrew, Thai, Korean …); 30 of Latin, Cyrillic, Arabic and
/// Devanagari letters are told apart by words. Near kin that ordinary prose hardly tells apart go by one name: Bosnian,
/// Croatian, Serbian in Latin letters are `hr`, Norwegian in both forms is `no`, Malay is `id`. A text of few words may be
/// anyone's: then nothing is said.
public enum LanguageFinder {
    /// What was found.
    public struct Finding: Sendable, Hashable {
        /// ISO 639-1.
        public let language: String
        /// From 0, hardly more than the next language, to 1, no other in question.
        public let certainty: Double
    }

    /// Every language that can be found, sorted.
    public static let languages: [String] = {
        var all = Set(LanguageWords.all.keys)
        for (_, language) in LanguageScript.single { all.insert(language) }
        all.insert("ja")
        all.insert("zh")
        return all.sorted()
    }()

    /// The language of a text, or nil where it cannot be told: no letters, too few words, or two languages alike.
    ///
    /// Most letters decide on the script; what is written in others (names, code) is left out. Linear in the text; no more
    /// than its first 20,000 scalars are looked at.
    public static func find(_ text: String) -> Finding? {
        var counts = LanguageScript.Counts()
        let part = text.unicodeScalars.prefix(20_000)
        for scalar in part { counts.add(scalar.value) }
        guard let script = counts.largest else { return nil }
        switch script {
        case .language(let language): return Finding(language: language, certainty: counts.share(script))
        case .han:
            // A text of Han signs and Kana is Japanese, whichever are more.
            let isJapanese = counts.kana * 20 >= counts.han
            return Finding(language: isJapanese ? "ja" : "zh", certainty: counts.share(script))
        case .latin, .cyrillic, .arabic, .devanagari:
            return LanguageWords.find(String(String.UnicodeScalarView(part)), script)
        }
    }

    /// The primary language of a tag: `en` of `en-GB`, `zh` of `zh_Hant`; near kin by the name they go by here.
    public static func primary(_ tag: String) -> String {
        let base = String(tag.lowercased().prefix { $0 != "-" && $0 != "_" })
        return kin[base] ?? base
    }

    private static let kin: [String: String] = [
        "nb": "no", "nn": "no", "bs": "hr", "ms": "id", "iw": "he", "in": "id", "sh": "hr", "eng": "en",
        "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
        "nld": "nl", "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko",
        "ara": "ar", "hin": "hi", "fil": "tl", "english": "en", "german": "de", "french": "fr",
        "spanish": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "russian": "ru",
        "chinese": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar", "hindi": "hi", "turkish": "tr",
        "polish": "pl", "vietnamese": "vi", "thai": "th", "greek": "el", "hebrew": "he",
    ]
}
