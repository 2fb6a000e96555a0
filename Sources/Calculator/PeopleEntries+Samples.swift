import Notation
import Statistics

let sampleEntries: [StatisticEntry] = [
    stratifiedEntry, horvitzThompsonEntry, allocationEntry, rateSizeEntry, kappaSizeEntry,
]

private let stratifiedEntry = StatisticEntry(
    name: "stratified-mean", family: .people,
    summary: "a population's mean or pass rate from a stratified sample, finite population",
    source: "Cochran, Sampling Techniques, 3rd ed. (1977), chapter 5",
    arguments: [
        .init("sizes", "counts", "items in each stratum"),
        .init("drawn", "counts", "items drawn from each"),
        .init("means", "numbers", "mean or pass rate of each"),
        .init(
            "deviations", "numbers", fallback: "of pass rates",
            "deviation within each, denominator n - 1; left out: the means are rates"),
        .confidence,
    ],
    example: ["sizes": [8000, 1500, 500], "drawn": [40, 40, 40], "means": [0.97, 0.85, 0.6]],
    compute: { (input) throws(StatisticProblem) in
        let sizes = try input.integers("sizes")
        let drawn = try input.integers("drawn")
        let means = try input.doubles("means")
        let deviations = input.has("deviations") ? try input.doubles("deviations") : nil
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            let strata = try stratumSamples(sizes, drawn, means, deviations)
            return deviations == nil
                ? try stratifiedRate(strata, confidence: confidence)
                : try stratifiedMean(strata, confidence: confidence)
        }
        return answer(found)
    })

private func stratumSamples(
    _ sizes: [Int], _ drawn: [Int], _ means: [Double], _ deviations: [Double]?
) throws(EstimateError) -> [StratumSample] {
    for count in [drawn.count, means.count, deviations?.count ?? sizes.count] where count != sizes.count {
        throw .unequalLengths(sizes.count, count)
    }
    var strata: [StratumSample] = []
    for index in sizes.indices {
        var deviation = deviations?[index] ?? 0
        if deviations == nil {
            let rate = means[index]
            guard rate >= 0, rate <= 1 else { throw .outsideRange(index: index, of: "rate") }
            let n = Double(drawn[index])
            if n > 1 { deviation = (rate * (1 - rate) * n / (n - 1)).squareRoot() }
        }
        strata.append(
            try StratumSample(
                size: sizes[index], n: drawn[index], mean: means[index], standardDeviation: deviation))
    }
    return strata
}

private let horvitzThompsonEntry = StatisticEntry(
    name: "horvitz-thompson", family: .people,
    summary: "a population's mean from items of unequal chance to be drawn",
    source: "Horvitz & Thompson, JASA 47 (1952) 663-685; Deville, Survey Methodology 25 (1999) 193-203",
    arguments: [
        .init("values", "numbers", "one an item"),
        .init("inclusions", "numbers in (0, 1]", "each item's chance to be drawn"),
        .init("strata", "whole numbers", fallback: "one stratum", "each item's stratum"),
        .init(
            "population", "a count", fallback: "not known",
            "items in all; left out: divided by the sum of 1/chance"),
        .init(
            "design", "fixed-size or independent", fallback: "fixed-size",
            "whether so many were drawn, or each item by its own chance"),
        .confidence,
    ],
    example: [
        "values": [1, 0, 1, 1, 0, 1], "inclusions": [0.01, 0.01, 0.01, 0.2, 0.2, 0.2],
        "strata": [0, 0, 0, 1, 1, 1], "population": 315,
    ],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let inclusions = try input.doubles("inclusions")
        let strata = input.has("strata") ? try input.integers("strata") : nil
        let population = try input.optionalInteger("population")
        let design = try input.choice(
            "design", [("fixed-size", SamplingDesign.fixedSize), ("independent", .independent)],
            default: .fixedSize)
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            for count in [inclusions.count, strata?.count ?? values.count] where count != values.count {
                throw .unequalLengths(values.count, count)
            }
            let items = values.indices.map {
                SampledItem(value: values[$0], inclusion: inclusions[$0], stratum: strata?[$0] ?? 0)
            }
            return try horvitzThompsonMean(
                items, population: population, design: design, confidence: confidence)
        }
        return answer(found)
    })

private let allocationEntry = StatisticEntry(
    name: "sample-allocation", family: .people,
    summary: "how many items to draw from each stratum (Neyman), in whole numbers",
    source: "Neyman, JRSS 97 (1934) 558-625; Wright, Stat. Probab. Lett. 82 (2012) 1650-1654",
    arguments: [
        .init("total", "a count", "items to draw in all"),
        .init("sizes", "counts", "items in each stratum"),
        .init(
            "deviations", "numbers", fallback: "alike",
            "expected deviation within each; left out: by size alone"),
        .init("minimum", "a count", fallback: "2", "at least so many of each, or all of a smaller stratum"),
    ],
    example: ["total": 120, "sizes": [8000, 1500, 500], "deviations": [0.17, 0.36, 0.49], "minimum": 10],
    compute: { (input) throws(StatisticProblem) in
        let total = try input.integer("total")
        let sizes = try input.integers("sizes")
        let deviations = input.has("deviations") ? try input.doubles("deviations") : nil
        let minimum = try input.integer("minimum", default: 2)
        let found = try computed { () throws(EstimateError) in
            try sampleAllocation(total: total, sizes: sizes, deviations: deviations, minimum: minimum)
        }
        var object = JSONObject()
        object["counts"] = .array(found.counts.map { .integer(Int64($0)) })
        object["inclusions"] = .array(found.inclusions.map { .number($0) })
        if let error = found.standardError { object["standard_error"] = .number(error) }
        return .object(object)
    })

private let rateSizeEntry = StatisticEntry(
    name: "rate-sample-size", family: .people,
    summary: "items to judge before a rate's interval is as narrow as asked",
    source: "Wilson, JASA 22 (1927) 209-212; Cochran, Sampling Techniques, 3rd ed. (1977), chapter 4",
    arguments: [
        .init("half_width", "a number in (0, 0.5)", "half the width of the Wilson interval"),
        .init("rate", "a number in 0...1", fallback: "0.5", "as expected"),
        .init("population", "a count", fallback: "endless", "items in all"),
        .confidence,
    ],
    example: ["half_width": 0.03, "rate": 0.9, "population": 5000],
    compute: { (input) throws(StatisticProblem) in
        let halfWidth = try input.double("half_width")
        let rate = try input.double("rate", default: 0.5)
        let population = try input.optionalInteger("population")
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try examplesNeeded(
                forRateWithin: halfWidth, rate: rate, population: population, confidence: confidence)
        }
        return ["n": .integer(Int64(found))]
    })

private let kappaSizeEntry = StatisticEntry(
    name: "kappa-sample-size", family: .people,
    summary: "units that two raters must both judge before kappa's interval is as narrow as asked",
    source: "Fleiss, Cohen & Everitt, Psychol. Bull. 72 (1969) 323-327",
    arguments: [
        .init("half_width", "a number in (0, 1)", "half the width of the normal interval"),
        .init("kappa", "a number in (-1, 1)", "as expected"),
        .init("prevalence", "a number in (0, 1)", fallback: "0.5", "share of the first of two categories"),
        .confidence,
    ],
    example: ["half_width": 0.1, "kappa": 0.7, "prevalence": 0.8],
    compute: { (input) throws(StatisticProblem) in
        let halfWidth = try input.double("half_width")
        let kappa = try input.double("kappa")
        let prevalence = try input.double("prevalence", default: 0.5)
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try examplesNeeded(
                forKappaWithin: halfWidth, kappa: kappa, prevalence: prevalence, confidence: confidence)
        }
        return ["n": .integer(Int64(found))]
    })
