import Notation
import Statistics

let numberDriftEntries: [StatisticEntry] = [
    kolmogorovSmirnovEntry, wassersteinDistanceEntry, wassersteinDriftEntry, quantileDriftEntry,
    meanDiscrepancyEntry,
    meanCosineEntry, probeStabilityEntry,
]

extension StatisticEntry.Argument {
    fileprivate static let reference = Self("reference", "numbers", "what was while all was well")
    fileprivate static let window = Self("window", "numbers", "what is now")
    fileprivate static let referenceVectors = Self(
        "reference", "rows of numbers", "vectors while all was well")
    fileprivate static let windowVectors = Self("window", "rows of numbers", "vectors now")
}

private let kolmogorovSmirnovEntry = StatisticEntry(
    name: "ks-drift", family: .drift,
    summary: "whether numbers have moved, by the largest distance of their distribution functions",
    source: "Smirnov, Bulletin of Moscow University 2 (1939) 3-16",
    arguments: [
        .reference, .window, .driftAlpha,
        .init("floor", "a number, 0 or above", fallback: "0.1", "the least distance that matters"),
    ],
    example: [
        "reference": [0.91, 0.94, 0.9, 0.96, 0.93, 0.95, 0.92, 0.97],
        "window": [0.84, 0.9, 0.87, 0.92, 0.86, 0.88],
    ],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.doubles("reference")
        let window = try input.doubles("window")
        let alpha = try input.double("alpha", default: 0.01)
        let floor = try input.double("floor", default: 0.1)
        let drift = try computed { () throws(EstimateError) in
            try kolmogorovSmirnovDrift(reference: reference, window: window, alpha: alpha, floor: floor)
        }
        return answer(drift)
    })

private let wassersteinDistanceEntry = StatisticEntry(
    name: "wasserstein-distance", family: .drift,
    summary: "the area between the distribution functions of two samples",
    source: "Vallender, Theory Probab. Appl. 18 (1974) 784-786",
    arguments: [.init("first", "numbers", "a sample"), .init("second", "numbers", "another one")],
    example: ["first": [1.0, 2.5, 3.0, 4.5], "second": [2.0, 2.5, 5.0]],
    compute: { (input) throws(StatisticProblem) in
        let first = try input.doubles("first")
        let second = try input.doubles("second")
        let value = try computed { () throws(EstimateError) in try wassersteinDistance(first, second) }
        return ["value": .number(value)]
    })

private let wassersteinDriftEntry = StatisticEntry(
    name: "wasserstein-drift", family: .drift,
    summary: "whether numbers have moved, by the Wasserstein-1 distance and a permutation",
    source: "Vallender, Theory Probab. Appl. 18 (1974) 784-786; Phipson & Smyth, SAGMB 9 (2010) 39",
    arguments: [
        .reference, .window, .driftAlpha,
        .init(
            "floor", "a number, 0 or above", fallback: "0.1",
            "the least effect that matters, in deviations of the reference"),
        .shuffles, .seed,
    ],
    example: [
        "reference": [0.91, 0.94, 0.9, 0.96, 0.93, 0.95, 0.92, 0.97],
        "window": [0.84, 0.9, 0.87, 0.92, 0.86, 0.88], "seed": 7,
    ],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.doubles("reference")
        let window = try input.doubles("window")
        let alpha = try input.double("alpha", default: 0.01)
        let floor = try input.double("floor", default: 0.1)
        let resamples = try input.integer("resamples", default: 2_000)
        let seed = try input.seed()
        let drift = try computed { () throws(EstimateError) in
            try wassersteinDrift(
                reference: reference, window: window, alpha: alpha, floor: floor, resamples: resamples,
                seed: seed)
        }
        return answer(drift)
    })

private let quantileDriftEntry = StatisticEntry(
    name: "quantile-drift", family: .drift,
    summary: "whether numbers have moved, by PSI or its like over bins of equal share in the reference",
    source: "Yurdakul & Naranjo, J. Risk Model Validation 14(4) (2020) 89-100",
    arguments: [
        .reference, .window,
        .init("bins", "a count", fallback: "10", "of equal share; ties make fewer"),
        .measure, .driftAlpha,
        .init(
            "floor", "a number, 0 or above", fallback: "KL .05, PSI .1, JS .112, w .316",
            "the least effect that matters"),
        .shuffles, .seed,
    ],
    example: [
        "reference": [0.91, 0.94, 0.9, 0.96, 0.93, 0.95, 0.92, 0.97],
        "window": [0.84, 0.9, 0.87, 0.92, 0.86, 0.88], "bins": 4, "seed": 7,
    ],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.doubles("reference")
        let window = try input.doubles("window")
        let bins = try input.integer("bins", default: 10)
        let measure = try input.categoryMeasure()
        let alpha = try input.double("alpha", default: 0.01)
        let floor = try input.optionalDouble("floor")
        let resamples = try input.integer("resamples", default: 2_000)
        let seed = try input.seed()
        let (made, counts, drift) = try computed { () throws(EstimateError) in
            let made = try ReferenceBins(reference, bins: bins)
            let drift = try made.drift(
                of: window, measure: measure, alpha: alpha, floor: floor, resamples: resamples, seed: seed)
            return (made, try made.counts(of: window), drift)
        }
        return answer(
            drift,
            [
                "edges": json(made.edges),
                "reference_counts": json(made.counts),
                "window_counts": json(counts),
            ])
    })

private let meanDiscrepancyEntry = StatisticEntry(
    name: "mmd-drift", family: .drift,
    summary: "whether vectors have moved, by the unbiased MMD² of a Gaussian kernel and a permutation",
    source: "Gretton et al., JMLR 13 (2012) 723-773",
    arguments: [
        .referenceVectors, .windowVectors,
        .init("bandwidth", "a number above 0", fallback: "the median distance", "of the kernel"),
        .driftAlpha,
        .init("floor", "a number, 0 or above", fallback: "0.01", "the least MMD² that matters"),
        .init("resamples", "a count", fallback: "1000", "shuffles of the labels"), .seed,
    ],
    example: [
        "reference": [[0.1, 0.9], [0.2, 0.8], [0.15, 0.95], [0.05, 0.85]],
        "window": [[0.8, 0.1], [0.9, 0.3], [0.7, 0.2]], "seed": 7,
    ],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.rows("reference")
        let window = try input.rows("window")
        let bandwidth = try input.optionalDouble("bandwidth")
        let alpha = try input.double("alpha", default: 0.01)
        let floor = try input.double("floor", default: 0.01)
        let resamples = try input.integer("resamples", default: 1_000)
        let seed = try input.seed()
        let drift = try computed { () throws(EstimateError) in
            try meanDiscrepancyDrift(
                reference: VectorSample(reference, name: "reference"),
                window: VectorSample(window, name: "window"), bandwidth: bandwidth, alpha: alpha,
                floor: floor, resamples: resamples, seed: seed)
        }
        return answer(drift)
    })

private let meanCosineEntry = StatisticEntry(
    name: "mean-cosine-shift", family: .drift,
    summary: "how far the average vector has turned: 1 - cosine",
    source: "Salton & McGill, Introduction to Modern Information Retrieval (1983), for the cosine",
    arguments: [.referenceVectors, .windowVectors],
    example: ["reference": [[0.1, 0.9], [0.2, 0.8]], "window": [[0.3, 0.9], [0.2, 0.7], [0.4, 0.8]]],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.rows("reference")
        let window = try input.rows("window")
        let shift = try computed { () throws(EstimateError) in
            try meanCosineShift(
                reference: VectorSample(reference, name: "reference"),
                window: VectorSample(window, name: "window"))
        }
        return ["value": .number(shift)]
    })

private let probeStabilityEntry = StatisticEntry(
    name: "probe-stability", family: .drift,
    summary: "how a fixed set of texts is embedded now against then: mean cosine and kept neighbours",
    source: "Salton & McGill, Introduction to Modern Information Retrieval (1983), for the cosine",
    arguments: [
        .init("before", "rows of numbers", "the probes' vectors when they were pinned"),
        .init("now", "rows of numbers", "the same probes, in the same order"),
        .init("neighbours", "a count", fallback: "10", "that are held against each other"),
    ],
    example: [
        "before": [[1.0, 0.0], [0.9, 0.1], [0.1, 1.0], [0.0, 1.0]],
        "now": [[0.99, 0.05], [0.9, 0.15], [0.1, 1.0], [0.7, 0.7]], "neighbours": 1,
    ],
    compute: { (input) throws(StatisticProblem) in
        let before = try input.rows("before")
        let now = try input.rows("now")
        let neighbours = try input.integer("neighbours", default: 10)
        let found = try computed { () throws(EstimateError) in
            try ProbeStability(
                before: VectorSample(before, name: "before"), now: VectorSample(now, name: "now"),
                neighbours: neighbours)
        }
        return [
            "mean_cosine": .number(found.meanCosine), "least_cosine": .number(found.leastCosine.cosine),
            "least_probe": json(found.leastCosine.probe),
            "kept_neighbours": .number(found.keptNeighbours),
        ]
    })
