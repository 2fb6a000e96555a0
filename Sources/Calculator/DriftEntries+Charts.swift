import Notation
import Statistics

let chartEntries: [StatisticEntry] = [
    chartBaselineEntry, autoregressionEntry, cusumChartEntry, ewmaChartEntry, cumulativeDropEntry,
    anchorDropEntry,
]

extension StatisticEntry.Argument {
    fileprivate static let history = Self(
        "history", "numbers or nulls", "in order of time, while all was well; null is missing")
    fileprivate static let series = Self(
        "series", "numbers or nulls", "in order of time; null is missing")
    fileprivate static let whitening = Self(
        "whitening", "prewhitened or none", fallback: "prewhitened",
        "whether an autoregression is fitted and taken out")
    fileprivate static let mean = Self("mean", "a number", "of the baseline")
    fileprivate static let deviation = Self(
        "deviation", "a number above 0", "of the baseline, or of its innovations")
    fileprivate static let autocorrelation = Self(
        "autocorrelation", "a number in (-1, 1)", fallback: "0",
        "the coefficient of the autoregression that is taken out")
}

private let chartBaselineEntry = StatisticEntry(
    name: "chart-baseline", family: .drift,
    summary: "what a series does while all is well, for a control chart; 50 points arm it",
    source: "Jensen et al., J. Quality Technology 38 (2006) 349-364; Kendall, Biometrika 41 (1954) 403-404",
    arguments: [
        .history, .whitening,
        .init("needed", "a count, 4 or more", fallback: "50", "points without which no chart is armed"),
    ],
    example: ["history": [0.94, 0.95, 0.93, 0.94, 0.96, 0.95, 0.94, 0.92, 0.95, 0.94], "needed": 10],
    compute: { (input) throws(StatisticProblem) in
        let history = try input.optionalDoubles("history")
        let whitening: ChartArming.Whitening = try input.choice(
            "whitening", [("prewhitened", .prewhitened), ("none", .none)], default: .prewhitened)
        let needed = try input.integer("needed", default: ChartArming.needed)
        let (arming, baseline) = try computed { () throws(EstimateError) in
            let arming = try ChartArming(history)
            return (arming, try arming.baseline(whitening: whitening, needed: needed))
        }
        return [
            "mean": .number(baseline.mean), "deviation": .number(baseline.deviation),
            "autocorrelation": .number(baseline.autocorrelation), "points": json(arming.points),
            "missing": json(arming.missing),
        ]
    })

private let autoregressionEntry = StatisticEntry(
    name: "autoregression", family: .drift,
    summary: "a first-order autoregression by least squares",
    source: "Kendall, Biometrika 41 (1954) 403-404, for the bias",
    arguments: [.series],
    example: ["series": [0.94, 0.95, 0.93, 0.94, 0.96, 0.95, 0.94, 0.92, 0.95, 0.94]],
    compute: { (input) throws(StatisticProblem) in
        let series = try input.optionalDoubles("series")
        let fit = try computed { () throws(EstimateError) in try AutoregressiveFit(series) }
        return [
            "coefficient": .number(fit.coefficient), "corrected": .number(fit.corrected),
            "intercept": .number(fit.intercept), "innovation": .number(fit.innovation),
            "pairs": json(fit.pairs),
        ]
    })

/// The first alarm of a chart, and where the chart stands at the end.
private func answer(
    _ signals: [ChartSignal], _ more: KeyValuePairs<String, JSONValue>
) -> JSONValue {
    var object = JSONObject()
    let alarms = signals.compactMap(\.alarm)
    object["alarms"] = json(alarms.count)
    if let first = alarms.first {
        object["first_alarm"] = json(first.point)
        object["began"] = json(first.began)
        object["direction"] = .string(first.direction.rawValue)
    }
    object["points"] = json(signals.count)
    object["missing"] = json(signals.count { $0 == .missing })
    for (key, value) in more { object[key] = value }
    return .object(object)
}

/// The series of a chart, of one point or more.
private func givenSeries(_ input: StatisticInput) throws(StatisticProblem) -> [Double?] {
    let series = try input.optionalDoubles("series")
    guard !series.isEmpty else { throw .undefined(.tooFew(count: 0, needed: 1, of: "points")) }
    return series
}

private func givenBaseline(_ input: StatisticInput) throws(StatisticProblem) -> ChartBaseline {
    let mean = try input.double("mean")
    let deviation = try input.double("deviation")
    let autocorrelation = try input.double("autocorrelation", default: 0)
    return try computed { () throws(EstimateError) in
        try ChartBaseline(mean: mean, deviation: deviation, autocorrelation: autocorrelation)
    }
}

private let cusumChartEntry = StatisticEntry(
    name: "cusum-chart", family: .drift,
    summary: "a two-sided CUSUM over a series: the first alarm, and when the change began",
    source: "Page, Biometrika 41 (1954) 100-115",
    arguments: [
        .series, .mean, .deviation, .autocorrelation,
        .init(
            "allowance", "a number, 0 or above", fallback: "0.5", "half the change to be found, in deviations"
        ),
        .init("limit", "a number above 0", fallback: "5", "in deviations; cusum-limit solves it"),
    ],
    example: [
        "series": [0.2, -0.4, 0.9, 1.8, 1.2, nil, 2.1, 1.4, 1.9, 2.2], "mean": 0, "deviation": 1,
    ],
    compute: { (input) throws(StatisticProblem) in
        let series = try givenSeries(input)
        let baseline = try givenBaseline(input)
        let allowance = try input.double("allowance", default: 0.5)
        let limit = try input.double("limit", default: 5)
        var chart = try computed { () throws(EstimateError) in
            try CusumChart(baseline: baseline, allowance: allowance, limit: limit)
        }
        var signals: [ChartSignal] = []
        for value in series { signals.append(chart.update(value)) }
        return answer(signals, ["upper_sum": .number(chart.upper), "lower_sum": .number(chart.lower)])
    })

private let ewmaChartEntry = StatisticEntry(
    name: "ewma-chart", family: .drift,
    summary: "a two-sided EWMA chart over a series: the first alarm, and when the change began",
    source: "Roberts, Technometrics 1 (1959) 239-250; Lucas & Saccucci, Technometrics 32 (1990) 1-12",
    arguments: [
        .series, .mean, .deviation, .autocorrelation,
        .init("weight", "a number in (0, 1]", fallback: "0.2", "of the newest point"),
        .init("limit", "a number above 0", fallback: "2.962", "in deviations of the average"),
    ],
    example: [
        "series": [0.2, -0.4, 0.9, 1.8, 1.2, nil, 2.1, 1.4, 1.9, 2.2], "mean": 0, "deviation": 1,
    ],
    compute: { (input) throws(StatisticProblem) in
        let series = try givenSeries(input)
        let baseline = try givenBaseline(input)
        let weight = try input.double("weight", default: 0.2)
        let limit = try input.double("limit", default: 2.962)
        var chart = try computed { () throws(EstimateError) in
            try EwmaChart(baseline: baseline, weight: weight, limit: limit)
        }
        var signals: [ChartSignal] = []
        for value in series { signals.append(chart.update(value)) }
        return answer(signals, ["average": .number(chart.average)])
    })

private let cumulativeDropEntry = StatisticEntry(
    name: "cumulative-drop", family: .drift,
    summary: "the drop of a score since it was pinned, however slowly it came",
    source: "Hinkley, Biometrika 57 (1970) 1-17, for a change against a fixed start",
    arguments: [
        .series, .init("pinned", "a number", "the score when it was blessed"),
        .init("threshold", "a number above 0", fallback: "0.03", "the drop above which it alarms"),
        .init("higher_is_better", "true or false", fallback: "true", "whether a fall is the harm"),
    ],
    example: ["series": [0.943, 0.941, 0.927, 0.908], "pinned": 0.943, "threshold": 0.03],
    compute: { (input) throws(StatisticProblem) in
        let series = try givenSeries(input)
        let pinned = try input.double("pinned")
        let threshold = try input.double("threshold", default: 0.03)
        let higherIsBetter = try input.flag("higher_is_better", default: true)
        var chart = try computed { () throws(EstimateError) in
            try CumulativeDropChart(pinned: pinned, threshold: threshold, higherIsBetter: higherIsBetter)
        }
        var signals: [ChartSignal] = []
        for value in series { signals.append(chart.update(value)) }
        return answer(signals, ["drop": chart.drop.map { .number($0) } ?? .null])
    })

private let anchorDropEntry = StatisticEntry(
    name: "anchor-drop", family: .drift,
    summary: "whether anchor scores dropped all alike or in a few pairs",
    source: "Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993)",
    arguments: [
        .init("pinned", "numbers", "the score of each pair when it was blessed"),
        .init("now", "numbers", "the same pairs, in the same order"),
        .init("threshold", "a number above 0", fallback: "0.03", "the mean drop that matters"),
        .driftAlpha,
    ],
    example: [
        "pinned": [0.94, 0.95, 0.93, 0.96, 0.94, 0.92, 0.95, 0.94],
        "now": [0.94, 0.94, 0.93, 0.95, 0.55, 0.92, 0.95, 0.94],
    ],
    compute: { (input) throws(StatisticProblem) in
        let pinned = try input.doubles("pinned")
        let now = try input.doubles("now")
        let threshold = try input.double("threshold", default: 0.03)
        let alpha = try input.double("alpha", default: 0.01)
        let drop = try computed { () throws(EstimateError) in
            try AnchorDrop(pinned: pinned, now: now, threshold: threshold, alpha: alpha)
        }
        var others = JSONObject()
        others["mean"] = .number(drop.others.value)
        others["n"] = json(drop.others.n)
        if let interval = drop.others.interval {
            others["lower"] = .number(interval.lower)
            others["upper"] = .number(interval.upper)
        }
        return [
            "pattern": .string(drop.pattern.rawValue), "mean": .number(drop.mean),
            "median": .number(drop.median), "fallen": json(drop.fallen),
            "others": .object(others), "signs": answer(drop.signs),
        ]
    })
