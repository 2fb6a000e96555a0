/// Words that can be read out like a name and are none: three syllables and an `x`.
enum InventedName {
    private static let onsets = [
        "b", "br", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pl", "pr", "r",
        "s", "sk", "sl", "sn", "st", "t", "tr", "v", "w", "z", "th", "sh", "ch",
    ]
    private static let vowels = ["a", "e", "i", "o", "u"]

    /// One of four million.
    static func word(_ stream: inout PseudonymStream) -> String {
        var word = ""
        for _ in 0..<3 { word += onsets[stream.below(onsets.count)] + vowels[stream.below(vowels.count)] }
        return word + "x"
    }

    /// Whether a word, in lower case, is of this form.
    static func isOne(_ word: String) -> Bool {
        guard word.hasSuffix("x"), word.utf8.count <= 16 else { return false }
        var rest = Substring(word.dropLast())
        for _ in 0..<3 {
            let consonants = rest.prefix { !"aeiou".contains($0) }
            guard onsets.contains(String(consonants)) else { return false }
            rest = rest.dropFirst(consonants.count)
            guard let vowel = rest.first, "aeiou".contains(vowel) else { return false }
            rest = rest.dropFirst()
        }
        return rest.isEmpty
    }
}
