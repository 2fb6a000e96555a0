import Domain
import Notation

/// Whether useful passages stand before useless ones: the mean of precision@k over the ranks k that a judge finds
/// useful.
///
/// Σ (precision@k · useful_k) ÷ Σ useful_k: 1 where all useful ones come first, 0 where none is useful. Not applicable
/// without a reference or where nothing was retrieved.
enum ContextPrecisionJudged {
    static let form = JudgedForm(
        name: "judged_context_precision", needs: [.observed("documents"), .expected("reference_response")],
        summary: "Whether passages that a judge finds useful stand before the others.",
        source: "Average precision over judged passages, after S. Es et al., RAGAS, EACL 2024; own prompt.",
        example:
            #"{"reference_response": "At 9.", "documents": [{"text": "Our history"}, {"text": "We open at 9."}], "judge": [{"verdicts": [{"number": 1, "verdict": "no"}, {"number": 2, "verdict": "yes"}]}]} → 0.5"#,
        prompts: ["context_precision"], stage: .retrieval,
        unless: { input, _, _ in input.example.references.isEmpty ? "the example has no reference" : nil }
    ) { input, bench in
        guard let reference = input.example.references.first else { return .done(.notExpected("reference")) }
        guard let context = input.contextTexts() else { return .done(input.noContext()) }
        if context.isEmpty { return .done(.notApplicable("nothing was retrieved")) }
        let values: [String: JudgeField] = [
            "question": .text(input.example.query), "reference": .text(reference), "context": .texts(context),
        ]
        switch bench.poll("context_precision", values, { $0.flags(context.count) }) {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let votes): return .done(averagePrecision(bench.shares(votes)))
        }
    }

    private static func averagePrecision(_ useful: [Double?]) -> Measurement {
        var weight = 0.0
        var sum = 0.0
        for (place, share) in useful.enumerated() {
            guard let share else { return .unmeasured("the judge's votes are split on passage \(place + 1)") }
            weight += share
            sum += share * weight / Double(place + 1)
        }
        return .value(weight > 0 ? sum / weight : 0)
    }
}
