import Notation
import Statistics

let distributionTestEntries: [StatisticEntry] = [oneSampleEntry, twoSampleEntry, pairedCurvesEntry]
let familyEntries: [StatisticEntry] = [holmEntry, benjaminiHochbergEntry]

private enum Law {
    case normal
    case uniform
}

private let oneSampleEntry = StatisticEntry(
    name: "kolmogorov-smirnov", family: .tests,
    summary: "do values come from this normal or uniform distribution, fixed beforehand",
    source: "Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933) 83-91",
    arguments: [
        .init("values", "numbers", "independent values"),
        .init("distribution", "normal or uniform", fallback: "normal", "what they are held against"),
        .init(
            "location", "a number", fallback: "0", "the normal's mean, or the least value of the uniform"),
        .init(
            "scale", "a number above 0", fallback: "1", "the normal's deviation, or the uniform's width"),
        .alternative,
    ],
    example: ["values": [0.1, -1.2, 0.7, 1.9, -0.3], "distribution": "normal"],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let law = try input.choice(
            "distribution", [("normal", Law.normal), ("uniform", .uniform)], default: .normal)
        let location = try input.double("location", default: 0)
        let scale = try input.double("scale", default: 1)
        guard scale > 0 else {
            throw .wrong(argument: "scale", must: "a number above 0", found: "\(scale)")
        }
        let alternative = try input.alternative()
        return answer(
            try computed { () throws(EstimateError) in
                try kolmogorovSmirnovTest(values, alternative: alternative) {
                    (value) throws(EstimateError) in
                    let standard = (value - location) / scale
                    switch law {
                    case .normal: return try Normal.cumulative(standard)
                    case .uniform: return min(1, max(0, standard))
                    }
                }
            })
    })

private let twoSampleEntry = StatisticEntry(
    name: "kolmogorov-smirnov-two-sample", family: .tests,
    summary: "do two independent samples come from one distribution",
    source: "Smirnov, Bulletin of Moscow University 2 (1939) 3-16",
    arguments: [.baseline, .candidate, .alternative, .nullMethod],
    example: ["baseline": [1.2, 3.4, 2.2, 5.1], "candidate": [2.5, 4.4, 6.1, 7.0, 3.9]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let alternative = try input.alternative()
        let distribution = try input.nullDistribution()
        return answer(
            try computed { () throws(EstimateError) in
                try kolmogorovSmirnovTest(
                    baseline: baseline, candidate: candidate, alternative: alternative,
                    distribution: distribution)
            })
    })

private let pairedCurvesEntry = StatisticEntry(
    name: "kolmogorov-smirnov-paired", family: .tests,
    summary:
        "do two arms' values of the same requests come from one distribution, arms exchangeable within a unit",
    source: "Lehmann & Romano, Testing Statistical Hypotheses (2005), section 15.2",
    arguments: [
        .init("baseline", "numbers", "one value a pair"),
        .init("candidate", "numbers", "the values of the same pairs"),
        .init(
            "units", "whole numbers", fallback: "every pair a unit",
            "what each pair belongs to: its arms change places together"),
        .resamples, .seed,
    ],
    example: ["baseline": [1.2, 3.4, 2.2, 5.1], "candidate": [2.5, 4.4, 6.1, 7.0], "units": [1, 1, 2, 3]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let units = input.has("units") ? try input.integers("units") : nil
        let resamples = try input.integer("resamples", default: 10_000)
        let seed = try input.seed()
        return answer(
            try computed { () throws(EstimateError) in
                try pairedKolmogorovSmirnov(
                    baseline: baseline, candidate: candidate, units: units, resamples: resamples, seed: seed)
            })
    })

private let pValues = StatisticEntry.Argument("p_values", "numbers in 0...1", "one a claim, in any order")
private let familySize = StatisticEntry.Argument(
    "family_size", "a count", fallback: "the number of p_values",
    "claims in all; those without a p-value count as 1")

private let holmEntry = StatisticEntry(
    name: "holm", family: .tests,
    summary: "p-values adjusted so that any false claim among them is as rare as one test's",
    source: "Holm, Scandinavian Journal of Statistics 6 (1979) 65-70",
    arguments: [pValues, familySize],
    example: ["p_values": [0.01, 0.04, 0.03, 0.005]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("p_values")
        let family = try input.optionalInteger("family_size")
        let adjusted = try computed { () throws(EstimateError) in
            try holmAdjusted(values, familySize: family)
        }
        return ["adjusted": .array(adjusted.map { .number($0) }), "method": "Holm"]
    })

private let benjaminiHochbergEntry = StatisticEntry(
    name: "benjamini-hochberg", family: .tests,
    summary: "p-values adjusted so that the share of false claims among those made is kept",
    source: "Benjamini, Hochberg, JRSS B 57 (1995) 289-300",
    arguments: [pValues, familySize],
    example: ["p_values": [0.01, 0.04, 0.03, 0.005]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("p_values")
        let family = try input.optionalInteger("family_size")
        let adjusted = try computed { () throws(EstimateError) in
            try benjaminiHochbergAdjusted(values, familySize: family)
        }
        return ["adjusted": .array(adjusted.map { .number($0) }), "method": "Benjamini–Hochberg"]
    })
