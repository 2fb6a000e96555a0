import Notation
import Statistics

let rankTestEntries: [StatisticEntry] = [wilcoxonEntry, mannWhitneyEntry, hodgesLehmannEntry]

extension StatisticInput {
    /// `method`: `automatic`, `exact` or `asymptotic`.
    func nullDistribution() throws(StatisticProblem) -> NullDistribution {
        try choice(
            "method", [("automatic", .automatic), ("exact", .exact), ("asymptotic", .asymptotic)],
            default: .automatic)
    }
}

private let wilcoxonEntry = StatisticEntry(
    name: "wilcoxon-signed-rank", family: .tests,
    summary: "are paired differences spread evenly about zero, by their ranks",
    source: "Wilcoxon, Biometrics Bulletin 1 (1945) 80-83",
    arguments: [
        .differences, .alternative,
        .init(
            "zeros", "dropped or ranked", fallback: "dropped",
            "whether zeros leave before ranks are given (Wilcoxon) or after (Pratt)"),
        .nullMethod, .continuity,
    ],
    example: ["differences": [0.1, -0.2, 0.3, 0.05, -0.15, 0.25], "alternative": "two-sided"],
    compute: { (input) throws(StatisticProblem) in
        let differences = try input.doubles("differences")
        let alternative = try input.alternative()
        let zeros = try input.choice(
            "zeros", [("dropped", ZeroDifferences.dropped), ("ranked", .ranked)], default: .dropped)
        let distribution = try input.nullDistribution()
        let continuity = try input.flag("continuity", default: true)
        return answer(
            try computed { () throws(EstimateError) in
                try wilcoxonSignedRankTest(
                    differences, alternative: alternative, zeros: zeros, distribution: distribution,
                    continuity: continuity)
            })
    })

private let mannWhitneyEntry = StatisticEntry(
    name: "mann-whitney", family: .tests,
    summary: "are values of one independent sample larger, by their ranks; U is the candidate's",
    source: "Mann, Whitney, Annals of Mathematical Statistics 18 (1947) 50-60",
    arguments: [.baseline, .candidate, .alternative, .nullMethod, .continuity],
    example: ["baseline": [1.2, 3.4, 2.2, 5.1], "candidate": [2.5, 4.4, 6.1, 7.0, 3.9]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let alternative = try input.alternative()
        let distribution = try input.nullDistribution()
        let continuity = try input.flag("continuity", default: true)
        let test = try computed { () throws(EstimateError) in
            try mannWhitneyTest(
                baseline: baseline, candidate: candidate, alternative: alternative,
                distribution: distribution, continuity: continuity)
        }
        return answer(test.test, ["superiority": .number(test.superiority)])
    })

private let hodgesLehmannEntry = StatisticEntry(
    name: "hodges-lehmann-shift", family: .tests,
    summary: "how far the candidate's values lie above the baseline's: the median of all pairs' differences",
    source: "Hodges, Lehmann, Annals of Mathematical Statistics 34 (1963) 598-611",
    arguments: [.baseline, .candidate, .confidence],
    example: ["baseline": [1.2, 3.4, 2.2, 5.1], "candidate": [2.5, 4.4, 6.1, 7.0, 3.9]],
    compute: { (input) throws(StatisticProblem) in
        let baseline = try input.doubles("baseline")
        let candidate = try input.doubles("candidate")
        let confidence = try input.double("confidence", default: 0.9)
        return answer(
            try computed { () throws(EstimateError) in
                try hodgesLehmannShift(baseline: baseline, candidate: candidate, confidence: confidence)
            })
    })
