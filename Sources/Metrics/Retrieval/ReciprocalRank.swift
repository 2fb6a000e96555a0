import Domain

/// One over the rank of the first relevant document; 0 where none was retrieved. Its mean is the MRR.
///
/// Not applicable without gold documents.
enum ReciprocalRank {
    static let family = MetricFamily(
        name: "mrr",
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Mean of one over the rank of the first relevant document.",
        source: "trec_eval recip_rank; E. M. Voorhees, TREC-8 (1999).",
        example: #"{"gold": ["d2"], "documents": ["d1", "d2"]} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        .retrieval(request, family) { ranking in
            ranking.relevant.firstIndex(of: true).map { 1 / Double($0 + 1) } ?? 0
        }
    }
}
