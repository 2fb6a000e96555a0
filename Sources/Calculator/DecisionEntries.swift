import Notation
import Statistics

let decisionEntries: [StatisticEntry] = [
    automaticMarginEntry, examplesToDecideEntry, pairedDeviationEntry, passHatKEntry, passesKOfNEntry,
    proofLevelEntry, retryEntry, imputationEntry,
]

private let automaticMarginEntry = StatisticEntry(
    name: "automatic-margin", family: .decisions,
    summary: "the margin that lets an unchanged candidate pass all gates in 80 %",
    source: "Chow, Shao & Wang, Sample Size Calculations in Clinical Research, 2nd ed. (2008), chapter 3",
    arguments: [
        .examples, .init("deviation", "a number", "of the paired difference"),
        .init("gates", "a count", fallback: "1", "gates that must all pass"),
        .init("cap", "a number", "the largest margin allowed"),
        .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["examples": 80, "deviation": 0.111, "cap": 0.05],
    compute: { (input) throws(StatisticProblem) in
        let examples = try input.integer("examples")
        let deviation = try input.double("deviation")
        let gates = try input.integer("gates", default: 1)
        let cap = try input.double("cap")
        let confidence = try input.double("confidence", default: 0.95)
        let found = try computed { () throws(EstimateError) in
            try automaticMargin(
                n: examples, standardDeviation: deviation, gates: gates, cap: cap, confidence: confidence)
        }
        return [
            "margin": .number(found.margin), "uncapped": .number(found.uncapped),
            "power": .number(found.power),
            "examples_for_cap": .integer(Int64(found.examplesForCap)),
        ]
    })

private let examplesToDecideEntry = StatisticEntry(
    name: "examples-to-decide", family: .decisions,
    summary: "how many examples would decide 'no worse by m' at the present estimate",
    source: "Chow, Shao & Wang, Sample Size Calculations in Clinical Research, 2nd ed. (2008), chapter 3",
    arguments: [
        .init("difference", "a number", "the present one, in the good direction"),
        .init("deviation", "a number", "of the paired differences"),
        .init("margin", "a number", "m, zero or more"),
        .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["difference": -0.006, "deviation": 0.2, "margin": 0.01],
    compute: { (input) throws(StatisticProblem) in
        let difference = try input.double("difference")
        let deviation = try input.double("deviation")
        let margin = try input.double("margin")
        let confidence = try input.double("confidence", default: 0.95)
        let found = try computed { () throws(EstimateError) in
            try examplesToDecide(
                difference: difference, standardDeviation: deviation, margin: margin, confidence: confidence)
        }
        guard let found else { throw .noAnswer("no number of examples decides that") }
        return ["n": .integer(Int64(found.examples)), "outcome": found.outcome == .pass ? "pass" : "fail"]
    })

private let pairedDeviationEntry = StatisticEntry(
    name: "paired-deviation", family: .decisions,
    summary: "the deviation of paired pass/fail differences from the share that disagrees",
    source: "Connor, Biometrics 43 (1987) 207-211",
    arguments: [
        .init("discordant_share", "a number in 0...1", "pairs that disagree"),
        .init("difference", "a number", fallback: "0", "of the rates"),
    ],
    example: ["discordant_share": 0.1],
    compute: { (input) throws(StatisticProblem) in
        let share = try input.double("discordant_share")
        let difference = try input.double("difference", default: 0)
        let found = try computed { () throws(EstimateError) in
            try pairedDeviation(discordantShare: share, difference: difference)
        }
        return ["deviation": .number(found)]
    })

private let passHatKEntry = StatisticEntry(
    name: "pass-hat-k", family: .decisions,
    summary: "the chance that k tries drawn from those made would all pass",
    source: "Yao et al., arXiv 2406.12045 (2024)",
    arguments: [.passes, .tries, .init("k", "a count", "tries drawn")],
    example: ["passes": 8, "tries": 10, "k": 3],
    compute: { (input) throws(StatisticProblem) in
        let passes = try input.integer("passes")
        let tries = try input.integer("tries")
        let k = try input.integer("k")
        let found = try computed { () throws(EstimateError) in
            try passHatK(passes: passes, tries: tries, k: k)
        }
        return ["estimate": .number(found)]
    })

private let passesKOfNEntry = StatisticEntry(
    name: "passes-k-of-n", family: .decisions,
    summary: "whether at least k of n tries of one example passed",
    source: "a count",
    arguments: [
        .passes, .tries, .init("k", "a count", "passes that are needed"),
        .init("n", "a count", "tries that must have been made"),
    ],
    example: ["passes": 2, "tries": 3, "k": 2, "n": 3],
    compute: { (input) throws(StatisticProblem) in
        let passes = try input.integer("passes")
        let tries = try input.integer("tries")
        let k = try input.integer("k")
        let n = try input.integer("n")
        let found = try computed { () throws(EstimateError) in
            try passesKOfN(passes: passes, tries: tries, k: k, n: n)
        }
        return ["passes": .bool(found)]
    })

private let proofLevelEntry = StatisticEntry(
    name: "proof-level", family: .decisions,
    summary: "the level at which an attempt on the same pair must prove a pass",
    source: "Bonferroni over attempts, halved at each",
    arguments: [
        .init("attempt", "a count from 1", "which look at this pair it is"),
        .init("alpha", "a number in (0, 1)", fallback: "0.05", "level of the first"),
    ],
    example: ["attempt": 3],
    compute: { (input) throws(StatisticProblem) in
        let attempt = try input.integer("attempt")
        let alpha = try input.double("alpha", default: 0.05)
        let found = try computed { () throws(EstimateError) in try proofLevel(attempt: attempt, alpha: alpha)
        }
        return ["level": .number(found)]
    })

private let retryEntry = StatisticEntry(
    name: "retry-lottery", family: .decisions,
    summary: "how often a candidate at its margin passes at least one of several attempts",
    source: "Tong, The Multivariate Normal Distribution (1990), section 8.2",
    arguments: [
        .init("attempts", "a count", "on the same examples"),
        .init("correlation", "a number in 0...0.999", "of the estimates of two attempts"),
        .init("alpha", "a number in (0, 1)", fallback: "0.05", "level of the first"),
        .init(
            "halved", "true or false", fallback: "false",
            "whether each attempt is held at half the level before"),
    ],
    example: ["attempts": 5, "correlation": 0.7],
    compute: { (input) throws(StatisticProblem) in
        let attempts = try input.integer("attempts")
        let correlation = try input.double("correlation")
        let alpha = try input.double("alpha", default: 0.05)
        let halved = try input.flag("halved", default: false)
        let found = try computed { () throws(EstimateError) in
            try retryPassChance(
                attempts: attempts, correlation: correlation, alpha: alpha, isHalved: halved)
        }
        return ["chance": .number(found)]
    })

private let imputationEntry = StatisticEntry(
    name: "imputation-bounds", family: .decisions,
    summary: "where a mean would lie had nothing gone unmeasured, at the worst and the best",
    source: "Manski, Journal of Human Resources 24 (1989) 343-360",
    arguments: [
        .init("mean", "a number", "of the measured values"),
        .init("measured", "a count", "values there are"),
        .init("unmeasured", "a count", "values that are missing"),
        .init("lowest", "a number", "that a single value can be"),
        .init("highest", "a number", "that a single value can be"),
    ],
    example: ["mean": 0.9, "measured": 95, "unmeasured": 5, "lowest": 0, "highest": 1],
    compute: { (input) throws(StatisticProblem) in
        let mean = try input.double("mean")
        let measured = try input.integer("measured")
        let unmeasured = try input.integer("unmeasured")
        let lowest = try input.double("lowest")
        let highest = try input.double("highest")
        let found = try computed { () throws(EstimateError) in
            guard lowest < highest else { throw .invalidParameter("lowest", must: "lie below the highest") }
            return try imputationBounds(
                mean: mean, measured: measured, unmeasured: unmeasured, range: lowest...highest)
        }
        return [
            "lowest": .number(found.lowest), "highest": .number(found.highest),
            "unmeasured_share": .number(found.unmeasuredShare),
        ]
    })

extension StatisticEntry.Argument {
    fileprivate static let passes = Self("passes", "a count", "tries of one example that passed")
    fileprivate static let tries = Self("tries", "a count", "tries of it that were made")
}
