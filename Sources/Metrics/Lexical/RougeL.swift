import Text

/// The longest common subsequence of words with the best reference, as F1.
///
/// Failed where both texts are so long that comparing them would take seconds (see
/// `commonSubsequenceLength`). Not applicable without a reference, or where none has a word; failed without a
/// text.
enum RougeL {
    static let family = Rouge.family(
        "rouge_l", summary: "Longest common sequence of words with the best reference, as F1.",
        example: #"{"reference_response": "the cat sat down", "text": "the dog sat down"} → 0.75"#,
        counting: false
    ) { answer, reference in
        guard let hits = commonSubsequenceLength(answer.ordered, reference.ordered) else { return nil }
        return Rouge.Score(hits: hits, answer: answer.ordered.count, reference: reference.ordered.count)
    }
}
