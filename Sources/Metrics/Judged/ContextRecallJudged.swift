import Domain
import Notation

/// The share of a reference answer's claims that the retrieved passages bear out, by a judge in two steps.
///
/// Not applicable without a reference, or where it claims nothing; nothing retrieved is a recall of 0.
enum ContextRecallJudged {
    static let form = JudgedForm(
        name: "judged_context_recall", needs: [.observed("documents"), .expected("reference_response")],
        summary: "Share of the reference's claims that the retrieved passages bear out, by a judge.",
        source: "After S. Es et al., RAGAS, EACL 2024 (demonstrations); own prompts, those of faithfulness.",
        example:
            #"{"reference_response": "At 9, on weekdays.", "documents": [{"text": "We open at 9."}], "judge": [{"claims": ["It is at 9.", "It is on weekdays."]}, {"verdicts": [{"number": 1, "verdict": "yes"}, {"number": 2, "verdict": "no"}]}]} → 0.5"#,
        prompts: ["claims", "support"], stage: .retrieval, questions: 2,
        unless: { input, _, _ in input.example.references.isEmpty ? "the example has no reference" : nil }
    ) { input, bench in
        guard let reference = input.example.references.first else { return .done(.notExpected("reference")) }
        guard let context = input.contextTexts() else { return .done(input.noContext()) }
        if context.isEmpty { return .done(.value(0)) }
        return bench.supported(
            question: input.example.query, text: reference, by: context,
            nothing: "the reference claims nothing")
    }
}
