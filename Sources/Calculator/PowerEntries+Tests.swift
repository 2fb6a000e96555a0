import Notation
import Statistics

let testPowerEntries: [StatisticEntry] = [
    tPowerEntry, tSizeEntry, proportionPowerEntry, proportionSizeEntry, mcNemarPowerEntry, dropEntry,
    chiPowerEntry, chiSizeEntry,
]

private let tPowerEntry = StatisticEntry(
    name: "t-test-power", family: .power,
    summary: "how often a paired or two-sample t-test finds a true difference",
    source: "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2",
    arguments: [
        .trueDifference, .deviation, .init("n", "a count", "pairs, or scores of the baseline"),
        .init("other_arm", "a count", fallback: "paired", "scores of the candidate, of other requests"),
        .alpha,
        .alternative,
    ],
    example: ["difference": 0.1, "deviation": 0.4, "n": 120, "alternative": "greater"],
    compute: { (input) throws(StatisticProblem) in
        let difference = try input.double("difference")
        let deviation = try input.double("deviation")
        let n = try input.integer("n")
        let other = try input.optionalInteger("other_arm")
        let alpha = try input.double("alpha", default: 0.05)
        let alternative = try input.alternative()
        let power = try computed { () throws(EstimateError) in
            try tTestPower(
                difference: difference, standardDeviation: deviation, n: n, otherArm: other, alpha: alpha,
                alternative: alternative)
        }
        return ["power": .number(power)]
    })

private let tSizeEntry = StatisticEntry(
    name: "t-test-sample-size", family: .power,
    summary: "the examples with which a t-test finds a true difference",
    source: "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2",
    arguments: [
        .trueDifference, .deviation, .power,
        .init("independent_arms", "true or false", fallback: "false", "whether n is of each of two arms"),
        .alpha,
        .alternative,
    ],
    example: ["difference": 0.1, "deviation": 0.4],
    compute: { (input) throws(StatisticProblem) in
        let difference = try input.double("difference")
        let deviation = try input.double("deviation")
        let power = try input.double("power", default: 0.8)
        let independent = try input.flag("independent_arms", default: false)
        let alpha = try input.double("alpha", default: 0.05)
        let alternative = try input.alternative()
        let found = try computed { () throws(EstimateError) in
            try examplesNeeded(
                forMeanDifference: difference, standardDeviation: deviation, power: power,
                independentArms: independent, alpha: alpha, alternative: alternative)
        }
        return ["n": try count(found)]
    })

private let proportionPowerEntry = StatisticEntry(
    name: "two-proportion-power", family: .power,
    summary: "how often the two-proportion z-test finds a true difference",
    source: "Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions (2003), chapter 4",
    arguments: [
        .baselineRate, .candidateRate,
        .init("baseline_trials", "a count", "trials of the baseline"),
        .init("candidate_trials", "a count", "trials of the candidate"), .alpha, .alternative,
    ],
    example: [
        "baseline_rate": 0.05, "candidate_rate": 0.06, "baseline_trials": 9000, "candidate_trials": 1000,
    ],
    compute: { (input) throws(StatisticProblem) in
        let before = try input.double("baseline_rate")
        let after = try input.double("candidate_rate")
        let baseline = try input.integer("baseline_trials")
        let candidate = try input.integer("candidate_trials")
        let alpha = try input.double("alpha", default: 0.05)
        let alternative = try input.alternative()
        let power = try computed { () throws(EstimateError) in
            try twoProportionPower(
                baselineRate: before, candidateRate: after, baselineTrials: baseline,
                candidateTrials: candidate, alpha: alpha, alternative: alternative)
        }
        return ["power": .number(power)]
    })

private let proportionSizeEntry = StatisticEntry(
    name: "two-proportion-sample-size", family: .power,
    summary: "the trials with which the two-proportion z-test finds a true difference",
    source: "Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions (2003), chapter 4",
    arguments: [
        .baselineRate, .candidateRate,
        .init("ratio", "a number", fallback: "1", "the candidate's trials for each of the baseline's"),
        .power,
        .alpha, .alternative,
    ],
    example: ["baseline_rate": 0.12, "candidate_rate": 0.14, "ratio": 0.1],
    compute: { (input) throws(StatisticProblem) in
        let before = try input.double("baseline_rate")
        let after = try input.double("candidate_rate")
        let ratio = try input.double("ratio", default: 1)
        let power = try input.double("power", default: 0.8)
        let alpha = try input.double("alpha", default: 0.05)
        let alternative = try input.alternative()
        let found = try computed { () throws(EstimateError) in
            try trialsNeeded(
                baselineRate: before, candidateRate: after, ratio: ratio, power: power, alpha: alpha,
                alternative: alternative)
        }
        return [
            "baseline_trials": try count(found?.baseline, of: "trials"),
            "candidate_trials": try count(found?.candidate, of: "trials"),
        ]
    })

private let mcNemarPowerEntry = StatisticEntry(
    name: "mcnemar-power", family: .power,
    summary: "how often the one-sided exact McNemar test finds a drop",
    source: "Connor, Biometrics 43 (1987) 207-211",
    arguments: [
        .init("n", "a count", "examples"),
        .init("drop", "a number", "losses minus gains as a share of examples"),
        .init("discordant_share", "a number in (0, 1]", "losses and gains together"), .alpha,
    ],
    example: ["n": 500, "drop": 0.04, "discordant_share": 0.1],
    compute: { (input) throws(StatisticProblem) in
        let n = try input.integer("n")
        let drop = try input.double("drop")
        let share = try input.double("discordant_share")
        let alpha = try input.double("alpha", default: 0.05)
        let power = try computed { () throws(EstimateError) in
            try mcNemarPower(n: n, drop: drop, discordantShare: share, alpha: alpha)
        }
        return ["power": .number(power)]
    })

private let dropEntry = StatisticEntry(
    name: "detectable-drop", family: .power,
    summary: "the drop that a paired t-test, or the exact McNemar test, finds with the given power",
    source: "Cohen, Statistical Power Analysis (1988), chapter 2; Connor, Biometrics 43 (1987) 207-211",
    arguments: [
        .init("n", "a count", "examples"),
        .init("deviation", "a number", fallback: "of scores", "of the paired differences"),
        .init("discordant_share", "a number in 0...1", fallback: "of pass and fail", "pairs that disagree"),
        .power, .alpha,
    ],
    example: ["n": 500, "discordant_share": 0.1],
    compute: { (input) throws(StatisticProblem) in
        let n = try input.integer("n")
        let power = try input.double("power", default: 0.8)
        let alpha = try input.double("alpha", default: 0.05)
        if input.has("deviation"), input.has("discordant_share") {
            throw .wrong(argument: "deviation", must: "left out for pass and fail", found: "there as well")
        }
        if input.has("deviation") {
            let deviation = try input.double("deviation")
            let drop = try computed { () throws(EstimateError) in
                try detectableDrop(n: n, standardDeviation: deviation, alpha: alpha, power: power)
            }
            return ["drop": .number(drop)]
        }
        let share = try input.double("discordant_share")
        let drop = try computed { () throws(EstimateError) in
            try detectableDrop(n: n, discordantShare: share, alpha: alpha, power: power)
        }
        guard let drop else { throw .noAnswer("no drop is found that often with n = \(n)") }
        return ["drop": .number(drop)]
    })

private let chiPowerEntry = StatisticEntry(
    name: "chi-squared-power", family: .power,
    summary: "how often a chi-squared test finds a true departure",
    source: "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 7",
    arguments: [.effect, .init("n", "a count", "observations in all"), .degrees, .alpha],
    example: ["effect": 0.1, "n": 1000, "degrees_of_freedom": 4],
    compute: { (input) throws(StatisticProblem) in
        let effect = try input.double("effect")
        let n = try input.integer("n")
        let degrees = try input.integer("degrees_of_freedom")
        let alpha = try input.double("alpha", default: 0.05)
        let power = try computed { () throws(EstimateError) in
            try chiSquaredPower(effect: effect, n: n, degreesOfFreedom: degrees, alpha: alpha)
        }
        return ["power": .number(power)]
    })

private let chiSizeEntry = StatisticEntry(
    name: "chi-squared-sample-size", family: .power,
    summary: "the observations with which a chi-squared test finds a true departure",
    source: "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 7",
    arguments: [.effect, .degrees, .power, .alpha],
    example: ["effect": 0.1, "degrees_of_freedom": 4],
    compute: { (input) throws(StatisticProblem) in
        let effect = try input.double("effect")
        let degrees = try input.integer("degrees_of_freedom")
        let power = try input.double("power", default: 0.8)
        let alpha = try input.double("alpha", default: 0.05)
        let found = try computed { () throws(EstimateError) in
            try examplesNeeded(
                forChiSquaredEffect: effect, degreesOfFreedom: degrees, power: power, alpha: alpha)
        }
        return ["n": try count(found)]
    })

extension StatisticEntry.Argument {
    fileprivate static let effect = Self("effect", "a number", "w = sqrt(sum (p1 - p0)^2/p0), zero or more")
    fileprivate static let degrees = Self(
        "degrees_of_freedom", "a count", "categories less one, for one sample")
    fileprivate static let trueDifference = Self(
        "difference", "a number", "the true one, candidate minus baseline")
    fileprivate static let deviation = Self(
        "deviation", "a number", "of the paired differences; of a single score where arms are independent")
    fileprivate static let power = Self(
        "power", "a number in (0, 1)", fallback: "0.8", "how often it is found")
    fileprivate static let alpha = Self("alpha", "a number in (0, 1)", fallback: "0.05", "level of the test")
    fileprivate static let baselineRate = Self(
        "baseline_rate", "a number in 0...1", "true rate of the baseline")
    fileprivate static let candidateRate = Self(
        "candidate_rate", "a number in 0...1", "true rate of the candidate")
}
