import Text

/// Whether the answer begins with one of the given texts, as it is written.
///
/// Byte for byte; white space before it counts. See ``TextCheck`` for where the words come from.
enum StartsWith {
    static let family = TextCheck.family(
        "starts_with", summary: "Whether the answer begins with one of the texts.",
        example: #"starts_with "Yes": {"text": "Yes, it does."} → 1"#
    ) { text, words in
        words.contains { text.utf8.starts(with: $0.utf8) }
    }
}
