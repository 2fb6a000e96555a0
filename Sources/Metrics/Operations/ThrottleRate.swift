import Domain

/// The share of examples of which an attempt was turned away for its rate (429, or 503 with `Retry-After`).
///
/// Not measured where the run ended first, or a recording lacks the row.
enum ThrottleRate {
    static let family = MetricFamily(
        name: "throttle_rate",
        needs: [],
        summary: "Share of examples that the app turned away for their rate at least once.",
        source: "RFC 6585 section 4; RFC 9110 section 10.2.3.",
        example: #"{"attempts": 2, "throttled": 1} → 1"#,
        nature: .passFail(.operation, .lower, tier: .efficiency),
        whenAppFailed: .measured,
        measure: { input in
            if let failure = input.observation.failure, !failure.wasAsked { return .failed(failure.detail) }
            return .share(input.observation.throttled > 0)
        })
}

extension Failure {
    /// Whether a request was made at all.
    var wasAsked: Bool {
        switch cause {
        case .cancelled, .notRecorded, .notAsked: false
        case .timeout, .status, .malformed, .emptyBody, .closedEarly, .crashed, .tooLarge: true
        case .throttled, .unreachable: true
        }
    }
}
