import Notation
import Statistics

let agreementEntries: [StatisticEntry] = [
    chanceEntry, cohenEntry, fleissEntry, krippendorffEntry, gwetEntry,
    rankBiasedEntry,
]

private let chanceEntry = StatisticEntry(
    name: "chance-corrected-agreement", family: .agreement,
    summary: "kappa from raw and chance agreement alone",
    source: "Cohen, Educ. Psychol. Meas. 20 (1960) 37-46",
    arguments: [
        .init("observed", "a number in 0...1", "raw agreement Po"),
        .init("expected", "a number in 0..<1", "agreement by chance Pe"),
    ],
    example: ["observed": 0.84, "expected": 0.27],
    compute: { (input) throws(StatisticProblem) in
        let observed = try input.double("observed")
        let expected = try input.double("expected")
        let value = try computed { () throws(EstimateError) in
            try chanceCorrectedAgreement(observed: observed, expected: expected)
        }
        return ["kappa": .number(value)]
    })

private let cohenEntry = StatisticEntry(
    name: "cohen-kappa", family: .agreement,
    summary: "agreement of two raters beyond chance, plain or weighted, with raw agreement",
    source:
        "Cohen, Educ. Psychol. Meas. 20 (1960) 37-46; Fleiss, Cohen & Everitt, Psychol. Bull. 72 (1969) 323-327",
    arguments: [
        .init("confusion", "rows of counts", "first rater's categories in rows, second's in columns"),
        .weights, .confidence,
    ],
    example: ["confusion": [[20, 5], [10, 15]], "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let confusion = try input.integerRows("confusion")
        let weights = try input.weights()
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try cohenKappa(confusion, weights: weights, confidence: confidence)
        }
        return answer("kappa", found)
    })

private let fleissEntry = StatisticEntry(
    name: "fleiss-kappa", family: .agreement,
    summary: "agreement of many raters beyond chance; ratings may be missing",
    source: "Fleiss, Psychol. Bull. 76 (1971) 378-382; Gwet, Handbook of Inter-Rater Reliability (2014)",
    arguments: [.counts, .ratings, .categories, .weights, .confidence],
    example: ["counts": [[0, 0, 14], [2, 6, 6], [7, 7, 0], [3, 9, 2]]],
    compute: { (input) throws(StatisticProblem) in
        let weights = try input.weights()
        let confidence = try input.double("confidence", default: 0.9)
        let counts = try input.ratingCounts()
        let found = try computed { () throws(EstimateError) in
            try fleissKappa(counts, weights: weights, confidence: confidence)
        }
        return answer("kappa", found)
    })

private let gwetEntry = StatisticEntry(
    name: "gwet-ac1", family: .agreement,
    summary: "agreement that does not collapse where one category prevails; with weights AC2",
    source: "Gwet, Br. J. Math. Stat. Psychol. 61 (2008) 29-48",
    arguments: [.counts, .ratings, .categories, .weights, .confidence],
    example: ["ratings": [[1, 1], [1, 1], [2, 1], [1, nil], [2, 2], [1, 1]]],
    compute: { (input) throws(StatisticProblem) in
        let weights = try input.weights()
        let confidence = try input.double("confidence", default: 0.9)
        let counts = try input.ratingCounts()
        let found = try computed { () throws(EstimateError) in
            try gwetAgreement(counts, weights: weights, confidence: confidence)
        }
        return answer("coefficient", found)
    })

private let krippendorffEntry = StatisticEntry(
    name: "krippendorff-alpha", family: .agreement,
    summary: "agreement of any raters on any scale, with missing values; interval by resampling units",
    source: "Krippendorff, Computing Krippendorff's Alpha-Reliability (2011)",
    arguments: [
        .init("ratings", "rows of numbers or nulls", "a row a unit, a column a rater; null: missing"),
        .init("level", "nominal, ordinal, interval or ratio", fallback: "nominal", "the scale of the values"),
        .init(
            "resamples", "a count of at least 100, or 0", fallback: "0",
            "draws of the interval; 0: no interval"),
        .confidence, .seed,
    ],
    example: [
        "ratings": [[1, 1, nil], [2, 2, 3], [3, 3, 3], [4, 4, 4], [1, 2, 1], [2, nil, 2]], "level": "ordinal",
        "resamples": 1000,
    ],
    compute: { (input) throws(StatisticProblem) in
        let ratings = try input.optionalRows("ratings")
        let level = try input.choice(
            "level",
            [
                ("nominal", MeasurementLevel.nominal), ("ordinal", .ordinal), ("interval", .interval),
                ("ratio", .ratio),
            ],
            default: .nominal)
        let resamples = try input.drawn("resamples")
        let confidence = try input.double("confidence", default: 0.9)
        let seed = try input.seed()
        let found = try computed { () throws(EstimateError) in try krippendorffAlpha(ratings, level: level) }
        var object = JSONObject()
        object["alpha"] = .number(found.value)
        object["observed_disagreement"] = .number(found.observedDisagreement)
        object["expected_disagreement"] = .number(found.expectedDisagreement)
        object["units"] = .integer(Int64(found.units))
        object["values"] = .integer(Int64(found.values))
        guard let resamples else { return .object(object) }
        do throws(EstimateError) {
            let interval = try krippendorffAlphaInterval(
                ratings, level: level, confidence: confidence, resamples: resamples, seed: seed)
            return answer(interval, object)
        } catch {
            // Perfect agreement has a value and no interval.
            object["no_interval"] = .string(error.description)
            return .object(object)
        }
    })

extension StatisticEntry.Argument {
    fileprivate static let weights = Self(
        "weights", "identity, linear, quadratic, bipolar, or numbers", fallback: "identity",
        "agreement of unequal ratings; numbers: disagreement by steps apart, the first 0")
    fileprivate static let counts = Self(
        "counts", "rows of numbers", fallback: "from ratings",
        "a row a unit: how many raters chose each category")
    fileprivate static let ratings = Self(
        "ratings", "rows of numbers or nulls", fallback: "in place of counts",
        "a row a unit, a column a rater; null: missing")
    fileprivate static let categories = Self(
        "categories", "numbers", fallback: "those that occur",
        "every category that ratings could use, in order")
}

extension StatisticInput {
    fileprivate func weights() throws(StatisticProblem) -> AgreementWeights {
        if let value = given("weights"), value.arrayValue != nil {
            return .byDistance(try doubles("weights"))
        }
        return try choice(
            "weights",
            [
                ("identity", AgreementWeights.identity), ("linear", .linear), ("quadratic", .quadratic),
                ("bipolar", .bipolar),
            ], default: .identity)
    }

    fileprivate func ratingCounts() throws(StatisticProblem) -> RatingCounts {
        guard !has("counts") || !has("ratings") else {
            throw .wrong(argument: "ratings", must: "left out where there are counts", found: "there as well")
        }
        let categories = has("categories") ? try doubles("categories") : nil
        if has("counts") {
            let rows = try rows("counts")
            return try computed { () throws(EstimateError) in try RatingCounts(rows) }
        }
        guard has("ratings") else { throw .missing(argument: "counts", kind: "rows of numbers, or ratings") }
        let ratings = try optionalRows("ratings")
        return try computed { () throws(EstimateError) in
            try RatingCounts(ratings: ratings, categories: categories)
        }
    }

    /// How many resamples, nil for none.
    fileprivate func drawn(_ name: String) throws(StatisticProblem) -> Int? {
        let count = try integer(name, default: 0)
        guard count == 0 || (100...100_000).contains(count) else {
            throw .wrong(argument: name, must: "0, or a count in 100...100,000", found: "\(count)")
        }
        return count == 0 ? nil : count
    }
}

/// A coefficient with what stands beside it; its interval only where there is one.
private func answer(_ name: String, _ found: AgreementEstimate) -> JSONValue {
    var object = JSONObject()
    object[name] = .number(found.value)
    object["observed_agreement"] = .number(found.observed)
    object["expected_agreement"] = .number(found.expected)
    object["units"] = .integer(Int64(found.units))
    if let error = found.standardError { object["standard_error"] = .number(error) }
    if let test = found.test {
        object["z"] = .number(test.statistic ?? 0)
        object["p_value"] = .number(test.pValue)
    }
    guard let interval = found.interval else {
        object["no_interval"] = "nothing varies that could give one"
        return .object(object)
    }
    return answer(interval, object)
}

private let rankBiasedEntry = StatisticEntry(
    name: "rank-biased-overlap", family: .agreement,
    summary: "how alike two rankings are, early places weighing more (extrapolated)",
    source: "Webber, Moffat & Zobel, ACM Trans. Inf. Syst. 28 (2010) 20, equation 32",
    arguments: [
        .init("first", "texts", "items, best first"),
        .init("second", "texts", "items, best first"),
        .init(
            "persistence", "a number in 0...1", fallback: "0.9",
            "chance that a reader goes on to the next place"),
    ],
    example: ["first": ["a", "b", "c"], "second": ["b", "a", "d"]],
    compute: { (input) throws(StatisticProblem) in
        let first = try input.strings("first")
        let second = try input.strings("second")
        let persistence = try input.double("persistence", default: 0.9)
        let value = try computed { () throws(EstimateError) in
            try rankBiasedOverlap(first, second, persistence: persistence)
        }
        return ["overlap": .number(value)]
    })
