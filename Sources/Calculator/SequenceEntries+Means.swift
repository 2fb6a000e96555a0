import Notation
import Statistics

let meanSequenceEntries: [StatisticEntry] =
    [
        normalMixtureBoundaryEntry, asymptoticSequenceEntry, asymptoticDifferenceEntry,
        bernsteinSequenceEntry,
        bernsteinDifferenceEntry, quantileRanksEntry, quantileSequenceEntry,
    ] + scheduledLookEntries

private let tunedToArgument = StatisticEntry.Argument(
    "tuned_to", "a positive number", fallback: "1000",
    "the information at which the bounds are tightest; fixed before the first observation")
private let burnInArgument = StatisticEntry.Argument(
    "burn_in", "a count", fallback: "100", "observations (of each arm in a stage) before the first answer")
private let capArgument = StatisticEntry.Argument(
    "cap", "a number", fallback: "none", "values above it count as it; fixed before the first observation")
private let nullArgument = StatisticEntry.Argument(
    "null", "a number", fallback: "0", "what the e-value and the p-value speak against")
private let waudbySmith =
    "Waudby-Smith and others, Annals of Statistics 52 (2024) 2613-2640, arXiv 2103.06476"
private let bernstein = "Waudby-Smith and Ramdas, JRSS B 86 (2024) 1-27, arXiv 2010.09686, theorem 2"

private let normalMixtureBoundaryEntry = StatisticEntry(
    name: "normal-mixture-boundary", family: .sequences,
    summary: "how many standard errors an estimate may stray when it is looked at all the time",
    source: waudbySmith,
    arguments: [
        .init("information", "a positive number", "observations so far; of two arms n1 n0 / (n1 + n0)"),
        .init("alpha", "a number in (0, 1)", fallback: "0.05", "of the side or sides"),
        .init("sides", "one or two", fallback: "one", "that are guarded"),
        .init(
            "rho", "a positive number", fallback: "from tuned_to", "of the mixture, per root of information"),
        tunedToArgument,
    ],
    example: ["information": 500, "alpha": 0.05, "tuned_to": 1000],
    compute: { (input) throws(StatisticProblem) in
        let information = try input.double("information")
        let alpha = try input.double("alpha", default: 0.05)
        let sides = try sides(input)
        let given = try input.optionalDouble("rho")
        let tunedTo = try input.double("tuned_to", default: 1_000)
        let mixture = try computed { () throws(EstimateError) in
            if let given { return try NormalMixture(rho: given) }
            return try NormalMixture(tunedTo: tunedTo, alpha: alpha, sides: sides)
        }
        let reach = try computed { () throws(EstimateError) in
            try mixture.reach(information: information, alpha: alpha, sides: sides)
        }
        return [
            "standard_errors": .number(reach), "rho": .number(mixture.rho), "method": "normal mixture",
        ]
    })

private let asymptoticSequenceEntry = StatisticEntry(
    name: "asymptotic-confidence-sequence", family: .sequences,
    summary: "a mean that may be looked at after every observation: interval, e-value, p-value",
    source: waudbySmith,
    arguments: [
        .init("values", "numbers", "one a unit of randomisation, in order"), tunedToArgument, .confidence,
        burnInArgument, capArgument, nullArgument, .alternative,
    ],
    example: ["values": [3, 1, 4, 1, 5, 9, 2, 6, 5, 3], "burn_in": 5, "tuned_to": 10],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let cap = try input.optionalDouble("cap")
        let burnIn = try input.integer("burn_in", default: 100)
        let mixture = try mixture(input)
        var sequence = try computed { () throws(EstimateError) in
            try AsymptoticMeanSequence(mixture: mixture, burnIn: burnIn, cap: cap)
        }
        try computed { () throws(EstimateError) in
            for value in values { try sequence.add(value) }
        }
        let evidence = try computed { () throws(EstimateError) in try sequence.evidence() }
        return try answer(evidence, input, ["capped": .integer(Int64(sequence.capped))])
    })

private let asymptoticDifferenceEntry = StatisticEntry(
    name: "asymptotic-difference-sequence", family: .sequences,
    summary: "the difference of two arms' means over stages, looked at after every observation",
    source: waudbySmith,
    arguments: [
        .init("canary", "rows of numbers", "a row a stage, a number a unit of randomisation"),
        .init("production", "rows of numbers", "a row a stage"),
        .init("shares", "numbers in (0, 1)", "of the traffic to the canary, one a stage"),
        tunedToArgument, .confidence, burnInArgument, capArgument, nullArgument, .alternative,
    ],
    example: [
        "canary": [[3, 1, 4], [5, 9, 2]], "production": [[2, 7, 1, 8], [2, 8, 1]], "shares": [0.1, 0.5],
        "burn_in": 3, "tuned_to": 5,
    ],
    compute: { (input) throws(StatisticProblem) in
        let canary = try input.rows("canary")
        let production = try input.rows("production")
        let shares = try input.doubles("shares")
        let cap = try input.optionalDouble("cap")
        let burnIn = try input.integer("burn_in", default: 100)
        let mixture = try mixture(input)
        var sequence = try computed { () throws(EstimateError) in
            try AsymptoticDifferenceSequence(mixture: mixture, burnIn: burnIn, cap: cap)
        }
        try computed { () throws(EstimateError) in
            guard canary.count == production.count else {
                throw .unequalLengths(canary.count, production.count)
            }
            guard canary.count == shares.count else { throw .unequalLengths(canary.count, shares.count) }
            for (stage, share) in shares.enumerated() {
                let share = try CanaryShare(share)
                for value in canary[stage] { try sequence.add(value, inCanary: true, share: share) }
                for value in production[stage] { try sequence.add(value, inCanary: false, share: share) }
            }
        }
        let evidence = try computed { () throws(EstimateError) in try sequence.evidence() }
        return try answer(
            evidence, input,
            [
                "information": .number(evidence.information),
                "capped_in_canary": .integer(Int64(sequence.cappedInCanary)),
                "capped_in_production": .integer(Int64(sequence.cappedInProduction)),
            ])
    })

private let bernsteinSequenceEntry = StatisticEntry(
    name: "empirical-bernstein-sequence", family: .sequences,
    summary: "a mean of values in [0, 1] that may be looked at all the time, right at every n",
    source: bernstein,
    arguments: [
        .init("values", "numbers in [0, 1]", "one a unit of randomisation, in order"), .confidence,
        .init("null", "a number in [0, 1]", fallback: "0.5", "what the e-value speaks against"), .alternative,
        .init(
            "running_intersection", "true or false", fallback: "false",
            "whether bounds that earlier looks gave are kept"),
    ],
    example: ["values": [1, 0, 1, 1, 0.5, 1, 1, 0, 1, 1]],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let confidence = try input.double("confidence", default: 0.9)
        let null = try input.double("null", default: 0.5)
        let alternative = try input.alternative()
        let keeps = try input.flag("running_intersection", default: false)
        var sequence = try computed { () throws(EstimateError) in
            try EmpiricalBernsteinSequence(confidence: confidence)
        }
        var kept: RunningIntersection?
        try computed { () throws(EstimateError) in
            for value in values {
                try sequence.add(value)
                guard keeps else { continue }
                let look = try sequence.interval()
                if kept == nil { kept = RunningIntersection(look) } else { try kept?.narrow(to: look) }
            }
        }
        let interval = try computed { () throws(EstimateError) in try sequence.interval() }
        let logs = try computed { () throws(EstimateError) in
            try sequence.logEValue(against: null, alternative: alternative)
        }
        return [
            "lower": .number(kept?.lower ?? interval.lower), "upper": .number(kept?.upper ?? interval.upper),
            "confidence": .number(confidence), "log_e_value": .number(logs),
            "method": .string(interval.method),
        ]
    })

private let bernsteinDifferenceEntry = StatisticEntry(
    name: "empirical-bernstein-difference", family: .sequences,
    summary: "the difference of two arms' means of values in [0, 1], right at every n and look",
    source: bernstein + ", on weighted steps",
    arguments: [
        .init("values", "numbers in [0, 1]", "one a unit of randomisation, in order"),
        .init("in_canary", "trues and falses", "the arm that each was assigned"),
        .init("shares", "numbers in (0, 1)", "the canary's, when each was assigned"), .confidence,
        .init("null", "a number in [-1, 1]", fallback: "0", "what the e-value speaks against"), .alternative,
    ],
    example: [
        "values": [1, 0, 1, 0.5, 1, 0], "in_canary": [false, true, false, true, false, true],
        "shares": [0.1, 0.1, 0.1, 0.5, 0.5, 0.5],
    ],
    compute: { (input) throws(StatisticProblem) in
        let values = try input.doubles("values")
        let arms = try input.flags("in_canary")
        let shares = try input.doubles("shares")
        let confidence = try input.double("confidence", default: 0.9)
        let null = try input.double("null", default: 0)
        let alternative = try input.alternative()
        var sequence = try computed { () throws(EstimateError) in
            try EmpiricalBernsteinDifferenceSequence(confidence: confidence)
        }
        try computed { () throws(EstimateError) in
            guard values.count == arms.count else { throw .unequalLengths(values.count, arms.count) }
            guard values.count == shares.count else { throw .unequalLengths(values.count, shares.count) }
            for index in values.indices {
                try sequence.add(values[index], inCanary: arms[index], share: CanaryShare(shares[index]))
            }
        }
        let interval = try computed { () throws(EstimateError) in try sequence.interval() }
        let logs = try computed { () throws(EstimateError) in
            try sequence.logEValue(against: null, alternative: alternative)
        }
        return answer(interval, ["log_e_value": .number(logs)])
    })

private let levelArgument = StatisticEntry.Argument(
    "level", "a number in (0, 1)", fallback: "0.95", "of the quantile: 0.95 for p95")
private let quantileTunedArgument = StatisticEntry.Argument(
    "tuned_to", "a number in 1...1e12", fallback: "5000", "observations at which the ranks lie closest")
private let howard = "Howard and Ramdas, Bernoulli 28 (2022) 1704-1728, arXiv 1906.09712"

private func ranks(_ input: StatisticInput) throws(StatisticProblem) -> QuantileRanks {
    let level = try input.double("level", default: 0.95)
    let confidence = try input.double("confidence", default: 0.9)
    let tunedTo = try input.double("tuned_to", default: 5_000)
    return try computed { () throws(EstimateError) in
        try QuantileRanks(level: level, confidence: confidence, tunedTo: tunedTo)
    }
}

private let quantileRanksEntry = StatisticEntry(
    name: "quantile-sequence-ranks", family: .sequences,
    summary: "which order statistics bound a quantile at every n together, and from which n on",
    source: howard,
    arguments: [
        .init("n", "a count", "observations so far"), levelArgument, .confidence, quantileTunedArgument,
    ],
    example: ["n": 1000, "level": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let n = try input.integer("n")
        let ranks = try ranks(input)
        let lower = try computed { () throws(EstimateError) in try ranks.lowerRank(n: n) }
        let upper = try computed { () throws(EstimateError) in try ranks.upperRank(n: n) }
        let needed = try computed { () throws(EstimateError) in try ranks.observationsNeeded() }
        return [
            "lower_rank": lower.map { .integer(Int64($0)) } ?? .null,
            "upper_rank": upper.map { .integer(Int64($0)) } ?? .null,
            "observations_needed": .integer(Int64(needed)), "confidence": .number(ranks.confidence),
            "method": "beta-binomial mixture",
        ]
    })

private let quantileSequenceEntry = StatisticEntry(
    name: "quantile-confidence-sequence", family: .sequences,
    summary: "a quantile that may be looked at after every observation, exactly or by thresholds",
    source: howard,
    arguments: [
        .init("values", "numbers", "in any order"), levelArgument, .confidence, quantileTunedArgument,
        .init(
            "thresholds", "ascending numbers", fallback: "none: exact",
            "count the values below these only, and bound the quantile by them"),
    ],
    example: [
        "values": [5, 1, 4, 2, 3, 9, 7, 8, 6, 12, 11, 10, 15, 14, 13, 18, 17, 16, 20, 19], "level": 0.5,
        "tuned_to": 20, "confidence": 0.8,
    ],
    compute: { (input) throws(StatisticProblem) in
        var values = try input.doubles("values")
        let ranks = try ranks(input)
        guard input.has("thresholds") else {
            values.sort()
            let interval = try computed { () throws(EstimateError) in try ranks.interval(ofSorted: values) }
            return answer(interval)
        }
        let thresholds = try input.doubles("thresholds")
        var counts = try computed { () throws(EstimateError) in
            try QuantileThresholds(ranks: ranks, thresholds: thresholds)
        }
        try computed { () throws(EstimateError) in
            for value in values { try counts.add(value) }
        }
        let lower = try computed { () throws(EstimateError) in try counts.lowerBound() }
        let upper = try computed { () throws(EstimateError) in try counts.upperBound() }
        return [
            "lower": lower.map { .number($0) } ?? .null, "upper": upper.map { .number($0) } ?? .null,
            "confidence": .number(ranks.confidence),
            "method": "quantile confidence sequence, by counts below thresholds",
        ]
    })

/// The mixture tuned for one side of the interval.
private func mixture(_ input: StatisticInput) throws(StatisticProblem) -> NormalMixture {
    let confidence = try input.double("confidence", default: 0.9)
    let tunedTo = try input.double("tuned_to", default: 1_000)
    return try computed { () throws(EstimateError) in
        try NormalMixture(tunedTo: tunedTo, alpha: (1 - confidence) / 2)
    }
}

func sides(_ input: StatisticInput) throws(StatisticProblem) -> TestSides {
    try input.choice("sides", [("one", .one), ("two", .two)], default: .one)
}

private func answer(
    _ evidence: AsymptoticEvidence, _ input: StatisticInput, _ more: KeyValuePairs<String, JSONValue>
) throws(StatisticProblem) -> JSONValue {
    let confidence = try input.double("confidence", default: 0.9)
    let null = try input.double("null", default: 0)
    let alternative = try input.alternative()
    let interval = try computed { () throws(EstimateError) in try evidence.interval(confidence: confidence) }
    let test = try computed { () throws(EstimateError) in
        try evidence.test(against: null, alternative: alternative)
    }
    var object = JSONObject()
    object["estimate"] = .number(evidence.value)
    object["standard_error"] = .number(evidence.standardError)
    object["lower"] = .number(interval.lower)
    object["upper"] = .number(interval.upper)
    object["confidence"] = .number(confidence)
    object["log_e_value"] = .number(test.statistic ?? 0)
    object["p_value"] = .number(test.pValue)
    for (key, value) in more { object[key] = value }
    object["method"] = .string(interval.method)
    return .object(object)
}
