import Domain

/// The share of relevant documents among the first R, R being the number of gold documents (or spans).
///
/// Fewer than R retrieved count as R. Not applicable without gold documents.
enum RPrecision {
    static let family = MetricFamily(
        name: "r_precision",
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Precision at as many ranks as there are gold documents.",
        source: "trec_eval Rprec.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        .retrieval(request, family) { ranking in
            Double(ranking.relevantCount(ranking.goldCount)) / Double(ranking.goldCount)
        }
    }
}
