import Notation
import Statistics

let boundEntries: [StatisticEntry] = [examplesBoundingEntry, detectableByErrorEntry]

private let examplesBoundingEntry = StatisticEntry(
    name: "examples-bounding", family: .power,
    summary: "how many equal results show that no more than a share of traffic differs",
    source: "Hanley & Lippman-Hand, JAMA 249 (1983) 1743-1745",
    arguments: [
        .init("share", "a number in (0, 1)", "that may differ"),
        .init("confidence", "a number in (0, 1)", fallback: "0.95", "one-sided"),
    ],
    example: ["share": 0.02],
    compute: { (input) throws(StatisticProblem) in
        let share = try input.double("share")
        let confidence = try input.double("confidence", default: 0.95)
        let needed = try computed { () throws(EstimateError) in
            try examplesBounding(share: share, confidence: confidence)
        }
        return ["examples": .integer(Int64(needed))]
    })

private let detectableByErrorEntry = StatisticEntry(
    name: "detectable-by-error", family: .power,
    summary: "the drop that a one-sided claim finds, and the margin that data resolve, by a standard error",
    source: "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2",
    arguments: [
        .init("standard_error", "a number", "of the difference, above zero"),
        .init("alpha", "a number in (0, 1)", fallback: "0.05", "one-sided"),
        .init("power", "a number in (0, 1)", fallback: "0.8", "how often it is to be found"),
    ],
    example: ["standard_error": 0.014],
    compute: { (input) throws(StatisticProblem) in
        let error = try input.double("standard_error")
        let alpha = try input.double("alpha", default: 0.05)
        let power = try input.double("power", default: 0.8)
        let drop = try computed { () throws(EstimateError) in
            try detectableDrop(standardError: error, alpha: alpha, power: power)
        }
        return ["drop": .number(drop)]
    })
