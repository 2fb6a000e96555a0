import Domain

/// The app's own score (a similarity, a rank), as it gave it.
///
/// For rules on spread, order and bounds; neither direction is better. Failed where the answer shows none.
enum AppScore {
    static let family = MetricFamily(
        name: "score",
        needs: [.observed("score")],
        summary: "The app's own score.",
        source: "The app's own number.",
        example: #"{"score": 0.82} → 0.82"#,
        nature: Nature(unit: .count, lowest: nil, direction: .neither, tier: .quality),
        measure: { input in
            guard let score = input.answer?.score else { return input.notShown("score") }
            return .value(score)
        })
}
