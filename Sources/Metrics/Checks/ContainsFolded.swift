import Text

/// Whether one of the given texts stands in the answer, letter case and white space aside.
///
/// Both are folded; see `foldingCase`. See ``TextCheck`` for where the words come from.
enum ContainsFolded {
    static let family = TextCheck.family(
        "icontains", summary: "Whether the answer contains one of the texts, letter case aside.",
        example: #"icontains "REFUND": {"text": "A refund takes a week."} → 1"#
    ) { text, words in
        let folded = TextCheck.folded(text)
        return words.contains { contains(folded, TextCheck.folded($0)) }
    }
}
