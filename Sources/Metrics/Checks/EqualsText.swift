import Text

/// Whether the answer is one of the given texts, as it is written.
///
/// Byte for byte; `exact_match` is the kinder one. See ``TextCheck`` for where the words come from.
enum EqualsText {
    static let family = TextCheck.family(
        "equals", summary: "Whether the answer equals one of the texts, letter case and all.",
        example: #"equals "42": {"text": "42 "} → 0"#
    ) { text, words in
        words.contains { text.utf8.elementsEqual($0.utf8) }
    }
}
