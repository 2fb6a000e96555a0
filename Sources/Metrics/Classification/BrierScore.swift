import Domain
import Notation

/// The mean of (probability − outcome)², the outcome being 1 or 0.
///
/// See ``Calibration`` for what is a probability of what; `intent_brier` is of intents alone. An app that failed scores 1.
enum BrierScore {
    static let family = MetricFamily(
        name: "brier", parameter: .value(words: Calibration.words),
        needs: [.anyExpectation],
        summary: "Mean squared distance of the app's confidence from being right.",
        source: "G. W. Brier, Monthly Weather Review 78 (1950) 1–3.",
        example: #"{"match": true, "score": 0.5} → 0.25"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let calibration = try Calibration(request, resources)
        return MetricDefinition(
            request, of: family, .share(nil, .lower),
            whenAppFailed: .worst(1, where: "outcome", Calibration.isExpected),
            measure: { input in
                switch calibration.pair(&input) {
                case .known(let number, let cameTrue):
                    let distance = number - (cameTrue ? 1 : 0)
                    return .value(distance * distance)
                case .unknown(let why): return why
                }
            })
    }
}
