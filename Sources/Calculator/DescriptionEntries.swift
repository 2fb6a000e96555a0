import Notation
import Statistics

let descriptionEntries: [StatisticEntry] = [
    momentsEntry, runningMomentsEntry, covarianceEntry, oneWayVarianceEntry, quantileEntry, histogramEntry,
    quantileSketchEntry, eventCountEntry, categoryCountsEntry,
]

private let momentsEntry = StatisticEntry(
    name: "moments", family: .description,
    summary: "mean, deviation, standard error and skewness of a sample",
    source: "Chan, Golub, LeVeque, The American Statistician 37 (1983) 242-247",
    arguments: [.init("values", "numbers", "in any order")],
    example: ["values": [10000001, 10000003, 10000002]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        return try described(try computed { () throws(EstimateError) in try moments(values) })
    })

private let runningMomentsEntry = StatisticEntry(
    name: "running-moments", family: .description,
    summary: "moments of parts that were added up one value at a time and merged, as gateways do",
    source: "Pébay, Sandia Report SAND2008-6212 (2008)",
    arguments: [.init("parts", "rows of numbers", "the values of one part each, merged in this order")],
    example: ["parts": [[3, 4], [5.5], [1, 2, 9]]],
    compute: { (input) throws(StatisticProblem) in
        let parts = try input.rows("parts")
        let found = try computed { () throws(EstimateError) in
            var whole = RunningMoments()
            for part in parts {
                var next = RunningMoments()
                for value in part { try next.add(value) }
                whole.merge(next)
            }
            return try whole.moments()
        }
        return try described(found)
    })

/// A sample of one has neither deviation nor skewness.
private func described(_ sample: Moments) throws(StatisticProblem) -> JSONValue {
    var found = JSONObject()
    found["n"] = .integer(Int64(sample.n))
    found["mean"] = .number(sample.mean)
    if sample.n > 1 {
        found["standard_deviation"] = .number(sample.standardDeviation)
        found["standard_error"] = .number(sample.standardError)
        if let variance = try? sample.variance() { found["variance"] = .number(variance) }
        if !sample.isConstant { found["skewness"] = .number(sample.skewness) }
    }
    found["minimum"] = .number(sample.minimum)
    found["maximum"] = .number(sample.maximum)
    return .object(found)
}

private let covarianceEntry = StatisticEntry(
    name: "covariance", family: .description,
    summary: "how two series of the same examples vary together",
    source: "Chan, Golub, LeVeque, The American Statistician 37 (1983) 242-247",
    arguments: [
        .init("first", "numbers", "one value an example"),
        .init("second", "numbers", "the same examples in the same order"),
    ],
    example: ["first": [1, 2, 3, 4], "second": [2, 1, 4, 3]],
    compute: { (input) throws(StatisticProblem) in
        let first = try input.doubles("first")
        let second = try input.doubles("second")
        let found = try computed { () throws(EstimateError) in try covariance(first, second) }
        return ["covariance": .number(found.covariance), "n": .integer(Int64(found.n))]
    })

private let oneWayVarianceEntry = StatisticEntry(
    name: "one-way-variance", family: .description,
    summary: "variance between and within groups: more examples, or more repeats of each",
    source: "Fisher (1925); Searle, Casella, McCulloch, Variance Components (1992), section 3.6",
    arguments: [.init("groups", "rows of numbers", "the repeats of one example each")],
    example: ["groups": [[0, 2], [2, 4], [4, 6]]],
    compute: { (input) throws(StatisticProblem) in
        let groups = try input.rows("groups")
        let found = try computed { () throws(EstimateError) in try oneWayVariance(groups) }
        let test = try computed { () throws(EstimateError) in try found.fTest() }
        return answer(
            test,
            [
                "n": .integer(Int64(found.n)), "groups": .integer(Int64(found.groups)),
                "sum_of_squares_between": .number(found.sumOfSquaresBetween),
                "sum_of_squares_within": .number(found.sumOfSquaresWithin),
                "degrees_of_freedom_between": .integer(Int64(found.degreesOfFreedomBetween)),
                "degrees_of_freedom_within": .integer(Int64(found.degreesOfFreedomWithin)),
                "variance_between": .number(found.varianceBetween),
                "variance_within": .number(found.varianceWithin),
                "intraclass_correlation": .number(found.intraclassCorrelation),
                "explained_share": .number(found.explainedShare),
            ])
    })

private let quantileEntry = StatisticEntry(
    name: "quantile", family: .description,
    summary: "a quantile between order statistics, by one of four definitions",
    source: "Hyndman, Fan, The American Statistician 50 (1996) 361-365",
    arguments: [
        .init("values", "numbers", "in any order"),
        .init("level", "a number in [0, 1]", "0.95 for p95"),
        .init("definition", "R-6, R-7, R-8 or R-9", fallback: "R-7", "where order statistics stand"),
    ],
    example: ["values": [31, 45, 28, 52, 39], "level": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let level = try input.double("level")
        let words = QuantileDefinition.allCases.map { (word: $0.rawValue, value: $0) }
        let definition = try input.choice("definition", words, default: .r7)
        let found = try computed { () throws(EstimateError) in
            try quantile(values, at: level, definition: definition)
        }
        return [
            "quantile": .number(found), "n": .integer(Int64(values.count)),
            "definition": .string(definition.rawValue),
        ]
    })

private let histogramEntry = StatisticEntry(
    name: "histogram", family: .description,
    summary: "counts in adjoining bins with round edges, or in bins that are given",
    source: "as reports draw distributions",
    arguments: [
        .init("values", "numbers", "in any order"),
        .init("bins", "a count", fallback: "20", "about as many"),
        .init("edges", "numbers", fallback: "round ones", "ascending; the last bin holds both its edges"),
    ],
    example: ["values": [0.1, 0.4, 0.45, 0.8, 0.95], "bins": 5],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let bins = try input.integer("bins", default: 20)
        let given = input.has("edges") ? try input.doubles("edges") : nil
        let found = try computed { () throws(EstimateError) in
            let edges =
                if let given { given } else { try histogramEdges(spanning: values, bins: bins) }
            return try histogram(values, edges: edges)
        }
        return [
            "edges": .array(found.edges.map { .number($0) }),
            "counts": .array(found.counts.map { .integer(Int64($0)) }),
        ]
    })

private let quantileSketchEntry = StatisticEntry(
    name: "quantile-sketch", family: .description,
    summary: "a quantile within a stated relative error, from parts that merge in any order",
    source: "Masson, Rim, Lee, DDSketch, PVLDB 12 (2019) 2195-2205",
    arguments: [
        .init("parts", "rows of numbers", "the values of one part each, merged in this order"),
        .init("level", "a number in [0, 1]", "0.95 for p95"),
        .init("relative_error", "a number in [0.001, 0.5]", fallback: "0.01", "of the answer"),
    ],
    example: ["parts": [[120, 80, 95], [410], [77, 0, 130]], "level": 0.5],
    compute: { (input) throws(StatisticProblem) in
        let parts = try input.rows("parts")
        let level = try input.double("level")
        let error = try input.double("relative_error", default: 0.01)
        return try computed { () throws(EstimateError) in
            var whole = try QuantileSketch(relativeError: error)
            for part in parts {
                var next = try QuantileSketch(relativeError: error)
                for value in part { try next.add(value) }
                try whole.merge(next)
            }
            return [
                "quantile": .number(try whole.quantile(at: level)), "n": .integer(Int64(whole.n)),
                "relative_error": .number(whole.relativeError), "buckets": .integer(Int64(whole.buckets)),
                "stored_bytes": .integer(Int64(whole.bytes.count)),
            ]
        }
    })

private let eventCountEntry = StatisticEntry(
    name: "event-count", family: .description,
    summary: "events among trials, added up over parts as exact integers",
    source: "as gateways report",
    arguments: [.init("parts", "rows of two counts", "events and trials of one part each")],
    example: ["parts": [[3, 1000], [1, 400]]],
    compute: { (input) throws(StatisticProblem) in
        let parts = try input.integerRows("parts")
        for (index, part) in parts.enumerated() where part.count != 2 {
            throw .wrong(argument: "parts[\(index)]", must: "two counts", found: "\(part.count) of them")
        }
        let found = try computed { () throws(EstimateError) in
            var whole = EventCount()
            for part in parts { try whole.merge(EventCount(events: part[0], trials: part[1])) }
            return whole
        }
        return [
            "events": .integer(Int64(found.events)), "trials": .integer(Int64(found.trials)),
            "rate": found.rate.map { .number($0) } ?? .null,
        ]
    })

private let categoryCountsEntry = StatisticEntry(
    name: "category-counts", family: .description,
    summary: "labels counted over a fixed universe, and those outside it",
    source: "as drift of intents is watched",
    arguments: [
        .init("universe", "texts", "the labels that are known, each once"),
        .init("labels", "texts", "those that were seen"),
    ],
    example: ["universe": ["returns", "billing"], "labels": ["billing", "billing", "weather"]],
    compute: { (input) throws(StatisticProblem) in
        let universe = try input.strings("universe")
        let labels = try input.strings("labels")
        let found = try computed { () throws(EstimateError) in
            var counts = try CategoryCounts(universe: universe)
            for label in labels { counts.add(label) }
            return counts
        }
        return [
            "counts": .array(found.counts.map { .integer(Int64($0)) }),
            "unseen": .integer(Int64(found.unseen)), "total": .integer(Int64(found.total)),
        ]
    })
