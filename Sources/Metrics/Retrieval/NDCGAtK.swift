import Domain

/// The discounted gain of the first k, over the best possible: gain 1 for a gold document, discount log2(rank
/// + 1).
///
/// A document that holds several gold spans gains their number; the quotient is at most 1. Not applicable
/// without gold documents.
enum NDCGAtK {
    static let family = MetricFamily(
        name: "ndcg", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Discounted gain of the first k, over the best possible.",
        source: "trec_eval ndcg_cut; K. Järvelin, J. Kekäläinen, ACM TOIS 20 (2002) 422–446.",
        example: #"ndcg@3: {"gold": ["d1"], "documents": ["d1", "d3", "d2"]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .retrieval(request, family) { ranking in
            ranking.discountedGain(k)
        }
    }
}
