import Text

/// Whether all of the given texts stand in the answer, as they are written.
///
/// Byte for byte. See ``TextCheck`` for where the words come from.
enum ContainsAll {
    static let family = TextCheck.family(
        "contains_all", summary: "Whether the answer contains all of the texts, letter case and all.",
        example: #"contains_all ["refund", "week"]: {"text": "A refund takes a month."} → 0"#
    ) { text, words in
        words.allSatisfy { contains(text, $0) }
    }
}
