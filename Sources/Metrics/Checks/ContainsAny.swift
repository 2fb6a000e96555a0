import Text

/// Whether at least one of the given texts stands in the answer, as it is written.
///
/// Byte for byte; the same as `contains` under the name that says so. See ``TextCheck`` for where the words come from.
enum ContainsAny {
    static let family = TextCheck.family(
        "contains_any", summary: "Whether the answer contains any of the texts, letter case and all.",
        example: #"contains_any ["refund", "credit"]: {"text": "We send a credit note."} → 1"#
    ) { text, words in
        words.contains { contains(text, $0) }
    }
}
