import Notation
import Statistics

let powerEntries: [StatisticEntry] = gatePowerEntries + testPowerEntries

private let gatePowerEntries: [StatisticEntry] = [
    operatingCurveEntry, passHatKCurveEntry, examplesNeededEntry, detectableEntry,
]

private let operatingCurveEntry = StatisticEntry(
    name: "operating-curve", family: .power,
    summary: "how often a gate passes, fails and stays unsure over true changes",
    source:
        "Tango, Statistics in Medicine 17 (1998) 891-908; Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657-680",
    arguments: StatisticEntry.Argument.form + [.examples, .truths, .oneSided, .level],
    example: [
        "form": "paired-rate", "margin": 0.02, "discordant_share": 0.1, "examples": 500,
        "truths": [-0.04, -0.02, 0, 0.02],
    ],
    compute: { (input) throws(StatisticProblem) in
        let form = try input.form()
        let examples = try input.integer("examples")
        let truths = try input.doubles("truths")
        let confidence = try input.double("confidence", default: 0.95)
        let level = try input.double("level", default: 0.05)
        let curve = try computed { () throws(EstimateError) in
            try OperatingModel(form, examples: examples, confidence: confidence, level: level).curve(
                over: truths)
        }
        return answer(curve)
    })

private let passHatKCurveEntry = StatisticEntry(
    name: "pass-hat-k-curve", family: .power,
    summary: "how often pass^k >= x passes over true rates of a single try, simulated",
    source: "Yao et al., arXiv 2406.12045 (2024); Skellam, JRSS B 10 (1948) 257-261",
    arguments: [
        .truths, .init("k", "a count", "tries that must all pass"),
        .init("tries", "a count", "tries made of each example"),
        .init("bound", "a number in 0...1", "x"), .examples,
        .init("correlation", "a number in 0..<1", fallback: "0", "of two tries of one example"),
        .init("trials", "a count of at least 10", fallback: "2000", "simulated releases at each rate"), .seed,
    ],
    example: [
        "truths": [0.85, 0.9, 0.95], "k": 3, "tries": 5, "bound": 0.7, "examples": 60, "trials": 500,
    ],
    compute: { (input) throws(StatisticProblem) in
        let rates = try input.doubles("truths")
        let k = try input.integer("k")
        let tries = try input.integer("tries")
        let bound = try input.double("bound")
        let examples = try input.integer("examples")
        let correlation = try input.double("correlation", default: 0)
        let trials = try input.integer("trials", default: 2_000)
        let seed = try input.seed()
        let curve = try computed { () throws(EstimateError) in
            try passHatKOperatingCurve(
                over: rates, k: k, tries: tries, atLeast: bound, examples: examples,
                correlation: correlation, trials: trials, seed: seed)
        }
        return answer(curve)
    })

private let examplesNeededEntry = StatisticEntry(
    name: "examples-needed", family: .power,
    summary: "the examples with which a gate passes, or fails, a given truth often enough",
    source: "Chow, Shao & Wang, Sample Size Calculations in Clinical Research, 2nd ed. (2008)",
    arguments: StatisticEntry.Argument.form + [
        .init("truth", "a number", "the true change, rate, mean or ratio"),
        .init("outcome", "pass or fail", fallback: "pass", "what is to happen"), .chance, .oneSided, .level,
    ],
    example: ["form": "paired-rate", "margin": 0.05, "discordant_share": 0.1, "truth": 0],
    compute: { (input) throws(StatisticProblem) in
        let form = try input.form()
        let truth = try input.double("truth")
        let outcome = try input.choice(
            "outcome", [("pass", DecisionForecast.Outcome.pass), ("fail", .fail)], default: .pass)
        let chance = try input.double("chance", default: 0.8)
        let confidence = try input.double("confidence", default: 0.95)
        let level = try input.double("level", default: 0.05)
        let found = try computed { () throws(EstimateError) in
            try examplesNeeded(
                for: form, at: truth, to: outcome, chance: chance, confidence: confidence, level: level)
        }
        return ["n": try count(found)]
    })

private let detectableEntry = StatisticEntry(
    name: "detectable-change", family: .power,
    summary: "the smallest change for the worse that a gate fails often enough",
    source: "Connor, Biometrics 43 (1987) 207-211; Cohen, Statistical Power Analysis (1988)",
    arguments: StatisticEntry.Argument.form + [
        .examples,
        .init(
            "unchanged", "a number", fallback: "0",
            "the truth to start from: 0, a ratio's 1, a usual rate or mean"),
        .chance, .oneSided, .level,
    ],
    example: ["form": "paired-rate", "discordant_share": 0.1, "examples": 500],
    compute: { (input) throws(StatisticProblem) in
        let form = try input.form()
        let examples = try input.integer("examples")
        let unchanged = try input.double("unchanged", default: 0)
        let chance = try input.double("chance", default: 0.8)
        let confidence = try input.double("confidence", default: 0.95)
        let level = try input.double("level", default: 0.05)
        let found = try computed { () throws(EstimateError) in
            try OperatingModel(form, examples: examples, confidence: confidence, level: level).detectable(
                from: unchanged, chance: chance)
        }
        guard let found else {
            throw .noAnswer("no change is failed that often with \(examples) examples")
        }
        return ["change": .number(found)]
    })

/// A count, where one is enough.
func count(_ found: Int?, of what: String = "examples") throws(StatisticProblem) -> JSONValue {
    guard let found else { throw .noAnswer("no number of \(what) is enough for that") }
    return .integer(Int64(found))
}

private func answer(_ curve: OperatingCurve) -> JSONValue {
    var points: [JSONValue] = []
    for point in curve.points {
        points.append([
            "truth": .number(point.truth), "pass": .number(point.pass), "fail": .number(point.fail),
            "unsure": .number(point.unsure),
        ])
    }
    return ["points": .array(points), "method": .string(curve.method)]
}

extension StatisticEntry.Argument {
    static let examples = Self("examples", "a count", "independent examples")
    fileprivate static let truths = Self("truths", "numbers", "true changes, rates, means or ratios")
    fileprivate static let oneSided = Self(
        "confidence", "a number in (0, 1)", fallback: "0.95", "one-sided, of what a pass must prove")
    fileprivate static let level = Self(
        "level", "a number in (0, 1)", fallback: "0.05", "of the claim that something broke")
    fileprivate static let chance = Self(
        "chance", "a number in (0, 1)", fallback: "0.8", "how often it is to happen")

    /// The gate's form with what each form needs.
    fileprivate static let form: [Self] = [
        .init(
            "form", "rate, confident-rate, mean, confident-mean, tries, paired-rate, paired-mean or ratio",
            "of the gate: M >= x, confidently M >= x, k of n, (not or no) worse than baseline, within p %"),
        .init("bound", "a number", fallback: "of rates and means", "x"),
        .init(
            "margin", "a number", fallback: "not worse than baseline", "m of paired-rate and paired-mean"),
        .init("discordant_share", "a number in 0...1", fallback: "of paired-rate", "pairs that disagree"),
        .init(
            "deviation", "a number", fallback: "of means, paired-mean and ratio",
            "of a score, of a difference, of the log ratio times √n"),
        .init("tolerance", "a number", fallback: "of ratio", "0.2 for within 20 %"),
        .init("k", "a count", fallback: "of tries", "tries that must pass"),
        .init("tries", "a count", fallback: "of tries", "tries made of each example"),
        .init("share", "a number in 0...1", fallback: "1", "of examples that must hold"),
        .init("correlation", "a number in 0..<1", fallback: "0", "of two tries of one example"),
    ]
}

extension StatisticInput {
    /// The gate's form; an argument that belongs to another form is an error.
    fileprivate func form() throws(StatisticProblem) -> OperatingModel.Form {
        let needs: [(word: String, value: [String])] = [
            ("rate", ["bound"]), ("confident-rate", ["bound"]), ("mean", ["bound", "deviation"]),
            ("confident-mean", ["bound", "deviation"]), ("tries", ["k", "tries", "share", "correlation"]),
            ("paired-rate", ["margin", "discordant_share"]), ("paired-mean", ["margin", "deviation"]),
            ("ratio", ["tolerance", "deviation"]),
        ]
        let word = try raw("form").stringValue ?? ""
        let own = try choice("form", needs, default: [])
        for argument in StatisticEntry.Argument.form.map(\.name)
        where argument != "form" && !own.contains(argument) && has(argument) {
            throw .wrong(argument: argument, must: "left out for the form '\(word)'", found: "there")
        }
        switch word {
        case "rate": return .rate(atLeast: try double("bound"))
        case "confident-rate": return .confidentRate(atLeast: try double("bound"))
        case "mean": return .mean(atLeast: try double("bound"), deviation: try double("deviation"))
        case "confident-mean":
            return .confidentMean(atLeast: try double("bound"), deviation: try double("deviation"))
        case "tries":
            return .tries(
                try integer("k"), of: try integer("tries"), share: try double("share", default: 1),
                correlation: try double("correlation", default: 0))
        case "paired-rate":
            return .pairedRate(
                margin: try optionalDouble("margin"), discordantShare: try double("discordant_share"))
        case "paired-mean":
            return .pairedMean(margin: try optionalDouble("margin"), deviation: try double("deviation"))
        default: return .ratio(within: try double("tolerance"), deviation: try double("deviation"))
        }
    }
}
