import Domain

/// The share of what should be retrieved that was, in all retrieved chunks.
///
/// - `context_recall[id]`: gold documents, or spans where the example has them, as for `recall@k`.
/// - `context_recall[text]`: sentences of the gold spans (else of the references) whose words stand in a chunk: at least
///   `threshold` (0.8) of them.
/// - `context_recall[embedding]`: such sentences to which one of a chunk has a cosine of at least `threshold` (0.6).
///
/// 0 where nothing was retrieved. Not applicable without gold; failed where the app shows no documents, or not their
/// texts, or where the model failed.
enum ContextRecall {
    static let family = MetricFamily(
        name: "context_recall", parameter: ContextGold.parameter, members: .names,
        needs: [.observed("documents")],
        summary: "Share of what should be retrieved that was: by id, text or embedding.",
        source: "Es et al., RAGAS, EACL 2024 (context recall, without a model's verdict).",
        example:
            #"context_recall[text]: {"reference": "It rained. It snowed.", "documents": ["It rained."]} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try ContextGold.define(
            request, family,
            byID: { ranking, all in Double(ranking.foundCount(all)) / Double(ranking.goldCount) },
            { gold, holds throws(ModelGap) in
                var found = 0
                for statement in gold.statements {
                    for chunk in gold.chunks where try holds(chunk, statement) {
                        found += 1
                        break
                    }
                }
                return Double(found) / Double(gold.statements.count)
            })
    }
}
