/// A word or number of a text, with what its surroundings say of it.
struct Token: Sendable {
    /// Byte offsets into the text's UTF-8.
    let start: Int
    let end: Int
    /// Lower-cased, Latin-1 accents removed.
    let word: String
    let isCapitalised: Bool
    let isNumber: Bool
    let isStopword: Bool
    /// The number of the sentence in its text, from 0.
    let sentence: Int
    /// What stands between this token and the one before.
    let gap: Gap

    enum Gap: Sendable { case joined, space, comma, strong }

    var isYear: Bool { isNumber && word.utf8.count == 4 && (word.hasPrefix("1") || word.hasPrefix("20")) }
    var isMonth: Bool { Self.months.contains(word) }

    private static let months: Set<String> = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
}
