import Notation
import Statistics

let peopleEntries: [StatisticEntry] = judgeEntries + sampleEntries

private let judgeEntries: [StatisticEntry] = [
    powerRateEntry, powerMeanEntry, roganGladenEntry, accuracyEntry, judgedMarginEntry, judgeEqualityEntry,
    judgedDifferenceEntry,
]

private let powerRateEntry = StatisticEntry(
    name: "ppi-rate", family: .people,
    summary: "a pass rate from few human and many judge labels, PPI++ or plain",
    source: "Angelopoulos, Duchi & Zrnic, arXiv 2311.01453 (2023)",
    arguments: [
        .init("both", "a count", "items that people and judge pass"),
        .init("only_human", "a count", "items that people alone pass"),
        .init("only_judge", "a count", "items that the judge alone passes"),
        .init("neither", "a count", "items that neither passes"),
        .init("rest_passes", "a count", "other items that the judge passes"),
        .init("rest", "a count", "other items that the judge labelled"),
        .weight, .leastLabels, .confidence,
    ],
    example: [
        "both": 70, "only_human": 5, "only_judge": 10, "neither": 15, "rest_passes": 3350, "rest": 4000,
    ],
    compute: { (input) throws(StatisticProblem) in
        let both = try input.integer("both")
        let onlyHuman = try input.integer("only_human")
        let onlyJudge = try input.integer("only_judge")
        let neither = try input.integer("neither")
        let passes = try input.integer("rest_passes")
        let rest = try input.integer("rest")
        let weight = try input.judgeWeight()
        let least = try input.integer("least_labels", default: 100)
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try predictionPoweredRate(
                both: both, onlyHuman: onlyHuman, onlyJudge: onlyJudge, neither: neither, restPasses: passes,
                rest: rest, weight: weight, leastLabels: least, confidence: confidence)
        }
        return answer(found)
    })

private let powerMeanEntry = StatisticEntry(
    name: "ppi-mean", family: .people,
    summary: "a mean from few human and many judge labels, PPI++ or plain",
    source: "Angelopoulos, Duchi & Zrnic, arXiv 2311.01453 (2023)",
    arguments: [
        .init("human", "numbers", "people's labels of items drawn at random"),
        .init("judge", "numbers", "the judge's labels of the same items"),
        .init("rest", "numbers", "the judge's labels of other items"),
        .weight, .leastLabels, .confidence,
    ],
    example: [
        "human": [1, 0, 1, 1, 0, 1, 1, 1], "judge": [1, 0, 1, 1, 1, 1, 0, 1],
        "rest": [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0], "least_labels": 8,
    ],
    compute: { (input) throws(StatisticProblem) in
        let human = try input.doubles("human")
        let judge = try input.doubles("judge")
        let rest = try input.doubles("rest")
        let weight = try input.judgeWeight()
        let least = try input.integer("least_labels", default: 100)
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try predictionPoweredMean(
                human: human, judge: judge, rest: moments(rest), weight: weight, leastLabels: least,
                confidence: confidence)
        }
        return answer(found)
    })

private let roganGladenEntry = StatisticEntry(
    name: "rogan-gladen", family: .people,
    summary: "the true rate behind a judge's, from its sensitivity and specificity",
    source:
        "Rogan & Gladen, Am. J. Epidemiol. 107 (1978) 71-76; Lang & Reiczigel, Prev. Vet. Med. 113 (2014) 13-22",
    arguments: [
        .init("rate", "a number in 0...1", "the judge's pass rate"),
        .init("judged", "a count", "items behind that rate"),
        .init("sensitivity", "a number in 0...1", "of good items, the share that the judge passes"),
        .init("positives", "a count", "good items behind it"),
        .init("specificity", "a number in 0...1", "of bad items, the share that the judge fails"),
        .init("negatives", "a count", "bad items behind it"),
        .confidence,
    ],
    example: [
        "rate": 0.8375, "judged": 4000, "sensitivity": 0.92, "positives": 60, "specificity": 0.75,
        "negatives": 40,
    ],
    compute: { (input) throws(StatisticProblem) in
        let rate = try input.double("rate")
        let judged = try input.integer("judged")
        let sensitivity = try input.double("sensitivity")
        let positives = try input.integer("positives")
        let specificity = try input.double("specificity")
        let negatives = try input.integer("negatives")
        let confidence = try input.double("confidence", default: 0.9)
        let found = try computed { () throws(EstimateError) in
            try roganGladen(
                rate: rate, judged: judged, sensitivity: sensitivity, positives: positives,
                specificity: specificity, negatives: negatives, confidence: confidence)
        }
        return answer(found)
    })

private let accuracyEntry = StatisticEntry(
    name: "judge-accuracy", family: .people,
    summary: "a judge's sensitivity, specificity, Youden's J and whether it may gate",
    source: "Youden, Cancer 3 (1950) 32-35; Newcombe, Statistics in Medicine 17 (1998) 873-890",
    arguments: StatisticEntry.Argument.accuracy() + [.confidence],
    example: ["true_positives": 56, "positives": 70, "true_negatives": 24, "negatives": 30],
    compute: { (input) throws(StatisticProblem) in
        let accuracy = try input.accuracy()
        let confidence = try input.double("confidence", default: 0.9)
        let (sensitive, specific, youden) = try computed { () throws(EstimateError) in
            try (
                accuracy.sensitivityInterval(confidence: confidence),
                accuracy.specificityInterval(confidence: confidence),
                accuracy.youdenInterval(confidence: confidence)
            )
        }
        return [
            "sensitivity": answer(sensitive, ["estimate": .number(accuracy.sensitivity)]),
            "specificity": answer(specific, ["estimate": .number(accuracy.specificity)]),
            "youden": answer(youden, ["estimate": .number(accuracy.youden)]),
            "may_gate": .bool(youden.lower > 0),
        ]
    })

private let judgedMarginEntry = StatisticEntry(
    name: "judged-margin", family: .people,
    summary: "a margin in the judge's eyes: m times J",
    source: "Rogan & Gladen, Am. J. Epidemiol. 107 (1978) 71-76",
    arguments: [
        .init("margin", "a number", "m, of the true difference"),
        .init("youden", "a number in (0, 1]", "J = sensitivity + specificity - 1"),
    ],
    example: ["margin": 0.05, "youden": 0.6],
    compute: { (input) throws(StatisticProblem) in
        let margin = try input.double("margin")
        let youden = try input.double("youden")
        let found = try computed { () throws(EstimateError) in try judgedMargin(margin, youden: youden) }
        return ["margin": .number(found)]
    })

private let judgeEqualityEntry = StatisticEntry(
    name: "judge-equality", family: .people,
    summary: "whether a judge's sensitivity and specificity are alike in both arms",
    source: "Fisher, Journal of the Royal Statistical Society 98 (1935) 39-54",
    arguments: [
        .init(
            "baseline", "four counts",
            "the judge on the baseline's answers: true positives, positives, true negatives, negatives"),
        .init("candidate", "four counts", "the same on the candidate's answers"),
    ],
    example: ["baseline": [56, 70, 24, 30], "candidate": [40, 70, 28, 30]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.integers("baseline")
        let candidate = try input.integers("candidate")
        let found = try computed { () throws(EstimateError) in
            try judgeEquality(baseline: judgeAccuracy(baseline), candidate: judgeAccuracy(candidate))
        }
        return [
            "sensitivity": answer(found.sensitivity), "specificity": answer(found.specificity),
            "p_value": .number(found.pValue),
        ]
    })

/// True positives, positives, true negatives, negatives.
private func judgeAccuracy(_ counts: [Int]) throws(EstimateError) -> JudgeAccuracy {
    guard counts.count == 4 else { throw .unequalLengths(4, counts.count) }
    return try JudgeAccuracy(
        truePositives: counts[0], positives: counts[1], trueNegatives: counts[2], negatives: counts[3])
}

private let judgedDifferenceEntry = StatisticEntry(
    name: "judged-difference", family: .people,
    summary: "the true paired difference of pass rates behind a judge, with both errors",
    source: "Donner & Zou, Stat. Methods Med. Res. 21 (2012) 347-359",
    arguments: [
        .init("both", "a count", "examples that pass in both arms, as judged"),
        .init("only_baseline", "a count", "that pass under the baseline alone"),
        .init("only_candidate", "a count", "that pass under the candidate alone"),
        .init("neither", "a count", "that pass in neither arm"),
    ] + StatisticEntry.Argument.accuracy() + [
        .init(
            "candidate_accuracy", "four counts", fallback: "the same",
            "of the candidate's arm: true positives, positives, true negatives, negatives"),
        .confidence,
    ],
    example: [
        "both": 700, "only_baseline": 80, "only_candidate": 50, "neither": 170, "true_positives": 180,
        "positives": 200, "true_negatives": 160, "negatives": 200,
    ],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.pairedCounts()
        let accuracy = try input.accuracy()
        let confidence = try input.double("confidence", default: 0.9)
        let own = input.has("candidate_accuracy") ? try input.integers("candidate_accuracy") : nil
        let found = try computed { () throws(EstimateError) in
            guard let own else {
                return try judgedDifference(counts, accuracy: accuracy, confidence: confidence)
            }
            let candidate = try judgeAccuracy(own)
            return try judgedDifference(
                counts, baseline: accuracy, candidate: candidate, confidence: confidence)
        }
        return answer(found.interval, ["difference": .number(found.value)])
    })

extension StatisticEntry.Argument {
    fileprivate static let weight = Self(
        "weight", "tuned, full, or a number in 0...1", fallback: "tuned",
        "of the judge: tuned is PPI++, full is plain PPI")
    fileprivate static let leastLabels = Self(
        "least_labels", "a count", fallback: "100", "fewer human labels than this are refused")

    fileprivate static func accuracy() -> [Self] {
        [
            .init("true_positives", "a count", "good items that the judge passes"),
            .init("positives", "a count", "items that experts call good"),
            .init("true_negatives", "a count", "bad items that the judge fails"),
            .init("negatives", "a count", "items that experts call bad"),
        ]
    }
}

extension StatisticInput {
    fileprivate func judgeWeight() throws(StatisticProblem) -> JudgeWeight {
        if let value = given("weight"), value.doubleValue != nil { return .fixed(try double("weight")) }
        return try choice("weight", [("tuned", JudgeWeight.tuned), ("full", .full)], default: .tuned)
    }

    fileprivate func accuracy() throws(StatisticProblem) -> JudgeAccuracy {
        let truePositives = try integer("true_positives")
        let positives = try integer("positives")
        let trueNegatives = try integer("true_negatives")
        let negatives = try integer("negatives")
        return try computed { () throws(EstimateError) in
            try JudgeAccuracy(
                truePositives: truePositives, positives: positives, trueNegatives: trueNegatives,
                negatives: negatives)
        }
    }

    fileprivate func pairedCounts() throws(StatisticProblem) -> PairedCounts {
        let both = try integer("both")
        let onlyBaseline = try integer("only_baseline")
        let onlyCandidate = try integer("only_candidate")
        let neither = try integer("neither")
        return try computed { () throws(EstimateError) in
            try PairedCounts(
                both: both, onlyBaseline: onlyBaseline, onlyCandidate: onlyCandidate, neither: neither)
        }
    }
}

/// A number about a population as an answer.
func answer(_ found: SurveyEstimate) -> JSONValue {
    answer(
        found.interval,
        [
            "estimate": .number(found.value), "standard_error": .number(found.standardError),
            "n": .integer(Int64(found.n)),
        ])
}

private func answer(_ found: PredictionPoweredEstimate) -> JSONValue {
    answer(
        found.estimate.interval,
        [
            "estimate": .number(found.estimate.value),
            "standard_error": .number(found.estimate.standardError),
            "judge_weight": .number(found.judgeWeight), "human_mean": .number(found.humanMean),
            "human_error": .number(found.humanError), "n": .integer(Int64(found.estimate.n)),
        ])
}
