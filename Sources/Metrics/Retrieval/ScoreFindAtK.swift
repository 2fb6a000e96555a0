import Domain

/// The share of gold documents (or spans) found among the first k: the counterpart of `score_hit@k`.
///
/// The same number as `recall@k`, under the name that teams who report hit and find scores know.
enum ScoreFindAtK {
    static let family = MetricFamily(
        name: "score_find", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Share of the gold documents found among the first k.",
        source: "trec_eval recall_k.",
        example: #"score_find@3: {"gold": ["d1", "d2"], "documents": ["d1", "d7", "d9"]} → 0.5"#,
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
