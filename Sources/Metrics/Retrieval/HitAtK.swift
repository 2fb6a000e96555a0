import Domain

/// Whether one of the gold documents (or spans) is among the first k: 1 or 0.
///
/// Not applicable without gold documents.
enum HitAtK {
    static let family = MetricFamily(
        name: "hit", parameter: .cutoff,
        needs: [.observed("documents"), .expected("retrieval_gold_doc_ids")],
        summary: "Whether a gold document is among the first k.",
        source: "trec_eval success_k.",
        example: #"hit@3: {"gold": ["d1", "d2"], "documents": ["d1", "d7", "d9"]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .retrieval(request, family, .passFail(.retrieval)) { ranking in
            ranking.foundCount(k) > 0 ? 1 : 0
        }
    }
}
