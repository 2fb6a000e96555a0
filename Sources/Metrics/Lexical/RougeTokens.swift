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

/// A text's words and its runs of one and two words, sorted for counting.
struct RougeTokens: Sendable {
    let ordered: [UInt64]
    let unigrams: [UInt64]
    let bigrams: [UInt64]

    init(_ text: String, _ cut: RougeCut) {
        ordered = cut.keys(text)
        unigrams = ordered.sorted()
        bigrams = ngramKeys(ordered, order: 2).sorted()
    }
}
