import Notation
import Statistics

let countTestEntries: [StatisticEntry] = [
    binomialEntry, twoProportionEntry, fisherEntry, exactMcNemarEntry, midPMcNemarEntry,
    chiSquaredMcNemarEntry, chiSquaredFitEntry, chiSquaredIndependenceEntry,
]

private let binomialEntry = StatisticEntry(
    name: "binomial-test", family: .tests,
    summary: "the exact test of a success rate against a fixed probability",
    source: "Clopper, Pearson, Biometrika 26 (1934) 404-413",
    arguments: [
        .init("successes", "a count", "trials that succeeded"),
        .init("trials", "a count", "independent trials"),
        .init("probability", "a number in 0...1", "the rate under the null hypothesis"), .alternative,
    ],
    example: ["successes": 12, "trials": 50, "probability": 0.1, "alternative": "greater"],
    compute: { (input) throws(StatisticProblem) in
        let successes = try input.integer("successes")
        let trials = try input.integer("trials")
        let probability = try input.double("probability")
        let alternative = try input.alternative()
        return answer(
            try computed { () throws(EstimateError) in
                try binomialTest(
                    successes: successes, trials: trials, probability: probability, alternative: alternative)
            })
    })

private let twoProportionEntry = StatisticEntry(
    name: "two-proportion-z", family: .tests,
    summary: "do two independent arms differ in rate: the pooled z-test, for one look",
    source: "Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions (2003), section 3.1",
    arguments: [
        .init("baseline_successes", "a count", "events of the baseline"),
        .init("baseline_trials", "a count", "independent trials of the baseline"),
        .init("candidate_successes", "a count", "events of the candidate"),
        .init("candidate_trials", "a count", "independent trials of the candidate"),
        .alternative,
        .init("continuity", "true or false", fallback: "false", "whether to apply Yates's correction"),
    ],
    example: [
        "baseline_successes": 59400, "baseline_trials": 495_000, "candidate_successes": 700,
        "candidate_trials": 5000,
    ],
    compute: { (input) throws(StatisticProblem) in
        let before = (try input.integer("baseline_successes"), try input.integer("baseline_trials"))
        let after = (try input.integer("candidate_successes"), try input.integer("candidate_trials"))
        let alternative = try input.alternative()
        let continuity = try input.flag("continuity", default: false)
        let test = try computed { () throws(EstimateError) in
            try twoProportionZTest(
                baselineSuccesses: before.0, baselineTrials: before.1, candidateSuccesses: after.0,
                candidateTrials: after.1, alternative: alternative, continuity: continuity)
        }
        return answer(
            test.test,
            [
                "difference": .number(test.difference), "pooled_rate": .number(test.pooledRate),
                "standard_error": .number(test.standardError),
            ])
    })

/// Only the disagreements count; the others may be left out.
private let pairedCounts: [StatisticEntry.Argument] = [
    .init("only_baseline", "a count", "examples that pass under the baseline alone: newly failing"),
    .init("only_candidate", "a count", "examples that pass under the candidate alone: newly passing"),
]

extension StatisticInput {
    fileprivate func disagreements() throws(StatisticProblem) -> PairedCounts {
        let losses = try integer("only_baseline")
        let gains = try integer("only_candidate")
        return try computed { () throws(EstimateError) in
            try PairedCounts(both: 0, onlyBaseline: losses, onlyCandidate: gains, neither: 0)
        }
    }
}

private let exactMcNemarEntry = StatisticEntry(
    name: "mcnemar-exact", family: .tests,
    summary: "did more examples change one way than the other, exactly",
    source: "McNemar, Psychometrika 12 (1947) 153-157",
    arguments: pairedCounts + [.alternative],
    example: ["only_baseline": 31, "only_candidate": 12, "alternative": "less"],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.disagreements()
        let alternative = try input.alternative()
        return answer(
            try computed { () throws(EstimateError) in try exactMcNemar(counts, alternative: alternative) })
    })

private let midPMcNemarEntry = StatisticEntry(
    name: "mcnemar-mid-p", family: .tests,
    summary: "did more examples change one way than the other, without the exact test's caution",
    source: "Fagerland, Lydersen, Laake, BMC Medical Research Methodology 13 (2013) 91",
    arguments: pairedCounts + [.alternative],
    example: ["only_baseline": 31, "only_candidate": 12, "alternative": "two-sided"],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.disagreements()
        let alternative = try input.alternative()
        return answer(
            try computed { () throws(EstimateError) in try midPMcNemar(counts, alternative: alternative) })
    })

private let chiSquaredMcNemarEntry = StatisticEntry(
    name: "mcnemar-chi-squared", family: .tests,
    summary: "the large-sample form of McNemar's test, as others report it",
    source: "McNemar, Psychometrika 12 (1947) 153-157; Edwards, Psychometrika 13 (1948) 185-187",
    arguments: pairedCounts + [
        .init("continuity", "true or false", fallback: "true", "whether to apply Edwards's correction")
    ],
    example: ["only_baseline": 31, "only_candidate": 12],
    compute: { (input) throws(StatisticProblem) in
        let counts = try input.disagreements()
        let continuity = try input.flag("continuity", default: true)
        return answer(
            try computed { () throws(EstimateError) in
                try mcNemarChiSquaredTest(counts, continuity: continuity)
            })
    })

private let fisherEntry = StatisticEntry(
    name: "fisher-exact", family: .tests,
    summary: "do two proportions differ, exactly given the table's margins, with the conditional odds ratio",
    source: "Fisher, Journal of the Royal Statistical Society 98 (1935) 39-54",
    arguments: [
        .init("table", "two rows of two counts", "[[a, b], [c, d]]; the odds ratio is ad / bc"),
        .alternative, .confidence,
    ],
    example: ["table": [[8, 2], [1, 5]], "alternative": "two-sided", "confidence": 0.95],
    compute: { (input) throws(StatisticProblem) in
        let rows = try input.integerRows("table")
        guard rows.count == 2, rows.allSatisfy({ $0.count == 2 }) else {
            throw .wrong(argument: "table", must: "two rows of two counts", found: "of another shape")
        }
        let alternative = try input.alternative()
        let confidence = try input.double("confidence", default: 0.9)
        let test = try computed { () throws(EstimateError) in
            try fisherExactTest(
                FourfoldTable(rows[0][0], rows[0][1], rows[1][0], rows[1][1]), alternative: alternative,
                confidence: confidence)
        }
        return answer(
            test.test,
            [
                "odds_ratio": test.oddsRatio.map { .number($0) } ?? .null,
                "lower": test.lower.map { .number($0) } ?? .null,
                "upper": test.upper.map { .number($0) } ?? .null,
                "confidence": .number(test.confidence),
            ])
    })

private let chiSquaredFitEntry = StatisticEntry(
    name: "chi-squared-fit", family: .tests,
    summary: "do counts follow given shares",
    source: "Pearson, Philosophical Magazine 50 (1900) 157-175",
    arguments: [
        .init("observed", "counts", "one a category"),
        .init("weights", "positive numbers", fallback: "all alike", "what is expected, up to a factor"),
        .init("fitted", "a count", fallback: "0", "parameters that were estimated from the same counts"),
    ],
    example: ["observed": [48, 35, 17], "weights": [5, 3, 2]],
    compute: { (input) throws(StatisticProblem) in
        let observed = try input.integers("observed")
        let weights = input.has("weights") ? try input.doubles("weights") : nil
        let fitted = try input.integer("fitted", default: 0)
        return answer(
            try computed { () throws(EstimateError) in
                try chiSquaredFitTest(observed: observed, weights: weights, fitted: fitted)
            })
    })

private let chiSquaredIndependenceEntry = StatisticEntry(
    name: "chi-squared-independence", family: .tests,
    summary: "are shares the same in every row of a table; with two rows, the two-sample test",
    source: "Pearson, Philosophical Magazine 50 (1900) 157-175",
    arguments: [
        .init("table", "rows of counts", "a row a sample, a column a category"),
        .init("continuity", "true or false", fallback: "false", "Yates's correction of a 2 by 2 table"),
    ],
    example: ["table": [[30, 50, 20], [45, 40, 15]]],
    compute: { (input) throws(StatisticProblem) in
        let rows = try input.integerRows("table")
        let continuity = try input.flag("continuity", default: false)
        return answer(
            try computed { () throws(EstimateError) in
                try chiSquaredIndependenceTest(rows, continuity: continuity)
            })
    })

private func answer(_ test: ChiSquaredTest) -> JSONValue {
    answer(test.test, ["smallest_expected": .number(test.smallestExpected)])
}
