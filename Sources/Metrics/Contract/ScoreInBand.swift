import Domain

/// Whether the app's own score lies in the band, or range, that the example expects.
///
/// Bands are half-open: HIGH [.90, 1], MEDIUM [.70, .90), LOW [.50, .70), TRUE NEGATIVE [0, .50). An expected
/// number stands for its band. A score outside `[0, 1]` is in no band. Not applicable without an expected
/// score.
enum ScoreInBand {
    static let family = MetricFamily(
        name: "score_band",
        needs: [.observed("score"), .expected("expected_score")],
        summary: "Whether the app's score lies in the expected band.",
        source: "Half-open bands of a similarity score.",
        example: #"{"expected_score": "MEDIUM", "score": 0.90} → 0"#,
        nature: .passFail(nil),
        whenAppFailed: .worst(0, where: "expected score") { $0.expectedScore != nil },
        measure: { input in
            guard let expected = input.example.expectedScore else { return .notExpected("expected score") }
            guard let score = input.answer?.score else { return input.notShown("score") }
            switch expected {
            case .band(let band): return .share(ScoreBand(score: score) == band)
            case .range(let range): return .share(range.contains(score))
            case .value(let value):
                guard let band = ScoreBand(score: value) else {
                    return .notApplicable("the expected score is in no band")
                }
                return .share(ScoreBand(score: score) == band)
            }
        })
}
