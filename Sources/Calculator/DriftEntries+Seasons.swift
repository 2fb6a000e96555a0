import Notation
import Statistics

let seasonEntries: [StatisticEntry] = [changePointEntry, seasonalProfileEntry, sameSeasonEntry]

private let changePointEntry = StatisticEntry(
    name: "change-point", family: .drift,
    summary: "when the mean of a series changed, looking back",
    source: "Hinkley, Biometrika 57 (1970) 1-17",
    arguments: [
        .init("series", "numbers", "in order of time"),
        .init("at_least", "a count", fallback: "2", "points that either side must have"),
        .shuffles, .seed,
    ],
    example: ["series": [0.94, 0.95, 0.93, 0.94, 0.95, 0.9, 0.89, 0.91, 0.9], "seed": 7],
    compute: { (input) throws(StatisticProblem) in
        let series = try input.doubles("series")
        let atLeast = try input.integer("at_least", default: 2)
        let resamples = try input.integer("resamples", default: 2_000)
        let seed = try input.seed()
        let change = try computed { () throws(EstimateError) in
            try ChangePoint(series, atLeast: atLeast, resamples: resamples, seed: seed)
        }
        return answer(
            change.test,
            [
                "index": json(change.index), "before": .number(change.before),
                "after": .number(change.after),
            ])
    })

private let seasonalProfileEntry = StatisticEntry(
    name: "seasonal-profile", family: .drift,
    summary: "the mean of each slot of a season, and the history without it",
    source: "Cleveland et al., J. Official Statistics 6 (1990) 3-73, for seasonal means",
    arguments: [
        .init("history", "numbers or nulls", "in any order; null is missing"),
        .init("slots", "counts", "the slot of each, from 0"),
        .init("period", "a count", fallback: "168", "slots a season: the hours of a week"),
        .init("needed", "a count, 2 or more", fallback: "2", "points without which a slot has no mean"),
    ],
    example: ["history": [10, 20, 12, nil, 11, 22], "slots": [0, 1, 0, 1, 0, 1], "period": 2],
    compute: { (input) throws(StatisticProblem) in
        let history = try input.optionalDoubles("history")
        let slots = try input.integers("slots")
        let period = try input.integer("period", default: 168)
        let needed = try input.integer("needed", default: 2)
        let (profile, residuals) = try computed { () throws(EstimateError) in
            let profile = try SeasonalProfile(
                history: history, slots: slots, period: period, needed: needed)
            return (profile, try profile.residuals(ofHistory: history, slots: slots))
        }
        return [
            "means": json(profile.means), "deviations": json(profile.deviations),
            "counts": json(profile.counts),
            "residuals": json(residuals),
        ]
    })

private let sameSeasonEntry = StatisticEntry(
    name: "same-season", family: .drift,
    summary: "the points of a reference from the same slots as a window: the same weekdays and hours",
    source: "matching on the slot",
    arguments: [
        .init("reference", "numbers or nulls", "in any order; null is missing"),
        .init("slots", "counts", "the slot of each, from 0"),
        .init("window", "counts", "the slots of the window"),
    ],
    example: ["reference": [10, 20, 12, nil, 11, 22], "slots": [0, 1, 0, 1, 0, 1], "window": [1, 2]],
    compute: { (input) throws(StatisticProblem) in
        let reference = try input.optionalDoubles("reference")
        let slots = try input.integers("slots")
        let window = try input.integers("window")
        let (values, unmatched) = try computed { () throws(EstimateError) in
            try sameSeason(reference: reference, slots: slots, as: window)
        }
        return [
            "values": json(values),
            "unmatched": json(unmatched),
        ]
    })
