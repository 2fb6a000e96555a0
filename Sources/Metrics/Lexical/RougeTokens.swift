import Text

/// How texts are cut into words for ROUGE.
enum RougeCut: String, Sendable, Hashable, CaseIterable {
    /// Words of any script, not stemmed: the default.
    case words
    /// As the rouge-score package cuts: ASCII letters and digits.
    case ascii
    /// Likewise, with Porter's stemmer.
    case stemmed

    func keys(_ text: String) -> [UInt64] {
        switch self {
        case .words: wordKeys(text)
        case .ascii: rougeKeys(text, stemming: false)
        case .stemmed: rougeKeys(text, stemming: true)
        }
    }
}

/// A text's words and, where they are wanted, its runs of one and two words, sorted for counting.
struct RougeTokens: Sendable {
    let ordered: [UInt64]
    private(set) var unigrams: [UInt64] = []
    private(set) var bigrams: [UInt64] = []
    private(set) var isCounted = false

    /// - Parameter counting: Whether runs are wanted: sorting them costs more than a common subsequence does.
    init(_ text: String, _ cut: RougeCut, counting: Bool = true) {
        ordered = cut.keys(text)
        if counting { count() }
    }

    mutating func count() {
        guard !isCounted else { return }
        unigrams = ordered.sorted()
        bigrams = ngramKeys(ordered, order: 2).sorted()
        isCounted = true
    }
}
