import Text

/// Whether one of the given texts stands in the answer, as it is written.
///
/// Byte for byte. See ``TextCheck`` for where the words come from.
enum ContainsText {
    static let family = TextCheck.family(
        "contains", summary: "Whether the answer contains one of the texts, letter case and all.",
        example: #"contains "Refund": {"text": "A Refund takes a week."} → 1"#
    ) { text, words in
        words.contains { contains(text, $0) }
    }
}
