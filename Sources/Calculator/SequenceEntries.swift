import Notation
import Statistics

let sequenceEntries: [StatisticEntry] = [
    rateRatioEProcessEntry, rateRatioBoundsEntry, harmMonitorEntry, detectionForecastEntry,
    realisedShareEntry, twoProportionEProcessEntry, sampleRatioEProcessEntry, fuseThresholdEntry,
    binomialFuseEntry,
]

private let stagesArgument = StatisticEntry.Argument(
    "stages", "rows of canary share, canary events, production events",
    "first events per sticky key, one row a stage; a row of four begins with the lowest and highest share")
private let toleratedRatioArgument = StatisticEntry.Argument(
    "tolerated_ratio", "a positive number", fallback: "1",
    "what the canary's rate may be, as a multiple of production's")
private let alphaArgument = StatisticEntry.Argument(
    "alpha", "a number in (0, 1)", fallback: "0.006", "the share of healthy releases that may ever alarm")

private let rateRatioEProcessEntry = StatisticEntry(
    name: "rate-ratio-e-process", family: .sequences,
    summary: "evidence that events befall the canary more often than production; may be looked at any time",
    source:
        "Robbins, Annals of Mathematical Statistics 41 (1970) 1397-1409; Lindon and Malek, arXiv 2011.03567",
    arguments: [stagesArgument, toleratedRatioArgument, alphaArgument],
    example: ["stages": [[0.01, 3, 40], [0.1, 12, 31]], "tolerated_ratio": 1],
    compute: { (input) throws(StatisticProblem) in
        let process = try rateRatioProcess(input, ratio: input.double("tolerated_ratio", default: 1))
        let alpha = try input.double("alpha", default: AlarmBudget.release.counts)
        let alarms = try computed { () throws(EstimateError) in try process.alarms(alpha: alpha) }
        return [
            "log_e_value": .number(process.logEValue), "e_value": json(eValue: process.eValue),
            "alarms": .bool(alarms), "canary_events": .integer(Int64(process.canaryEvents)),
            "events": .integer(Int64(process.events)),
            "method": "mixture over eight rate ratios",
        ]
    })

private let rateRatioBoundsEntry = StatisticEntry(
    name: "rate-ratio-bounds", family: .sequences,
    summary: "bounds of the canary's rate ratio that hold at all times together",
    source: "inversion of rate-ratio-e-process; Howard and others, Annals of Statistics 49 (2021) 1055-1080",
    arguments: [
        stagesArgument,
        .init(
            "confidence", "a number in (0, 1)", fallback: "0.95",
            "one-sided, of either bound; both together hold with 0.9"),
    ],
    example: ["stages": [[0.1, 12, 310]], "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let process = try rateRatioProcess(input, ratio: 1)
        let confidence = try input.double("confidence", default: 0.95)
        let lower = try computed { () throws(EstimateError) in
            try process.lowerBound(confidence: confidence)
        }
        let upper = try computed { () throws(EstimateError) in
            try process.upperBound(confidence: confidence)
        }
        return [
            "lower": .number(lower), "upper": upper.map { .number($0) } ?? .null,
            "one_sided_confidence": .number(confidence),
            "method": "confidence sequence of the rate ratio",
        ]
    })

private let harmMonitorEntry = StatisticEntry(
    name: "harm-monitor", family: .sequences,
    summary: "several kinds of harm under one alarm, and which of them drive it",
    source: "the weighted mean of e-processes; Vovk and Wang, Annals of Statistics 49 (2021) 1736-1754",
    arguments: [
        .init("names", "strings", "the metrics"),
        .init("weights", "numbers", fallback: "all equal", "of the metrics; divided by their sum"),
        .init("tolerated_ratios", "numbers", fallback: "1 for each", "of the metrics"),
        .init(
            "counts", "rows of metric, canary share, canary events, production events",
            "first events per sticky key; a metric is its place in the names, from 0"),
        alphaArgument,
    ],
    example: [
        "names": ["errors", "thumbs down"], "tolerated_ratios": [1, 1.1],
        "counts": [[0, 0.1, 14, 31], [1, 0.1, 9, 83]],
    ],
    compute: { (input) throws(StatisticProblem) in
        let monitor = try harmMonitor(input)
        var contributions: [JSONValue] = []
        for part in monitor.contributions {
            contributions.append([
                "name": .string(part.name), "share": .number(part.share),
                "log_e_value": .number(part.logEValue),
                "canary_events": .integer(Int64(part.canaryEvents)),
                "production_events": .integer(Int64(part.productionEvents)),
            ])
        }
        return [
            "log_e_value": .number(monitor.logEValue), "alarms": .bool(monitor.isAlarmed),
            "contributions": .array(contributions), "method": "weighted mean of rate-ratio e-processes",
        ]
    })

private let detectionForecastEntry = StatisticEntry(
    name: "detection-forecast", family: .sequences,
    summary: "how many canary requests the rate-ratio e-process takes to find a given harm; exact",
    source: "Armitage, McPherson and Rowe, JRSS A 132 (1969) 235-244",
    arguments: [
        .init("ratio", "a positive number", "the true rate ratio that is supposed"),
        .init("base_rate", "a number in (0, 1]", "production's rate of events per sticky key"),
        .init("share", "a number in (0, 1)", "of the traffic, to the canary"),
        .init("chance", "a number in (0, 1)", fallback: "0.9", "of an alarm by then; 0.5 is the median"),
        toleratedRatioArgument, alphaArgument,
        .init("limit", "a count", fallback: "50000", "events to look ahead at most"),
    ],
    example: ["ratio": 10, "base_rate": 0.001, "share": 0.1, "chance": 0.9, "alpha": 0.0015],
    compute: { (input) throws(StatisticProblem) in
        let tolerated = try input.double("tolerated_ratio", default: 1)
        let share = try input.double("share")
        let ratio = try input.double("ratio")
        let alpha = try input.double("alpha", default: AlarmBudget.release.counts)
        let limit = try input.integer("limit", default: 50_000)
        let chance = try input.double("chance", default: 0.9)
        let rate = try input.double("base_rate")
        let forecast = try computed { () throws(EstimateError) in
            try RateRatioEProcess(toleratedRatio: tolerated).detectionForecast(
                ratio: ratio, share: CanaryShare(share), alpha: alpha, limit: limit)
        }
        let events = try computed { () throws(EstimateError) in try forecast.events(chance: chance) }
        let requests = try computed { () throws(EstimateError) in
            try forecast.canaryRequests(chance: chance, baseRate: rate)
        }
        return [
            "canary_requests": requests.map { .integer(Int64($0)) } ?? .null,
            "events": events.map { .integer(Int64($0)) } ?? .null,
            "method": "exact, event by event",
        ]
    })

private let realisedShareEntry = StatisticEntry(
    name: "realised-share", family: .sequences,
    summary: "the cell of canary shares in which a second's realised share is counted",
    source: "a grid 1 % wide in the odds, as the rate-ratio e-process reads it",
    arguments: [
        .init("canary", "a count", "requests of the canary in that time"),
        .init("production", "a count", "requests of production in that time"),
    ],
    example: ["canary": 11, "production": 93],
    compute: { (input) throws(StatisticProblem) in
        let canary = try input.integer("canary")
        let production = try input.integer("production")
        let share = try computed { () throws(EstimateError) in
            try CanaryShare.realised(canary: canary, production: production)
        }
        return [
            "lower": share.map { .number($0.lower) } ?? .null,
            "upper": share.map { .number($0.upper) } ?? .null,
        ]
    })

private func rateRatioProcess(
    _ input: StatisticInput, ratio: Double
) throws(StatisticProblem) -> RateRatioEProcess {
    var process = try computed { () throws(EstimateError) in try RateRatioEProcess(toleratedRatio: ratio) }
    for (index, row) in try input.rows("stages").enumerated() {
        let place = "stages[\(index)]"
        guard row.count == 3 || row.count == 4 else {
            throw .wrong(argument: place, must: "a share and two counts", found: "\(row.count) numbers")
        }
        let canary = try count(row[row.count - 2], "\(place)[\(row.count - 2)]")
        let production = try count(row[row.count - 1], "\(place)[\(row.count - 1)]")
        try computed { () throws(EstimateError) in
            let share = try row.count == 3 ? CanaryShare(row[0]) : CanaryShare(between: row[0], and: row[1])
            try process.add(canary: canary, production: production, share: share)
        }
    }
    return process
}

private func harmMonitor(_ input: StatisticInput) throws(StatisticProblem) -> HarmMonitor {
    let names = try input.strings("names")
    let weights = input.has("weights") ? try input.doubles("weights") : names.map { _ in 1 }
    let ratios =
        input.has("tolerated_ratios") ? try input.doubles("tolerated_ratios") : names.map { _ in 1 }
    let alpha = try input.double("alpha", default: AlarmBudget.release.counts)
    var monitor = try computed { () throws(EstimateError) in
        guard weights.count == names.count else { throw .unequalLengths(weights.count, names.count) }
        guard ratios.count == names.count else { throw .unequalLengths(ratios.count, names.count) }
        var metrics: [HarmMonitor.Metric] = []
        for (index, name) in names.enumerated() {
            metrics.append(.init(name: name, weight: weights[index], toleratedRatio: ratios[index]))
        }
        return try HarmMonitor(metrics: metrics, alpha: alpha)
    }
    for (index, row) in try input.rows("counts").enumerated() {
        let place = "counts[\(index)]"
        guard row.count == 4 else {
            throw .wrong(
                argument: place, must: "a metric, a share and two counts", found: "\(row.count) numbers")
        }
        let metric = try count(row[0], "\(place)[0]")
        guard metric < names.count else {
            throw .wrong(argument: "\(place)[0]", must: "a place in the names", found: "\(metric)")
        }
        let canary = try count(row[2], "\(place)[2]")
        let production = try count(row[3], "\(place)[3]")
        try computed { () throws(EstimateError) in
            try monitor.add(
                metric: metric, canary: canary, production: production, share: CanaryShare(row[1]))
        }
    }
    return monitor
}

private func count(_ value: Double, _ place: String) throws(StatisticProblem) -> Int {
    guard let count = Int(exactly: value), count >= 0 else {
        throw .wrong(argument: place, must: "a count", found: "\(value)")
    }
    return count
}
