import Notation
import Statistics

let bootstrapMeanEntry = StatisticEntry(
    name: "bootstrap-mean", family: .intervals,
    summary: "the mean of a sample by resampling, BCa or percentile",
    source: "Efron, JASA 82 (1987) 171-185",
    arguments: [.sample] + drawing,
    example: ["values": [0.1, -0.2, 0.05, 0, 0, -0.3, 0.12, -0.07], "null": 0],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let resamples = try input.optionalInteger("resamples")
        let seed = try input.seed()
        return try drawn(input) { () throws(EstimateError) in
            try bootstrapMean(values, resamples: resamples, seed: seed)
        }
    })

let clusterBootstrapEntry = StatisticEntry(
    name: "cluster-bootstrap", family: .intervals,
    summary: "the mean of values that come in clusters, which are what is drawn: repeats of an example",
    source: "Davison, Hinkley, Bootstrap Methods and their Application (1997), section 3.8",
    arguments: [.init("clusters", "rows of numbers", "the values of one cluster each")] + drawing,
    example: ["clusters": [[1, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0], [0, 1, 1, 1]]],
    compute: { (input) throws(StatisticProblem) in
        let clusters = try input.rows("clusters")
        let resamples = try input.optionalInteger("resamples")
        let seed = try input.seed()
        return try drawn(input) { () throws(EstimateError) in
            try clusterBootstrapMean(clusters, resamples: resamples, seed: seed)
        }
    })

let bootstrapQuantileEntry = StatisticEntry(
    name: "bootstrap-quantile", family: .intervals,
    summary: "a quantile recomputed on every resample, or the difference of it between paired arms",
    source: "Efron, JASA 82 (1987) 171-185; Hyndman, Fan, The American Statistician 50 (1996) 361-365",
    arguments: [
        .sample, .quantileLevel,
        .init(
            "baseline", "numbers", fallback: "none",
            "the same examples under the baseline: asks for values minus baseline"),
    ] + drawing,
    example: ["values": [31, 45, 28, 52, 39, 61, 40, 35, 47, 33, 44, 38], "level": 0.5],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let level = try input.double("level")
        let before = input.has("baseline") ? try input.doubles("baseline") : nil
        let resamples = try input.optionalInteger("resamples")
        let seed = try input.seed()
        return try drawn(input) { () throws(EstimateError) in
            let after = try SortedSample(values)
            if let before {
                guard before.count == values.count else {
                    throw .unequalLengths(values.count, before.count, of: "values and baseline")
                }
                let sorted = try SortedSample(before)
                return try bootstrap(count: values.count, resamples: resamples, seed: seed) { weights in
                    after.quantile(at: level, weights: weights) - sorted.quantile(at: level, weights: weights)
                }
            }
            return try bootstrap(
                count: values.count, resamples: resamples, seed: seed, name: "BCa bootstrap"
            ) { weights in after.quantile(at: level, weights: weights) }
        }
    })

private let drawing: [StatisticEntry.Argument] = [
    .confidence,
    .init("method", "bca or percentile", fallback: "bca", "how the interval comes from the resamples"),
    .init("null", "a number", fallback: "left out", "asks for the p-value against it"),
    .alternative, .bootstrapDraws, .seed,
]

/// The interval of a bootstrap distribution, and its p-value where one is asked for.
private func drawn(
    _ input: StatisticInput, _ resampled: () throws(EstimateError) -> BootstrapDistribution
) throws(StatisticProblem) -> JSONValue {
    let confidence = try input.double("confidence", default: 0.9)
    let isBCa = try input.choice("method", [("bca", true), ("percentile", false)], default: true)
    let null = try input.optionalDouble("null")
    let alternative = try input.alternative()
    let distribution = try computed(resampled)
    let interval = try computed { () throws(EstimateError) in
        isBCa
            ? try distribution.interval(confidence: confidence)
            : try distribution.percentileInterval(confidence: confidence)
    }
    guard let null else {
        return answer(
            interval,
            [
                "estimate": .number(distribution.estimate), "n": .integer(Int64(distribution.count)),
                "acceleration": .number(distribution.acceleration),
            ])
    }
    let test = try computed { () throws(EstimateError) in
        try distribution.pValue(null: null, alternative: alternative)
    }
    return answer(
        interval,
        [
            "estimate": .number(distribution.estimate), "n": .integer(Int64(distribution.count)),
            "acceleration": .number(distribution.acceleration), "p_value": .number(test.pValue),
        ])
}
