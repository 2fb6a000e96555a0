import Notation
import Statistics

let associationEntries: [StatisticEntry] = [
    pearsonEntry, pearsonTestEntry, spearmanEntry, spearmanTestEntry, kendallEntry, kendallTestEntry,
    partialEntry, permutationEntry, fisherIntervalEntry, pairsNeededEntry,
]

private let pairs: [StatisticEntry.Argument] = [
    .init("x", "numbers", "one a pair"), .init("y", "numbers", "as many, in the same order"),
]

private let pairedExample: JSONValue = [
    "x": [0.81, 0.84, 0.79, 0.88, 0.9, 0.86], "y": [0.12, 0.1, 0.15, 0.09, 0.07, 0.08],
]

/// An entry for one coefficient with its interval.
private func coefficient(
    _ name: String, _ summary: String, source: String,
    _ body: @escaping @Sendable ([Double], [Double], Double) throws(EstimateError) -> Estimate
) -> StatisticEntry {
    StatisticEntry(
        name: name, family: .association, summary: summary, source: source, arguments: pairs + [.confidence],
        example: pairedExample,
        compute: { (input) throws(StatisticProblem) in
            let (x, y) = (try input.doubles("x"), try input.doubles("y"))
            let confidence = try input.double("confidence", default: 0.9)
            return answer(try computed { () throws(EstimateError) in try body(x, y, confidence) })
        })
}

/// An entry for one test of no association.
private func test(
    _ name: String, _ summary: String, source: String,
    _ body: @escaping @Sendable ([Double], [Double], Alternative) throws(EstimateError) -> TestResult
) -> StatisticEntry {
    StatisticEntry(
        name: name, family: .association, summary: summary, source: source, arguments: pairs + [.alternative],
        example: pairedExample,
        compute: { (input) throws(StatisticProblem) in
            let (x, y) = (try input.doubles("x"), try input.doubles("y"))
            let alternative = try input.alternative()
            return answer(try computed { () throws(EstimateError) in try body(x, y, alternative) })
        })
}

private let pearsonEntry = coefficient(
    "pearson", "how nearly pairs lie on a line, with Fisher's interval",
    source: "Pearson, Proceedings of the Royal Society 58 (1895) 240-242"
) { (x, y, confidence) throws(EstimateError) in try pearsonCorrelation(x, y, confidence: confidence) }

private let pearsonTestEntry = test(
    "pearson-test", "is there no linear correlation, for pairs that are nearly normal",
    source: "Fisher, Biometrika 10 (1915) 507-521"
) { (x, y, alternative) throws(EstimateError) in try pearsonTest(x, y, alternative: alternative) }

private let spearmanEntry = coefficient(
    "spearman", "how nearly one series rises whenever the other does, with Bonett and Wright's interval",
    source: "Spearman, American Journal of Psychology 15 (1904) 72-101"
) { (x, y, confidence) throws(EstimateError) in try spearmanCorrelation(x, y, confidence: confidence) }

private let spearmanTestEntry = test(
    "spearman-test", "is there no rank correlation, by Student's t",
    source: "Kendall, Rank Correlation Methods (1948), chapter 4"
) { (x, y, alternative) throws(EstimateError) in try spearmanTest(x, y, alternative: alternative) }

private let kendallEntry = coefficient(
    "kendall", "Kendall's tau-b: pairs that agree in order less those that do not, with its interval",
    source: "Kendall, Biometrika 33 (1945) 239-251; Knight, JASA 61 (1966) 436-439"
) { (x, y, confidence) throws(EstimateError) in try kendallCorrelation(x, y, confidence: confidence) }

private let kendallTestEntry = StatisticEntry(
    name: "kendall-test", family: .association,
    summary: "is there no association in order, exact up to 50 pairs without ties",
    source: "Kendall, Rank Correlation Methods (1948), chapters 4 and 5",
    arguments: pairs + [.alternative, .nullMethod],
    example: pairedExample,
    compute: { (input) throws(StatisticProblem) in
        let (x, y) = (try input.doubles("x"), try input.doubles("y"))
        let alternative = try input.alternative()
        let distribution = try input.nullDistribution()
        return answer(
            try computed { () throws(EstimateError) in
                try kendallTest(x, y, alternative: alternative, distribution: distribution)
            })
    })

private let partialEntry = StatisticEntry(
    name: "partial-correlation", family: .association,
    summary: "what correlation of two series remains when others are held fixed",
    source: "Fisher, Metron 3 (1924) 329-332",
    arguments: pairs + [
        .init("controls", "rows of numbers", "the series to hold fixed, each as long as x"),
        .init("ranks", "true or false", fallback: "false", "whether all series are replaced by their ranks"),
        .alternative, .confidence,
    ],
    example: [
        "x": [0.81, 0.84, 0.79, 0.88, 0.9, 0.86], "y": [0.12, 0.1, 0.15, 0.09, 0.07, 0.08],
        "controls": [[1, 2, 3, 4, 5, 6]],
    ],
    compute: { (input) throws(StatisticProblem) in
        let (x, y) = (try input.doubles("x"), try input.doubles("y"))
        let controls = try input.rows("controls")
        let ranks = try input.flag("ranks", default: false)
        let alternative = try input.alternative()
        let confidence = try input.double("confidence", default: 0.9)
        let estimate = try computed { () throws(EstimateError) in
            try partialCorrelation(x, y, controls: controls, ranks: ranks, confidence: confidence)
        }
        let test = try computed { () throws(EstimateError) in
            try partialCorrelationTest(x, y, controls: controls, ranks: ranks, alternative: alternative)
        }
        return answer(
            test,
            [
                "estimate": .number(estimate.value),
                "interval": estimate.interval.map { answer($0) } ?? .null,
                "n": .integer(Int64(estimate.n)),
            ])
    })

private let permutationEntry = StatisticEntry(
    name: "correlation-permutation-test", family: .association,
    summary: "how often a random order correlates as strongly, exact up to 9 pairs",
    source: "Pitman, Supplement to JRSS 4 (1937) 225-232",
    arguments: pairs + [
        .init("kind", "pearson, spearman or kendall", fallback: "spearman", "the coefficient"),
        .alternative, .resamples, .seed,
    ],
    example: pairedExample,
    compute: { (input) throws(StatisticProblem) in
        let (x, y) = (try input.doubles("x"), try input.doubles("y"))
        let kind = try input.choice(
            "kind", [("pearson", CorrelationKind.pearson), ("spearman", .spearman), ("kendall", .kendall)],
            default: .spearman)
        let alternative = try input.alternative()
        let resamples = try input.integer("resamples", default: 10_000)
        let seed = try input.seed()
        return answer(
            try computed { () throws(EstimateError) in
                try correlationPermutationTest(
                    x, y, kind: kind, alternative: alternative, resamples: resamples, seed: seed)
            })
    })

private let fisherIntervalEntry = StatisticEntry(
    name: "correlation-interval", family: .association,
    summary: "the interval of a correlation that is known with its number of pairs",
    source: "Fisher, Metron 1 (1921) 3-32; Bonett, Wright, Psychometrika 65 (2000) 23-28",
    arguments: [
        .init("correlation", "a number in (-1, 1)", "the coefficient"),
        .init("n", "a count", "independent pairs"),
        .init("kind", "pearson, spearman or kendall", fallback: "pearson", "which coefficient it is"),
        .confidence,
    ],
    example: ["correlation": 0.5, "n": 20, "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let correlation = try input.double("correlation")
        let count = try input.integer("n")
        let kind = try input.choice(
            "kind", [("pearson", CorrelationKind.pearson), ("spearman", .spearman), ("kendall", .kendall)],
            default: .pearson)
        let confidence = try input.double("confidence", default: 0.9)
        return answer(
            try computed { () throws(EstimateError) in
                switch kind {
                case .pearson:
                    try fisherInterval(correlation: correlation, count: count, confidence: confidence)
                case .spearman:
                    try bonettWrightInterval(spearman: correlation, count: count, confidence: confidence)
                case .kendall:
                    try bonettWrightInterval(kendall: correlation, count: count, confidence: confidence)
                }
            })
    })

private let pairsNeededEntry = StatisticEntry(
    name: "correlation-pairs-needed", family: .association,
    summary: "how many pairs find a correlation of this size",
    source: "Fisher, Metron 1 (1921) 3-32",
    arguments: [
        .init("correlation", "a number in (-1, 1), not 0", "the size to be found"),
        .init("alpha", "a number in (0, 1)", fallback: "0.05", "of the two-sided test"),
        .init("power", "a number in (0, 1)", fallback: "0.8", "how often it shall be found"),
    ],
    example: ["correlation": 0.5],
    compute: { (input) throws(StatisticProblem) in
        let correlation = try input.double("correlation")
        let alpha = try input.double("alpha", default: 0.05)
        let power = try input.double("power", default: 0.8)
        let count = try computed { () throws(EstimateError) in
            try pairsNeeded(forCorrelation: correlation, alpha: alpha, power: power)
        }
        return ["n": .integer(Int64(count)), "method": "Fisher z"]
    })
