import Text

/// The overlap of single words with the best reference, as F1.
///
/// Not applicable without a reference, or where none has a word; failed without a text; 0 where the answer
/// has no word.
enum Rouge1 {
    static let family = Rouge.family(
        "rouge_1", summary: "Overlap of single words with the best reference, as F1.",
        example: #"{"reference_response": "the cat sat", "text": "the cat ran off"} → 0.5714285714285715"#,
        counting: true
    ) { answer, reference in
        Rouge.Score(
            hits: sharedCount(sorted: answer.unigrams, sorted: reference.unigrams),
            answer: answer.unigrams.count, reference: reference.unigrams.count)
    }
}
