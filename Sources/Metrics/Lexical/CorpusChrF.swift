import Domain
import Notation

/// chrF of all answers together, in `[0, 1]` (sacrebleu's chrF2 divided by 100): overlap of runs of
/// characters.
///
/// Needs no words, so it suits every script. Each example adds its counts against the best of its references;
/// the score is a function of the sums. An app that failed counts as an empty answer. Not applicable without
/// a reference; failed without a text.
enum CorpusChrF {
    static let family = MetricFamily(
        name: "chrf",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Overlap of runs of characters of all answers together (chrF2).",
        source: "M. Popović, WMT 2015, as sacrebleu computes it: Signature nc:6|nw:0|space:no|eff:yes.",
        example: #"{"reference_response": "the cat", "text": "the cat"} → 1"#,
        nature: .sums(CharacterF().width, .share(.generation)) { sums in
            sums[1] > 0 ? CharacterF().score(sums) : nil
        },
        whenAppFailed: .worst { input in
            if input.example.references.isEmpty { return .notExpected("reference") }
            return .values(CharacterF().counts("", input.features.characterRuns()))
        },
        measure: { input in
            if input.example.references.isEmpty { return .notExpected("reference") }
            guard let text = input.answer?.text else { return input.notShown("text") }
            return .values(CharacterF().counts(text, input.features.characterRuns()))
        })
}
