import Domain
import Notation

/// How far the app's probabilities lie from what came true, over ten bins of equal width.
///
/// See ``Calibration`` for what is a probability of what; `intent_ece` is of intents alone. An app that failed counts as
/// certain and wrong.
enum ExpectedCalibrationError {
    static let family = MetricFamily(
        name: "ece", parameter: .value(words: Calibration.words),
        needs: [.anyExpectation],
        summary: "How far the app's confidence lies from how often it is right, over ten bins.",
        source: "M. P. Naeini et al., AAAI 2015; ten equal-width bins.",
        example: #"[{"match": true, "score": 0.875}, {"match": false, "score": 0.375}] → 0.25"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let calibration = try Calibration(request, resources)
        return MetricDefinition(
            request, of: family,
            .sums(3 * Calibration.binCount, .share(nil, .lower), Calibration.error),
            whenAppFailed: .worst {
                Calibration.isExpected($0.example)
                    ? .values(Calibration.parts(1, false)) : .notExpected("outcome")
            },
            measure: { input in
                switch calibration.pair(&input) {
                case .known(let number, let cameTrue): .values(Calibration.parts(number, cameTrue))
                case .unknown(let why): why
                }
            })
    }
}
