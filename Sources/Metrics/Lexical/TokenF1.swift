import Domain
import Text

/// The harmonic mean of token precision and recall against the best reference, after SQuAD's normalisation.
///
/// Where the answer or the reference has no token left, it is 1 if both have none, else 0, as the script has it: texts of
/// punctuation alone are alike, those of emoji are not, which are tokens. Not applicable without a reference; failed without a text. Unicode-aware, so letters of scripts without spaces count one
/// by one.
enum TokenF1 {
    static let family = MetricFamily(
        name: "token_f1",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Overlap of the answer's and the best reference's words, as F1.",
        source: "SQuAD evaluation script 1.1 (Rajpurkar et al., EMNLP 2016).",
        example: #"{"reference_response": ["the Denver Broncos"], "text": "Denver Broncos won"} → 0.8"#,
        nature: .share(.generation),
        whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
        measure: { input in
            if input.example.references.isEmpty { return .notExpected("reference") }
            guard let value = best(&input) else { return input.notShown("text") }
            return .value(value)
        })

    /// The score against the best reference; nil without a text.
    static func best(_ input: inout MeasureInput) -> Double? {
        guard let answer = input.answerTokens() else { return nil }
        var best = 0.0
        for reference in input.features.answerTokens() {
            best = max(best, score(answer.sorted, reference.sorted))
        }
        return best
    }

    /// F1 of two sorted lists of tokens.
    static func score(_ answer: [UInt64], _ reference: [UInt64]) -> Double {
        if answer.isEmpty || reference.isEmpty { return answer.isEmpty && reference.isEmpty ? 1 : 0 }
        let shared = sharedCount(sorted: answer, sorted: reference)
        if shared == 0 { return 0 }
        let precision = Double(shared) / Double(answer.count)
        let recall = Double(shared) / Double(reference.count)
        return 2 * precision * recall / (precision + recall)
    }
}
