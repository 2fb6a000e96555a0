import Domain

/// The share of examples on which the app was reached and gave no usable answer: timeout, error status,
/// malformed.
///
/// An app that could not be reached, or turned the request away for its rate, is not measured here.
enum ErrorRate {
    static let family = MetricFamily(
        name: "error_rate",
        needs: [],
        summary: "Share of examples on which the app failed to answer.",
        source: "Failures that count against the app, by intention to treat.",
        example: #"{"failure": "timeout"} → 1"#,
        nature: .passFail(.operation, .lower, tier: .efficiency),
        whenAppFailed: .measured,
        measure: { input in
            guard let failure = input.observation.failure else { return .value(0) }
            return failure.countsAgainstApp ? .value(1) : .failed(failure.detail)
        })
}
