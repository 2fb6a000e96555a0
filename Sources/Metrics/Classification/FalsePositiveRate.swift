import Domain

/// The share of expected non-matches that the app took for matches: false positives over all that should not
/// match.
///
/// Not applicable to examples that should match, or of which nothing is expected; failed where the answer
/// shows neither score nor label. See `MatchDecision` for the options.
enum FalsePositiveRate {
    static let family = MetricFamily(
        name: "false_positive_rate", parameter: .value(words: MatchDecision.words),
        needs: [.observed("score"), .expected("match")],
        summary: "Share of expected non-matches that the app took for matches.",
        source: "False-positive rate.",
        example: #"{"match": false, "score": 0.4} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try MatchDecision(request).wrongShare(request, family, where: false)
    }
}
