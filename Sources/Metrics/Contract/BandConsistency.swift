import Domain
import Text

/// Whether the band that the app puts on its score is the band of that score.
///
/// Of the score, or of the confidence where the app shows no score. Labels are read letter case aside, `_`
/// and `-` as spaces. Failed without a label or number, and where the label names no band.
enum BandConsistency {
    static let family = MetricFamily(
        name: "band_consistency",
        needs: [.observed("label")],
        summary: "Whether the app's label agrees with its own score.",
        source: "Half-open bands of a similarity score.",
        example: #"{"score": 0.90, "label": "medium"} → 0"#,
        nature: .passFail(.format),
        whenAppFailed: .worst { _ in .value(0) },
        measure: { input in
            guard let label = input.answer?.scoreLabel else { return input.notShown("label") }
            guard let number = input.answer?.score ?? input.answer?.confidence else {
                return input.notShown("score")
            }
            guard let band = ScoreBand(label: label) else { return .failed("the label names no band") }
            return .share(ScoreBand(score: number) == band)
        })
}

extension ScoreBand {
    /// The band that a label names.
    init?(label: String) {
        let words = String(label.uppercased().map { $0 == "_" || $0 == "-" ? " " : $0 })
        self.init(rawValue: foldingSpace(words))
    }
}
