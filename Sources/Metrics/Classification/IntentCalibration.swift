import Domain

/// The expected calibration error of the app's confidence in its intent: how far confidence and accuracy lie
/// apart.
///
/// Ten bins of equal width, `[i/10, (i+1)/10)`, 1.0 in the last; the bins' gaps weighted with their counts.
/// Failed where the confidence is missing or outside `[0, 1]`. An app that failed counts as certain and
/// wrong.
enum IntentCalibration {
    static let family = MetricFamily(
        name: "intent_ece",
        needs: [.observed("intent"), .observed("confidence"), .expected("expected_intent")],
        summary: "How far the app's confidence in its intent lies from its accuracy, over ten bins.",
        source: "M. P. Naeini et al., AAAI 2015; ten equal-width bins.",
        example:
            #"[{"expected_intent": "a", "intent": "a", "confidence": 0.875}, "#
            + #"{"expected_intent": "a", "intent": "b", "confidence": 0.375}] → 0.25"#,
        nature: .sums(30, .share(.routing, .lower), error),
        whenAppFailed: .worst {
            $0.example.expectedIntent == nil ? .notExpected("expected intent") : parts(1, false)
        },
        measure: { input in
            switch Confidence.of(input) {
            case .known(let confidence, let right): return parts(confidence, right)
            case .unknown(let why): return why
            }
        })

    private static let binCount = 10

    /// Count, sum of confidences and number right for each bin, of one decision.
    private static func parts(_ confidence: Double, _ right: Bool) -> Measurement {
        var parts = [Double](repeating: 0, count: 3 * binCount)
        let bin = min(binCount - 1, Int(confidence * Double(binCount)))
        parts[3 * bin] = 1
        parts[3 * bin + 1] = confidence
        parts[3 * bin + 2] = right ? 1 : 0
        return .values(parts)
    }

    @Sendable private static func error(_ sums: [Double]) -> Double? {
        var count = 0.0
        var gap = 0.0
        for bin in 0..<binCount {
            count += sums[3 * bin]
            gap += abs(sums[3 * bin + 1] - sums[3 * bin + 2])
        }
        return count > 0 ? gap / count : nil
    }
}
