import Notation
import Statistics

let intervalEntries: [StatisticEntry] = [
    wilsonEntry, clopperPearsonEntry, newcombeEntry, tangoEntry, allEqualEntry, shareThatMayDifferEntry,
    studentIntervalEntry, meanIntervalEntry, meanDifferenceEntry, analyticBCaEntry, bootstrapMeanEntry,
    clusterBootstrapEntry, bootstrapQuantileEntry, ratioEquivalenceEntry, quantileIntervalEntry,
    quantileBoundEntry, observationsForQuantileEntry,
]

private let wilsonEntry = StatisticEntry(
    name: "wilson-interval", family: .intervals,
    summary: "the score interval of one proportion, as reports show it",
    source: "Wilson, JASA 22 (1927) 209-212",
    arguments: [
        .init("successes", "a count", "trials that succeeded"),
        .init("trials", "a count", "independent trials"),
        .confidence,
    ],
    example: ["successes": 45, "trials": 50, "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.proportion("successes", "trials")
        let confidence = try input.double("confidence", default: 0.9)
        let interval = try computed { () throws(EstimateError) in
            try wilsonInterval(successes: counts.part, trials: counts.whole, confidence: confidence)
        }
        return answer(interval, ["estimate": .number(Double(counts.part) / Double(counts.whole))])
    })

private let clopperPearsonEntry = StatisticEntry(
    name: "clopper-pearson-interval", family: .intervals,
    summary: "the exact interval of one proportion, for rules that say confidently",
    source: "Clopper, Pearson, Biometrika 26 (1934) 404-413",
    arguments: [
        .init("successes", "a count", "trials that succeeded"),
        .init("trials", "a count", "independent trials"),
        .confidence,
    ],
    example: ["successes": 45, "trials": 50, "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.proportion("successes", "trials")
        let confidence = try input.double("confidence", default: 0.9)
        let interval = try computed { () throws(EstimateError) in
            try clopperPearsonInterval(successes: counts.part, trials: counts.whole, confidence: confidence)
        }
        return answer(interval, ["estimate": .number(Double(counts.part) / Double(counts.whole))])
    })

private let newcombeEntry = StatisticEntry(
    name: "newcombe-interval", family: .intervals,
    summary: "the difference of two independent proportions, candidate minus baseline",
    source: "Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10",
    arguments: [
        .init("baseline_successes", "a count", "trials of the baseline that succeeded"),
        .init("baseline_trials", "a count", "independent trials of the baseline"),
        .init("candidate_successes", "a count", "trials of the candidate that succeeded"),
        .init("candidate_trials", "a count", "independent trials of the candidate"),
        .confidence,
    ],
    example: [
        "baseline_successes": 48, "baseline_trials": 80, "candidate_successes": 56, "candidate_trials": 70,
    ],
    compute: { (input) throws(StatisticProblem) in
        let before = try input.proportion("baseline_successes", "baseline_trials")
        let after = try input.proportion("candidate_successes", "candidate_trials")
        let confidence = try input.double("confidence", default: 0.9)
        let interval = try computed { () throws(EstimateError) in
            try newcombeInterval(
                baseline: EventCount(events: before.part, trials: before.whole),
                candidate: EventCount(events: after.part, trials: after.whole), confidence: confidence)
        }
        let difference =
            Double(after.part) / Double(after.whole) - Double(before.part) / Double(before.whole)
        return answer(interval, ["estimate": .number(difference)])
    })

private let tangoEntry = StatisticEntry(
    name: "tango-interval", family: .intervals,
    summary: "the difference of two paired proportions, candidate minus baseline, by the score test",
    source: "Tango, Statistics in Medicine 17 (1998) 891-908",
    arguments: [
        .init("both", "a count", "examples that passed under both"),
        .init("only_baseline", "a count", "examples that newly fail"),
        .init("only_candidate", "a count", "examples that newly pass"),
        .init("neither", "a count", "examples that failed under both"),
        .confidence,
    ],
    example: ["both": 222, "only_baseline": 64, "only_candidate": 93, "neither": 740],
    compute: { (input) throws(StatisticProblem) in
        let both = try input.integer("both")
        let onlyBaseline = try input.integer("only_baseline")
        let onlyCandidate = try input.integer("only_candidate")
        let neither = try input.integer("neither")
        let confidence = try input.double("confidence", default: 0.9)
        let counts = try computed { () throws(EstimateError) in
            try PairedCounts(
                both: both, onlyBaseline: onlyBaseline, onlyCandidate: onlyCandidate, neither: neither)
        }
        let interval = try computed { () throws(EstimateError) in
            try tangoInterval(counts, confidence: confidence)
        }
        return answer(interval, ["estimate": .number(counts.difference ?? 0)])
    })

private let allEqualEntry = StatisticEntry(
    name: "all-equal-interval", family: .intervals,
    summary: "the mean of values that were all the same, from the range that they could have had",
    source: "Clopper, Pearson, Biometrika 26 (1934) 404-413, with no event seen",
    arguments: [
        .init("value", "a number", "what every value was"),
        .init("lowest", "a number", "the least that one value can be"),
        .init("highest", "a number", "the most that one value can be"),
        .init("n", "a count", "how many values there were"),
        .confidence,
    ],
    example: ["value": 0, "lowest": -1, "highest": 1, "n": 500],
    compute: { (input) throws(StatisticProblem) in
        let value = try input.double("value")
        let range = try input.range(required: true) ?? 0...0
        let n = try input.integer("n")
        let confidence = try input.double("confidence", default: 0.9)
        return answer(
            try computed { () throws(EstimateError) in
                try allEqualInterval(value: value, range: range, n: n, confidence: confidence)
            })
    })

private let shareThatMayDifferEntry = StatisticEntry(
    name: "share-that-may-differ", family: .intervals,
    summary: "the largest share of traffic that may differ where none of n draws did",
    source: "Clopper, Pearson, Biometrika 26 (1934) 404-413, with no event seen",
    arguments: [
        .init("n", "a count", "independent draws"),
        .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["n": 500],
    compute: { (input) throws(StatisticProblem) in
        let n = try input.integer("n")
        let confidence = try input.double("confidence", default: 0.95)
        let share = try computed { () throws(EstimateError) in
            try shareThatMayDiffer(n: n, confidence: confidence)
        }
        return ["share": .number(share), "n": .integer(Int64(n)), "confidence": .number(confidence)]
    })

extension StatisticInput {
    /// Two counts, the part and the whole.
    func proportion(_ part: String, _ whole: String) throws(StatisticProblem) -> (part: Int, whole: Int) {
        (try integer(part), try integer(whole))
    }

    /// `lowest` and `highest` as one range; nil where neither is given and none is required.
    func range(required: Bool = false) throws(StatisticProblem) -> ClosedRange<Double>? {
        if !required, !has("lowest"), !has("highest") { return nil }
        let lowest = try double("lowest")
        let highest = try double("highest")
        guard lowest <= highest else {
            throw .wrong(argument: "lowest", must: "at most 'highest'", found: "\(lowest)")
        }
        return lowest...highest
    }
}
