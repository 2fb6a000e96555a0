import Text

/// The overlap of pairs of neighbouring words with the best reference, as F1.
///
/// 0 where the reference or the answer has but one word. Not applicable without a reference, or where none
/// has a word; failed without a text.
enum Rouge2 {
    static let family = Rouge.family(
        "rouge_2", summary: "Overlap of pairs of words with the best reference, as F1.",
        example: #"{"reference_response": "the cat sat", "text": "the cat ran off"} → 0.4"#,
        counting: true
    ) { answer, reference in
        Rouge.Score(
            hits: sharedCount(sorted: answer.bigrams, sorted: reference.bigrams),
            answer: answer.bigrams.count, reference: reference.bigrams.count)
    }
}
