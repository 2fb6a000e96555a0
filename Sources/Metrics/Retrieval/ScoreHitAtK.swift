import Domain

/// The share of relevant documents among those returned, k at most: precision over what was returned.
///
/// 0 where nothing was returned, so that returning nothing gains nothing. Not applicable without gold
/// documents.
enum ScoreHitAtK {
    static let family = MetricFamily(
        name: "score_hit", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Share of relevant documents among those returned, k at most.",
        source: "precision@k with the number returned, k at most, as divisor.",
        example:
            #"score_hit@5: {"gold": ["d1", "d2"], "documents": ["d1", "d7", "d9"]} → 0.3333333333333333"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .retrieval(request, family) { ranking in
            ranking.relevant.isEmpty
                ? 0 : Double(ranking.relevantCount(k)) / Double(min(k, ranking.relevant.count))
        }
    }
}
