import Notation
import Statistics

let driftEntries: [StatisticEntry] =
    [
        klDivergenceEntry, jensenShannonEntry, stabilityIndexEntry, smoothedSharesEntry, categoryDriftEntry,
    ] + numberDriftEntries + chartEntries + runLengthEntries + seasonEntries

func json(_ count: Int) -> JSONValue { .integer(Int64(count)) }

func json(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer(Int64($0)) }) }

func json(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }

func json(_ values: [Double?]) -> JSONValue { .array(values.map { $0.map { .number($0) } ?? .null }) }

/// A finding as an answer, with whatever stands beside it.
func answer(_ drift: DriftResult, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    var object = JSONObject()
    object["finding"] = .string(drift.finding.rawValue)
    object["measure"] = .string(drift.measure)
    object["effect"] = .number(drift.effect)
    object["floor"] = .number(drift.floor)
    object["alpha"] = .number(drift.alpha)
    for (key, value) in more { object[key] = value }
    if case .object(let test) = answer(drift.test) {
        for member in test.members { object[member.key] = member.value }
    }
    object["reference"] = json(drift.reference)
    object["window"] = json(drift.window)
    return .object(object)
}

extension StatisticEntry.Argument {
    static let driftAlpha = Self(
        "alpha", "a number in (0, 1)", fallback: "0.01", "the p-value at or below which chance is ruled out")
    static let shuffles = Self("resamples", "a count", fallback: "2000", "shuffles of the labels")
    fileprivate static let weightsP = Self("p", "numbers", "weights of the categories now")
    fileprivate static let weightsQ = Self("q", "numbers", "weights of the same categories in the reference")
    fileprivate static let unit = Self("unit", "nats or bits", fallback: "nats", "base e, or base 2")
    static let measure = Self(
        "measure", "kl, psi, js or chi-squared", fallback: "psi", "the distance of the two mixes")
}

extension StatisticInput {
    fileprivate func unit() throws(StatisticProblem) -> InformationUnit {
        try choice("unit", [("nats", .nats), ("bits", .bits)], default: .nats)
    }

    func categoryMeasure() throws(StatisticProblem) -> CategoryMeasure {
        try choice("measure", CategoryMeasure.allCases.map { ($0.rawValue, $0) }, default: .psi)
    }
}

private let klDivergenceEntry = StatisticEntry(
    name: "kl-divergence", family: .drift,
    summary: "the divergence KL(p ‖ q) of two mixes of categories",
    source: "Kullback & Leibler, Ann. Math. Statist. 22 (1951) 79-86",
    arguments: [.weightsP, .weightsQ, .unit],
    example: ["p": [0.5, 0.3, 0.2], "q": [0.4, 0.4, 0.2]],
    compute: { (input) throws(StatisticProblem) in
        let p = try input.doubles("p")
        let q = try input.doubles("q")
        let unit = try input.unit()
        let value = try computed { () throws(EstimateError) in try klDivergence(p, from: q, unit: unit) }
        return ["value": .number(value), "unit": .string(unit.rawValue)]
    })

private let jensenShannonEntry = StatisticEntry(
    name: "jensen-shannon", family: .drift,
    summary: "the Jensen-Shannon divergence and distance of two mixes of categories",
    source: "Lin, IEEE Trans. Inf. Theory 37 (1991) 145-151",
    arguments: [.weightsP, .weightsQ, .unit],
    example: ["p": [0.5, 0.3, 0.2], "q": [0.4, 0.4, 0.2]],
    compute: { (input) throws(StatisticProblem) in
        let p = try input.doubles("p")
        let q = try input.doubles("q")
        let unit = try input.unit()
        let value = try computed { () throws(EstimateError) in try JensenShannon(p, q, unit: unit) }
        return [
            "divergence": .number(value.divergence), "distance": .number(value.distance),
            "unit": .string(unit.rawValue),
        ]
    })

private let stabilityIndexEntry = StatisticEntry(
    name: "population-stability-index", family: .drift,
    summary: "the PSI of two mixes of categories: KL both ways, added up",
    source: "Yurdakul & Naranjo, J. Risk Model Validation 14(4) (2020) 89-100",
    arguments: [.weightsP, .weightsQ],
    example: ["p": [0.5, 0.3, 0.2], "q": [0.4, 0.4, 0.2]],
    compute: { (input) throws(StatisticProblem) in
        let p = try input.doubles("p")
        let q = try input.doubles("q")
        let value = try computed { () throws(EstimateError) in try populationStabilityIndex(p, q) }
        return ["value": .number(value)]
    })

private let smoothedSharesEntry = StatisticEntry(
    name: "smoothed-shares", family: .drift,
    summary: "the shares of categories with half a count added to each",
    source: "Jeffreys, Proc. R. Soc. A 186 (1946) 453-461",
    arguments: [
        .init("counts", "counts", "one a category, the last for whatever is unseen"),
        .init("added", "a number, 0 or above", fallback: "0.5", "to each count"),
    ],
    example: ["counts": [41, 7, 0]],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.integers("counts")
        let added = try input.double("added", default: 0.5)
        let shares = try computed { () throws(EstimateError) in try smoothedShares(counts, added: added) }
        return ["shares": json(shares)]
    })

private let categoryDriftEntry = StatisticEntry(
    name: "category-drift", family: .drift,
    summary: "whether a mix of categories has moved, by chance and by size",
    source: "Kullback, Information Theory and Statistics (1959), chapter 6",
    arguments: [
        .init("reference", "counts", "of each category of a fixed universe, the last for whatever is unseen"),
        .init("window", "counts", "of the same categories"),
        .measure, .unit, .driftAlpha,
        .init(
            "floor", "a number, 0 or above", fallback: "KL .05, PSI .1, JS .112, w .316",
            "the least effect that matters"),
        .shuffles, .seed,
    ],
    example: [
        "reference": [410, 320, 180, 90, 0], "window": [96, 118, 31, 44, 6], "measure": "kl", "seed": 7,
    ],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.integers("reference")
        let window = try input.integers("window")
        let measure = try input.categoryMeasure()
        let unit = try input.unit()
        let alpha = try input.double("alpha", default: 0.01)
        let floor = try input.optionalDouble("floor")
        let resamples = try input.integer("resamples", default: 2_000)
        let seed = try input.seed()
        let drift = try computed { () throws(EstimateError) in
            try categoryDrift(
                reference: reference, window: window, measure: measure, unit: unit, alpha: alpha,
                floor: floor, resamples: resamples, seed: seed)
        }
        return answer(drift)
    })
