import Notation
import Statistics

let runLengthEntries: [StatisticEntry] = [
    cusumRunLengthEntry, ewmaRunLengthEntry, cusumLimitEntry, ewmaLimitEntry, familyRunLengthEntry,
    falseAlarmEntry, blockLimitEntry,
]

extension StatisticEntry.Argument {
    fileprivate static let allowance = Self(
        "allowance", "a number", fallback: "0.5", "k, half the change to be found, in deviations")
    fileprivate static let weight = Self(
        "weight", "a number in [0.01, 1]", fallback: "0.2", "λ, of the newest point")
    fileprivate static let shift = Self(
        "shift", "a number", fallback: "0", "how far the mean has moved, in deviations of the baseline")
    fileprivate static let scale = Self(
        "scale", "a number above 0", fallback: "1", "the series' deviation, in deviations of the baseline")
}

private let cusumRunLengthEntry = StatisticEntry(
    name: "cusum-run-length", family: .drift,
    summary: "points until a two-sided CUSUM alarms, on average",
    source: "Brook & Evans, Biometrika 59 (1972) 539-549",
    arguments: [
        .init("limit", "a number in (0, 40]", "h, in deviations"), .allowance, .shift, .scale,
    ],
    example: ["limit": 5, "shift": 1],
    compute: { (input) throws(StatisticProblem) in
        let limit = try input.double("limit")
        let allowance = try input.double("allowance", default: 0.5)
        let shift = try input.double("shift", default: 0)
        let scale = try input.double("scale", default: 1)
        let length = try computed { () throws(EstimateError) in
            try cusumRunLength(limit: limit, allowance: allowance, shift: shift, scale: scale)
        }
        return ["run_length": .number(length)]
    })

private let ewmaRunLengthEntry = StatisticEntry(
    name: "ewma-run-length", family: .drift,
    summary: "points until a two-sided EWMA chart alarms, on average",
    source: "Lucas & Saccucci, Technometrics 32 (1990) 1-12",
    arguments: [
        .init("limit", "a number in (0, 40]", "L, in deviations of the average"), .weight, .shift, .scale,
    ],
    example: ["limit": 2.962, "shift": 1],
    compute: { (input) throws(StatisticProblem) in
        let limit = try input.double("limit")
        let weight = try input.double("weight", default: 0.2)
        let shift = try input.double("shift", default: 0)
        let scale = try input.double("scale", default: 1)
        let length = try computed { () throws(EstimateError) in
            try ewmaRunLength(limit: limit, weight: weight, shift: shift, scale: scale)
        }
        return ["run_length": .number(length)]
    })

private let cusumLimitEntry = StatisticEntry(
    name: "cusum-limit", family: .drift,
    summary: "the limit at which a two-sided CUSUM has a given run length while all is well",
    source:
        "Brook & Evans, Biometrika 59 (1972) 539-549; Jensen et al., J. Quality Technology 38 (2006) 349-364",
    arguments: [
        .init("run_length", "a number", "points between false alarms; family-run-length gives it"),
        .allowance,
        .init(
            "baseline_points", "a count", fallback: "a known baseline",
            "points that the baseline is estimated from: widens the limit"),
        .init(
            "horizon", "a count, 20 or more", fallback: "365 or less", "points over which its promise holds"),
    ],
    example: ["run_length": 3650, "baseline_points": 100],
    compute: { (input) throws(StatisticProblem) in
        let runLength = try input.double("run_length")
        let allowance = try input.double("allowance", default: 0.5)
        let baselinePoints = try input.optionalInteger("baseline_points")
        let horizon = try input.optionalInteger("horizon")
        let limit = try computed { () throws(EstimateError) in
            try cusumLimit(
                runLength: runLength, allowance: allowance, baselinePoints: baselinePoints, horizon: horizon)
        }
        return ["limit": .number(limit)]
    })

private let ewmaLimitEntry = StatisticEntry(
    name: "ewma-limit", family: .drift,
    summary: "the limit at which a two-sided EWMA chart has a given run length while all is well",
    source: "Lucas & Saccucci, Technometrics 32 (1990) 1-12",
    arguments: [.init("run_length", "a number", "points between false alarms"), .weight],
    example: ["run_length": 500],
    compute: { (input) throws(StatisticProblem) in
        let runLength = try input.double("run_length")
        let weight = try input.double("weight", default: 0.2)
        let limit = try computed { () throws(EstimateError) in
            try ewmaLimit(runLength: runLength, weight: weight)
        }
        return ["limit": .number(limit)]
    })

private let familyRunLengthEntry = StatisticEntry(
    name: "family-run-length", family: .drift,
    summary: "the run length that each chart of a family needs for the family's own",
    source: "Bonferroni's inequality, over points",
    arguments: [
        .init("charts", "a count", "in the family"),
        .init("false_alarm_every", "a number above 1", "points between false alarms of the whole family"),
    ],
    example: ["charts": 10, "false_alarm_every": 365],
    compute: { (input) throws(StatisticProblem) in
        let charts = try input.integer("charts")
        let every = try input.double("false_alarm_every")
        let length = try computed { () throws(EstimateError) in
            try familyRunLength(charts: charts, falseAlarmEvery: every)
        }
        return ["run_length": .number(length)]
    })

private let falseAlarmEntry = StatisticEntry(
    name: "cusum-false-alarm", family: .drift,
    summary: "the chance that a CUSUM with an estimated baseline alarms within so many healthy points",
    source: "Jensen et al., J. Quality Technology 38 (2006) 349-364; Siegmund, Sequential Analysis (1985)",
    arguments: [
        .init("points", "a count, 20 or more", "of the run"),
        .init(
            "baseline_points", "a count", fallback: "a known baseline", "that the baseline is estimated from"),
        .init("limit", "a number in (0, 40]", "h, in deviations"), .allowance,
    ],
    example: ["points": 100, "baseline_points": 20, "limit": 5],
    compute: { (input) throws(StatisticProblem) in
        let points = try input.integer("points")
        let baselinePoints = try input.optionalInteger("baseline_points")
        let limit = try input.double("limit")
        let allowance = try input.double("allowance", default: 0.5)
        let probability = try computed { () throws(EstimateError) in
            try falseAlarmProbability(
                within: points, baselinePoints: baselinePoints, limit: limit, allowance: allowance)
        }
        return ["probability": .number(probability)]
    })

private let blockLimitEntry = StatisticEntry(
    name: "block-calibrated-limit", family: .drift,
    summary: "the CUSUM limit for a series whose neighbours are alike, from blocks of its own history",
    source: "Künsch, Ann. Statist. 17 (1989) 1217-1241",
    arguments: [
        .init("history", "numbers or nulls", "in order of time, while all was well; null is missing"),
        .init("run_length", "a number in 10...100,000", "points between false alarms"), .allowance,
        .init("block_length", "a count", fallback: "3 n^(1/3)", "points a block"),
        .init("needed", "a count, 50 or more", fallback: "400", "points without which no limit is given"),
        .seed,
    ],
    example: [
        "history": .array((0..<60).map { .number(Double(($0 * 37 + $0 / 5 * 11) % 23) / 10) }),
        "run_length": 100, "needed": 60, "seed": 7,
    ],
    compute: { (input) throws(StatisticProblem) in
        let history = try input.optionalDoubles("history")
        let runLength = try input.double("run_length")
        let allowance = try input.double("allowance", default: 0.5)
        let blockLength = try input.optionalInteger("block_length")
        let needed = try input.integer("needed", default: 400)
        let seed = try input.seed()
        let limit = try computed { () throws(EstimateError) in
            try blockCalibratedLimit(
                history: history, runLength: runLength, allowance: allowance, blockLength: blockLength,
                needed: needed, seed: seed)
        }
        return ["limit": .number(limit)]
    })
