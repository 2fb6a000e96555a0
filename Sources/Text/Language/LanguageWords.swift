/// The commonest words of languages that share a script with others.
///
/// A word counts for each language that has it, by how few others do; a letter that only some languages write counts too.
enum LanguageWords {
    /// Words that a text must have, and how far the best must be ahead of the next.
    private static let fewestHits = 2
    private static let leastLead = 1.15

    static func find(_ text: String, _ script: LanguageScript) -> LanguageFinder.Finding? {
        guard let (best, hits, next) = ranked(text, script) else { return nil }
        guard hits >= fewestHits || best.score >= 3, best.score >= leastLead * next else { return nil }
        return LanguageFinder.Finding(language: best.language, certainty: 1 - next / best.score)
    }

    /// The language that a text of few words leans to: what words and letters there are speak for it alone. Nil where none
    /// does.
    static func leaning(_ text: String, _ script: LanguageScript) -> String? {
        guard let (best, _, next) = ranked(text, script), best.score >= leastLead * next else { return nil }
        return best.language
    }

    static func script(of language: String) -> LanguageScript? { scripts[language] }

    /// The best language with its score and the number of its words that were met, and the next one's score.
    private static func ranked(
        _ text: String, _ script: LanguageScript
    ) -> (best: (language: String, score: Double), hits: Int, next: Double)? {
        var scores: [String: Double] = [:]
        var hits: [String: Int] = [:]
        let tokens = words(text.replacing("\u{2019}", with: "'"))
        for word in tokens {
            if script == .arabic, word.hasPrefix("\u{627}\u{644}"), word.unicodeScalars.count > 4 {
                // The article: Persian and Urdu have it in borrowed names alone.
                scores["ar", default: 0] += 0.5
                hits["ar", default: 0] += 1
            }
            guard let languages = table[word]?.filter({ scripts[$0] == script }), !languages.isEmpty else {
                continue
            }
            for language in languages {
                scores[language, default: 0] += 1 / Double(languages.count)
                hits[language, default: 0] += 1
            }
        }
        addLetters(text, script, &scores)
        let ranked = scores.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        guard let best = ranked.first else { return nil }
        let next = ranked.dropFirst().first?.value ?? 0
        return ((best.key, best.value), hits[best.key, default: 0], next)
    }

    /// Letters that few of a script's languages write say much.
    private static func addLetters(_ text: String, _ script: LanguageScript, _ scores: inout [String: Double])
    {
        var seen: [Character: Int] = [:]
        for character in text.lowercased() where letters[character] != nil {
            seen[character, default: 0] += 1
        }
        for (character, count) in seen.sorted(by: { $0.key < $1.key }) {
            let languages = (letters[character] ?? []).filter { scripts[$0] == script }
            for language in languages {
                scores[language, default: 0] += min(3, Double(count)) * 0.5 / Double(languages.count)
            }
        }
    }

    /// Every language here, with its script.
    static var all: [String: LanguageScript] { scripts }

    private static let scripts: [String: LanguageScript] = [
        "en": .latin,
        "de": .latin,
        "fr": .latin,
        "es": .latin,
        "pt": .latin,
        "it": .latin,
        "nl": .latin,
        "sv": .latin,
        "da": .latin,
        "no": .latin,
        "fi": .latin,
        "pl": .latin,
        "cs": .latin,
        "sk": .latin,
        "sl": .latin,
        "hr": .latin,
        "hu": .latin,
        "ro": .latin,
        "tr": .latin,
        "id": .latin,
        "vi": .latin,
        "et": .latin,
        "lv": .latin,
        "lt": .latin,
        "ca": .latin,
        "tl": .latin,
        "sw": .latin,
        "ru": .cyrillic,
        "uk": .cyrillic,
        "bg": .cyrillic,
        "sr": .cyrillic,
        "mk": .cyrillic,
        "be": .cyrillic,
        "kk": .cyrillic,
        "ar": .arabic,
        "fa": .arabic,
        "ur": .arabic,
        "hi": .devanagari,
        "mr": .devanagari,
        "ne": .devanagari,
    ]

    private static let table: [String: [String]] = {
        var table: [String: [String]] = [:]
        for (language, list) in LanguageWordLists.lists {
            for word in words(list) where table[word]?.contains(language) != true {
                table[word, default: []].append(language)
            }
        }
        return table
    }()

    private static let letters: [Character: [String]] = {
        var table: [Character: [String]] = [:]
        for (language, signs) in LanguageWordLists.letters {
            for sign in signs { table[sign, default: []].append(language) }
        }
        return table
    }()
}
