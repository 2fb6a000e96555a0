import Domain

/// How far the app's own score is from the one the example expects.
///
/// From a range or band, the distance to its nearer end, 0 within. An app that failed is as far off as a
/// score in `[0, 1]` can be. Not applicable without an expected score.
enum ScoreError {
    static let family = MetricFamily(
        name: "score_error",
        needs: [.observed("score"), .expected("expected_score")],
        summary: "Distance of the app's score from the expected one.",
        source: "Absolute difference.",
        example: #"{"expected_score": 0.75, "score": 0.5} → 0.25"#,
        nature: Nature(unit: .count, direction: .lower, tier: .quality),
        whenAppFailed: .worst { input in
            guard let range = expected(input.example) else { return .notExpected("expected score") }
            return .value(max(range.lowerBound, 1 - range.upperBound, 0))
        },
        measure: { input in
            guard let range = expected(input.example) else { return .notExpected("expected score") }
            guard let score = input.answer?.score else { return input.notShown("score") }
            return .value(max(range.lowerBound - score, score - range.upperBound, 0))
        })

    private static func expected(_ example: Example) -> ClosedRange<Double>? {
        switch example.expectedScore {
        case .value(let value): value...value
        case .range(let range): range
        case .band(let band): band.range
        case nil: nil
        }
    }
}

extension ScoreBand {
    /// From its lowest score to the end that it does not reach (1 is reached).
    var range: ClosedRange<Double> {
        switch self {
        case .high: 0.90...1
        case .medium: 0.70...0.90
        case .low: 0.50...0.70
        case .trueNegative: 0...0.50
        }
    }
}
