import Statistics

/// What changed within a part of the traffic: an intent, a locale, any label.
public struct SliceChange: Sendable {
    public let label: ShadowPair.Label
    public let pairs: Int
    public let keys: Int
    /// Errors, blocks, changed intents: whichever the pairs show.
    public internal(set) var rates: [RateChange]
    public let latency: Reading?
    public let latencyProduction: Reading?
    public let latencyChange: Reading?
    public let latencyTest: TestResult?
    public internal(set) var adjustedLatency: Double?
    /// Whether it has as many keys as are wanted before anything is claimed.
    public let isSupported: Bool
}

/// Values of one part of the traffic.
struct SliceValues {
    var pairs = 0
    var keys: Set<Int32> = []
    var errors = KeyedValues()
    var blocks = KeyedValues()
    var latency = KeyedValues()

    /// - Parameter isUnequal: Whether the arms carried unequal load: then their times are shown and not tested.
    func change(_ label: ShadowPair.Label, _ options: ShadowOptions, isUnequal: Bool) -> SliceChange {
        var rates: [RateChange] = []
        let told = [
            ("errors", "requests that the arm failed", errors),
            ("guardrail blocks", "answers that the guardrail held back", blocks),
        ]
        for (name, summary, values) in told {
            if let rate = RateChange(
                name, summary, values, confidence: options.confidence, seed: options.seed, wantsRatio: false)
            {
                rates.append(rate)
            }
        }
        let means = latency.means
        var (before, after, change): (Reading?, Reading?, Reading?) = (nil, nil, nil)
        var test: TestResult?
        if means.count > 0 {
            func mean(_ values: [Double], _ method: String) -> Reading {
                Reading((try? moments(values).mean) ?? .nan, n: values.count, method: method) {
                    () throws(EstimateError) in
                    try keyedInterval(values, range: nil, confidence: options.confidence)
                }
            }
            before = mean(means.production, "mean over keys")
            after = mean(means.candidate, "mean over keys")
            change = mean(means.differences, "mean paired difference over keys")
            test =
                isUnequal
                ? nil
                : try? pairedMeanTest(means.differences, alternative: .twoSided, seed: options.seed)
        }
        return SliceChange(
            label: label, pairs: pairs, keys: keys.count, rates: rates, latency: after,
            latencyProduction: before, latencyChange: change, latencyTest: test, adjustedLatency: nil,
            isSupported: keys.count >= options.leastKeys)
    }
}
