import Domain

/// The share of retrieved chunks that hold what should be retrieved.
///
/// By `[id]`, `[text]` or `[embedding]`, thresholds, and what is missing as for `context_recall`; 0 where nothing was
/// retrieved. `precision@k` looks at the first k.
enum ContextPrecision {
    static let family = MetricFamily(
        name: "context_precision", parameter: ContextGold.parameter, members: .names,
        needs: [.observed("documents")],
        summary: "Share of retrieved chunks that hold what should be retrieved: by id, text or embedding.",
        source: "Es et al., RAGAS, EACL 2024 (context precision, without ranks and a model's verdict).",
        example:
            #"context_precision[text]: {"reference_response": "It rained.", "documents": [{"text": "It rained."}, {"text": "Tea."}]} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try ContextGold.define(
            request, family,
            byID: { ranking, all in all == 0 ? 0 : Double(ranking.holding.count { $0 }) / Double(all) },
            { gold, holds throws(ModelGap) in
                var relevant = 0
                for chunk in gold.chunks {
                    for statement in gold.statements where try holds(chunk, statement) {
                        relevant += 1
                        break
                    }
                }
                return Double(relevant) / Double(gold.chunks.count)
            })
    }
}
