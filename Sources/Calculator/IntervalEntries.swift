import Notation
import Statistics

let intervalEntries: [StatisticEntry] = [
    StatisticEntry(
        name: "wilson-interval", family: .intervals,
        summary: "the score interval of one proportion, as reports show it",
        source: "Wilson, JASA 22 (1927) 209-212",
        arguments: [
            .init("successes", "a count", "trials that succeeded"),
            .init("trials", "a count", "independent trials"),
            .confidence,
        ],
        example: ["successes": 45, "trials": 50, "confidence": 0.95],
        compute: { (input) throws(StatisticProblem) in
            let successes = try input.integer("successes")
            let trials = try input.integer("trials")
            let confidence = try input.double("confidence", default: 0.9)
            let interval = try computed { () throws(EstimateError) in
                try wilsonInterval(successes: successes, trials: trials, confidence: confidence)
            }
            return answer(interval, ["estimate": .number(Double(successes) / Double(trials))])
        })
]
