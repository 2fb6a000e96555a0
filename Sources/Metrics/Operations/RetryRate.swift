import Domain

/// The share of examples that needed more than one attempt for one of their turns.
///
/// Not measured where the run ended first, or a recording lacks the row.
enum RetryRate {
    static let family = MetricFamily(
        name: "retry_rate",
        needs: [],
        summary: "Share of examples that needed another attempt.",
        source: "Attempts beyond one for each turn asked.",
        example: #"{"attempts": 3} → 1"#,
        nature: .passFail(.operation, .lower, tier: .efficiency),
        whenAppFailed: .measured,
        measure: { input in
            if let failure = input.observation.failure, !failure.wasAsked { return .failed(failure.detail) }
            return .share(input.observation.attempts > input.observation.earlierTurns.count + 1)
        })
}
