import Domain

/// The mean, over the gold documents (or spans), of the precision at the rank where each is found. Its mean
/// is MAP.
///
/// A gold document that was not retrieved counts 0. Not applicable without gold documents.
enum AveragePrecision {
    static let family = MetricFamily(
        name: "map",
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Mean of the precision at each gold document's rank.",
        source: "trec_eval map.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.8333333333333333"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        .retrieval(request, family) { ranking in
            ranking.averagePrecision
        }
    }
}
