import Domain

/// The share of expected matches that the app missed: false negatives over all that should match.
///
/// Not applicable to examples that should not match, or of which nothing is expected; failed where the answer
/// shows neither score nor label. See `MatchDecision` for the options.
enum MissRate {
    static let family = MetricFamily(
        name: "miss_rate", parameter: .value(words: MatchDecision.words),
        needs: [.observed("score"), .expected("match")],
        summary: "Share of expected matches that the app missed.",
        source: "False-negative rate.",
        example: #"{"match": true, "score": 0.4} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try MatchDecision(request).wrongShare(request, family, where: true)
    }
}
