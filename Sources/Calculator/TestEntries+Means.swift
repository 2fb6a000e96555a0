import Notation
import Statistics

let meanTestEntries: [StatisticEntry] = [
    pairedTEntry, signFlipEntry, welchEntry, pooledEntry, permutationEntry,
]

private let pairedTEntry = StatisticEntry(
    name: "paired-t-test", family: .tests,
    summary: "does the mean of paired differences differ from zero",
    source: "Student, Biometrika 6 (1908) 1-25",
    arguments: [.differences, .alternative],
    example: ["differences": [0.1, -0.2, 0.3, 0.05, -0.1, 0.2], "alternative": "two-sided"],
    compute: { (input) throws(StatisticProblem) in
        let differences = try input.doubles("differences")
        let alternative = try input.alternative()
        return answer(
            try computed { () throws(EstimateError) in
                try pairedTTest(differences, alternative: alternative)
            })
    })

private let signFlipEntry = StatisticEntry(
    name: "sign-flip-test", family: .tests,
    summary: "the permutation test of a mean paired difference, exact up to 15 differences",
    source: "Fisher, The Design of Experiments (1935), section 21",
    arguments: [.differences, .alternative, .resamples, .seed],
    example: ["differences": [0.1, -0.2, 0.3, 0.05, -0.1, 0.2], "alternative": "less"],
    compute: { (input) throws(StatisticProblem) in
        let differences = try input.doubles("differences")
        let alternative = try input.alternative()
        let resamples = try input.integer("resamples", default: 10_000)
        let seed = try input.seed()
        return answer(
            try computed { () throws(EstimateError) in
                try signFlipTest(differences, alternative: alternative, resamples: resamples, seed: seed)
            })
    })

private let welchEntry = StatisticEntry(
    name: "welch-t-test", family: .tests,
    summary: "do two independent means differ, whatever their deviations",
    source: "Welch, Biometrika 34 (1947) 28-35",
    arguments: [.baseline, .candidate, .alternative, .confidence],
    example: ["baseline": [5.1, 4.9, 5.6, 5.8], "candidate": [5.9, 6.1, 5.4, 6.6, 6.0]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let alternative = try input.alternative()
        let confidence = try input.double("confidence", default: 0.9)
        return answer(
            try computed { () throws(EstimateError) in
                try welchTTest(
                    baseline: baseline, candidate: candidate, alternative: alternative, confidence: confidence
                )
            })
    })

private let pooledEntry = StatisticEntry(
    name: "pooled-t-test", family: .tests,
    summary: "do two independent means differ that share one deviation; prefer welch-t-test",
    source: "Student, Biometrika 6 (1908) 1-25",
    arguments: [.baseline, .candidate, .alternative, .confidence],
    example: ["baseline": [5.1, 4.9, 5.6, 5.8], "candidate": [5.9, 6.1, 5.4, 6.6, 6.0]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let alternative = try input.alternative()
        let confidence = try input.double("confidence", default: 0.9)
        return answer(
            try computed { () throws(EstimateError) in
                try pooledTTest(
                    baseline: baseline, candidate: candidate, alternative: alternative, confidence: confidence
                )
            })
    })

private let permutationEntry = StatisticEntry(
    name: "permutation-test", family: .tests,
    summary: "the permutation test of two independent means, exact up to 50,000 ways to deal them",
    source: "Pitman, Supplement to JRSS 4 (1937) 119-130",
    arguments: [.baseline, .candidate, .alternative, .resamples, .seed],
    example: ["baseline": [5.1, 4.9, 5.6, 5.8], "candidate": [5.9, 6.1, 5.4, 6.6, 6.0]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let alternative = try input.alternative()
        let resamples = try input.integer("resamples", default: 10_000)
        let seed = try input.seed()
        return answer(
            try computed { () throws(EstimateError) in
                try permutationTest(
                    baseline: baseline, candidate: candidate, alternative: alternative, resamples: resamples,
                    seed: seed)
            })
    })

private func answer(_ test: MeanDifferenceTest) -> JSONValue {
    answer(
        test.test,
        [
            "difference": .number(test.difference), "standard_error": .number(test.standardError),
            "interval": answer(test.interval),
        ])
}
