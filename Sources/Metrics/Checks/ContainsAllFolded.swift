import Text

/// Whether all of the given texts stand in the answer, letter case and white space aside.
///
/// Both are folded. See ``TextCheck`` for where the words come from.
enum ContainsAllFolded {
    static let family = TextCheck.family(
        "icontains_all", summary: "Whether the answer contains all of the texts, letter case aside.",
        example: #"icontains_all ["REFUND", "Week"]: {"text": "A refund takes a week."} → 1"#
    ) { text, words in
        let folded = TextCheck.folded(text)
        return words.allSatisfy { contains(folded, TextCheck.folded($0)) }
    }
}
