import Text

/// Whether at least one of the given texts stands in the answer, letter case and white space aside.
///
/// Both are folded. See ``TextCheck`` for where the words come from.
enum ContainsAnyFolded {
    static let family = TextCheck.family(
        "icontains_any", summary: "Whether the answer contains any of the texts, letter case aside.",
        example: #"icontains_any ["REFUND", "credit"]: {"text": "A refund takes a week."} → 1"#
    ) { text, words in
        let folded = TextCheck.folded(text)
        return words.contains { contains(folded, TextCheck.folded($0)) }
    }
}
