import Domain

/// The share of gold documents (or spans) among the first k retrieved.
///
/// Not applicable without gold documents; 0 where nothing was retrieved.
enum RecallAtK {
    static let family = MetricFamily(
        name: "recall", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Share of the gold documents found among the first k.",
        source: "trec_eval recall_k.",
        example: #"recall@3: {"gold": ["d1", "d2"], "documents": ["d1", "d7", "d9"]} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .retrieval(request, family) { ranking in
            Double(ranking.foundCount(k)) / Double(ranking.goldCount)
        }
    }
}
