import Domain

/// The share of relevant documents among the first k; fewer than k retrieved count as k.
///
/// Not applicable without gold documents. `score_hit@k` divides by what was returned instead.
enum PrecisionAtK {
    static let family = MetricFamily(
        name: "precision", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Share of relevant documents among the first k.",
        source: "trec_eval P_k.",
        example: #"precision@5: {"gold": ["d1", "d2"], "documents": ["d1", "d7", "d9"]} → 0.2"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .retrieval(request, family) { ranking in
            Double(ranking.relevantCount(k)) / Double(k)
        }
    }
}
