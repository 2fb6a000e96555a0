import Notation
import Statistics

let studentIntervalEntry = StatisticEntry(
    name: "student-interval", family: .intervals,
    summary: "the mean of a sample by Student's t",
    source: "Student, Biometrika 6 (1908) 1-25",
    arguments: [.sample, .confidence],
    example: ["values": [0.61, 0.74, 0.52, 0.8, 0.66]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let confidence = try input.double("confidence", default: 0.9)
        let sample = try computed { () throws(EstimateError) in try moments(values) }
        let interval = try computed { () throws(EstimateError) in
            try studentInterval(values, confidence: confidence)
        }
        return answer(interval, ["estimate": .number(sample.mean), "n": .integer(Int64(sample.n))])
    })

let meanIntervalEntry = StatisticEntry(
    name: "mean-interval", family: .intervals,
    summary: "the mean of scores as gates reckon it: t below 200, BCa from there, analytic BCa from 5,000",
    source:
        "Student (1908); Efron, JASA 82 (1987) 171-185; Hall, The Bootstrap and Edgeworth Expansion (1992)",
    arguments: [.sample] + range + [.confidence, .seed],
    example: ["values": [1, 1, 1, 1, 1, 1, 1, 1], "lowest": 0, "highest": 1],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let range = try input.range()
        let confidence = try input.double("confidence", default: 0.9)
        let seed = try input.seed()
        let sample = try computed { () throws(EstimateError) in try moments(values) }
        let interval = try computed { () throws(EstimateError) in
            try meanInterval(values, range: range, confidence: confidence, seed: seed)
        }
        return answer(interval, ["estimate": .number(sample.mean), "n": .integer(Int64(sample.n))])
    })

let meanDifferenceEntry = StatisticEntry(
    name: "mean-difference-interval", family: .intervals,
    summary: "the mean paired difference, candidate minus baseline, as gates reckon it",
    source:
        "Student (1908); Efron, JASA 82 (1987) 171-185; Hall, The Bootstrap and Edgeworth Expansion (1992)",
    arguments: arms + range + [.confidence, .seed],
    example: [
        "baseline": [0.8, 0.6, 0.9, 0.7], "candidate": [0.7, 0.6, 0.95, 0.5], "lowest": 0, "highest": 1,
    ],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let range = try input.range()
        let confidence = try input.double("confidence", default: 0.9)
        let seed = try input.seed()
        let sample = try computed { () throws(EstimateError) in
            try moments(pairedDifferences(baseline: baseline, candidate: candidate), of: "pair")
        }
        let interval = try computed { () throws(EstimateError) in
            try meanDifferenceInterval(
                baseline: baseline, candidate: candidate, range: range, confidence: confidence, seed: seed)
        }
        return answer(interval, ["estimate": .number(sample.mean), "n": .integer(Int64(sample.n))])
    })

let analyticBCaEntry = StatisticEntry(
    name: "analytic-bca-interval", family: .intervals,
    summary: "the BCa interval of a mean without resampling, for n of 5,000 and more",
    source: "Hall, The Bootstrap and Edgeworth Expansion (1992), sections 2.5 and 3.10",
    arguments: [.sample, .confidence],
    example: ["values": [0, 0, 0, 1, 0, 2, 0, 0, 7, 0]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let confidence = try input.double("confidence", default: 0.9)
        let sample = try computed { () throws(EstimateError) in try moments(values) }
        let interval = try computed { () throws(EstimateError) in
            try analyticBCaInterval(sample, confidence: confidence)
        }
        return answer(interval, ["estimate": .number(sample.mean), "n": .integer(Int64(sample.n))])
    })

let ratioEquivalenceEntry = StatisticEntry(
    name: "ratio-equivalence", family: .intervals,
    summary: "the ratio of two paired means and whether it lies within a tolerance: two one-sided tests",
    source: "Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657-680",
    arguments: arms + [.init("tolerance", "a number above 0", "0.2 is within 20 %")] + range + [
        .confidence, .bootstrapDraws, .seed,
    ],
    example: [
        "baseline": [120, 98, 143, 110, 131], "candidate": [118, 104, 139, 117, 128], "tolerance": 0.2,
    ],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let tolerance = try input.double("tolerance")
        let range = try input.range()
        let confidence = try input.double("confidence", default: 0.9)
        let resamples = try input.optionalInteger("resamples")
        let seed = try input.seed()
        let comparison = try computed { () throws(EstimateError) in
            try RatioComparison(
                baseline: baseline, candidate: candidate, range: range, resamples: resamples, seed: seed)
        }
        let found = try computed { () throws(EstimateError) in
            try comparison.equivalence(within: tolerance)
        }
        let interval = try computed { () throws(EstimateError) in
            try comparison.interval(confidence: confidence)
        }
        return answer(
            interval,
            [
                "ratio": .number(comparison.ratio), "p_within": .number(found.within.pValue),
                "p_outside": .number(found.outside.pValue),
            ])
    })

let quantileIntervalEntry = StatisticEntry(
    name: "quantile-interval", family: .intervals,
    summary: "a quantile between two order statistics, whatever the distribution",
    source: "David, Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1",
    arguments: [.sample, .quantileLevel, .confidence],
    example: ["values": [31, 45, 28, 52, 39, 61, 40, 35, 47, 33], "level": 0.5],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values").sorted()
        let level = try input.double("level")
        let confidence = try input.double("confidence", default: 0.9)
        let interval = try computed { () throws(EstimateError) in
            try quantileInterval(ofSorted: values, at: level, confidence: confidence)
        }
        let estimate = try computed { () throws(EstimateError) in try quantile(ofSorted: values, at: level) }
        return answer(interval, ["estimate": .number(estimate), "n": .integer(Int64(values.count))])
    })

let quantileBoundEntry = StatisticEntry(
    name: "quantile-bound", family: .intervals,
    summary: "a one-sided bound of a quantile, whatever the distribution",
    source: "David, Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1",
    arguments: [
        .sample, .quantileLevel, .init("side", "upper or lower", fallback: "upper", "which bound"),
        .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["values": [31, 45, 28, 52, 39, 61, 40, 35, 47, 33], "level": 0.5],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values").sorted()
        let level = try input.double("level")
        let isUpper = try input.choice("side", [("upper", true), ("lower", false)], default: true)
        let confidence = try input.double("confidence", default: 0.95)
        let bound = try computed { () throws(EstimateError) in
            isUpper
                ? try quantileUpperBound(ofSorted: values, at: level, confidence: confidence)
                : try quantileLowerBound(ofSorted: values, at: level, confidence: confidence)
        }
        return [
            "bound": .number(bound), "n": .integer(Int64(values.count)), "confidence": .number(confidence),
        ]
    })

let observationsForQuantileEntry = StatisticEntry(
    name: "observations-for-quantile", family: .intervals,
    summary: "observations before the largest is an upper bound of a quantile: 59 for p95",
    source: "David, Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1",
    arguments: [
        .quantileLevel, .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["level": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let level = try input.double("level")
        let confidence = try input.double("confidence", default: 0.95)
        let needed = try computed { () throws(EstimateError) in
            try observationsNeeded(forQuantile: level, confidence: confidence)
        }
        return ["observations": .integer(Int64(needed))]
    })

private let range: [StatisticEntry.Argument] = [
    .init("lowest", "a number", fallback: "unbounded", "the least that one score can be"),
    .init("highest", "a number", fallback: "unbounded", "the most that one score can be"),
]

private let arms: [StatisticEntry.Argument] = [
    .init("baseline", "numbers", "one value an example"),
    .init("candidate", "numbers", "the same examples in the same order"),
]

extension StatisticEntry.Argument {
    static let sample = Self("values", "numbers", "one value an example, its repeats averaged before")
    static let quantileLevel = Self("level", "a number in (0, 1)", "of the quantile: 0.95 for p95")
    static let bootstrapDraws = Self(
        "resamples", "a count", fallback: "10,000; 2,000 from 5,000 examples", "bootstrap draws")
}
