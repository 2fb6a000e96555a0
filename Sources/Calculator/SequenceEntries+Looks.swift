import Notation
import Statistics

let scheduledLookEntries: [StatisticEntry] = [
    alphaSpendingEntry, groupSequentialBoundsEntry, groupSequentialExitsEntry, groupSequentialDesignEntry,
    groupSequentialTestEntry,
]

private let book = "Jennison and Turnbull, Group Sequential Methods (2000)"
private let lanDeMets = "Lan and DeMets, Biometrika 70 (1983) 659-663"
private let alphaArgument = StatisticEntry.Argument(
    "alpha", "a number in (0, 0.5)", fallback: "0.025", "of one side")
private let informationArgument = StatisticEntry.Argument(
    "information", "ascending positive numbers", "of each look; the last is all of it")
private let sidesArgument = StatisticEntry.Argument(
    "sides", "one or two", fallback: "one", "two mirrors the upper bound; alpha stays that of one side")
private let spendingArgument = StatisticEntry.Argument(
    "spending", "obrien-fleming, pocock or power", fallback: "obrien-fleming", "how alpha is spent")
private let exponentArgument = StatisticEntry.Argument(
    "exponent", "a positive number", fallback: "2", "of the power family")
private let boundsArgument = StatisticEntry.Argument(
    "bounds", "obrien-fleming, pocock, power, or wang-tsiatis", fallback: "obrien-fleming",
    "a spending function, or the constant that is exact at these looks")
private let shapeArgument = StatisticEntry.Argument(
    "shape", "a number in [-2, 2]", fallback: "0",
    "of wang-tsiatis: 0 is O'Brien and Fleming's test itself, 0.5 Pocock's")

private let alphaSpendingEntry = StatisticEntry(
    name: "alpha-spending", family: .sequences,
    summary: "how much of the false-alarm rate may be spent by the time a share of the information is in",
    source: lanDeMets,
    arguments: [
        .init("information", "numbers from 0", "shares of all information"), alphaArgument, spendingArgument,
        exponentArgument,
    ],
    example: ["information": [0.2, 0.4, 0.6, 0.8, 1], "alpha": 0.025],
    compute: { (input) throws(StatisticProblem) in
        let shares = try input.doubles("information")
        let alpha = try input.double("alpha", default: 0.025)
        let function = try spending(input)
        var spent: [JSONValue] = []
        for share in shares {
            let value = try computed { () throws(EstimateError) in
                try function.spent(atInformation: share, alpha: alpha)
            }
            spent.append(.number(value))
        }
        return ["spent": .array(spent)]
    })

private let groupSequentialBoundsEntry = StatisticEntry(
    name: "group-sequential-bounds", family: .sequences,
    summary: "what a standardised statistic must reach at each of the scheduled looks",
    source: lanDeMets + "; Wang and Tsiatis, Biometrics 43 (1987) 193-199; " + book,
    arguments: [
        informationArgument, alphaArgument, sidesArgument, boundsArgument, exponentArgument, shapeArgument,
    ],
    example: ["information": [0.25, 0.5, 0.75, 1], "alpha": 0.025],
    compute: { (input) throws(StatisticProblem) in
        let bounds = try bounds(input)
        let level = try computed { () throws(EstimateError) in try bounds.power(drift: 0) }
        return ["upper": list(bounds.upper), "lower": list(bounds.lower), "level": .number(level)]
    })

private let groupSequentialExitsEntry = StatisticEntry(
    name: "group-sequential-exits", family: .sequences,
    summary: "the chance of stopping at each look, whatever the bounds, and the information that takes",
    source: "Armitage, McPherson and Rowe, JRSS A 132 (1969) 235-244; " + book,
    arguments: [
        informationArgument,
        .init("upper", "numbers or nulls", "one a look; null where no value stops the test"),
        .init("lower", "numbers or nulls", fallback: "none", "one a look"),
        .init("drift", "a number", fallback: "0", "the statistic's mean over the root of the information"),
    ],
    example: ["information": [1, 2, 3], "upper": [1.96, 1.96, 1.96], "lower": [-1.96, -1.96, -1.96]],
    compute: { (input) throws(StatisticProblem) in
        let information = try input.doubles("information")
        let upper = try input.optionalDoubles("upper")
        let lower = input.has("lower") ? try input.optionalDoubles("lower") : nil
        let drift = try input.double("drift", default: 0)
        let bounds = try computed { () throws(EstimateError) in
            try GroupSequentialBounds(information: information, upper: upper, lower: lower)
        }
        let exits = try computed { () throws(EstimateError) in try bounds.exits(drift: drift) }
        let expected = try computed { () throws(EstimateError) in
            try bounds.expectedInformation(drift: drift)
        }
        return [
            "upper": .array(exits.map { .number($0.upper) }),
            "lower": .array(exits.map { .number($0.lower) }),
            "crosses_upper": .number(exits.reduce(0) { $0 + $1.upper }),
            "crosses_lower": .number(exits.reduce(0) { $0 + $1.lower }),
            "expected_information": .number(expected),
        ]
    })

private let groupSequentialDesignEntry = StatisticEntry(
    name: "group-sequential-design", family: .sequences,
    summary: "how much more than a fixed test one with scheduled looks needs, at most and on average",
    source: book,
    arguments: [
        informationArgument, alphaArgument, sidesArgument, boundsArgument, exponentArgument, shapeArgument,
        .init("power", "a number in (0, 1)", fallback: "0.9", "at the effect that is planned for"),
        .init(
            "futility", "true or false", fallback: "false",
            "stop also where no effect is to be expected any more, spending the chance of missing it alike"),
        .init("multiples", "numbers", fallback: "[0, 0.5, 1]", "of the planned effect, to average under"),
    ],
    example: ["information": [0.2, 0.4, 0.6, 0.8, 1], "alpha": 0.025, "sides": "two", "power": 0.8],
    compute: { (input) throws(StatisticProblem) in
        let power = try input.double("power", default: 0.9)
        let multiples = input.has("multiples") ? try input.doubles("multiples") : [0, 0.5, 1]
        let design: GroupSequentialDesign
        if try input.flag("futility", default: false) {
            design = try futilityDesign(input, power: power)
        } else {
            let bounds = try bounds(input)
            design = try computed { () throws(EstimateError) in
                try GroupSequentialDesign(bounds: bounds, power: power)
            }
        }
        let inflation = try computed { () throws(EstimateError) in try design.inflation() }
        var expected: [JSONValue] = []
        for multiple in multiples {
            let value = try computed { () throws(EstimateError) in
                try design.expectedInformation(atMultiple: multiple)
            }
            expected.append(.number(value))
        }
        return [
            "upper": list(design.bounds.upper), "lower": list(design.bounds.lower),
            "drift": .number(design.drift), "inflation": .number(inflation),
            "expected_information": .array(expected),
        ]
    })

private let groupSequentialTestEntry = StatisticEntry(
    name: "group-sequential-test", family: .sequences,
    summary: "a test with scheduled looks as it happens: bounds, outcome, adjusted p-value and interval",
    source: lanDeMets + "; Tsiatis, Rosner and Mehta, Biometrics 40 (1984) 797-803",
    arguments: [
        .init("looks", "rows of information and z", "in order"),
        .init("planned_information", "a positive number", "what the plan ends with"), alphaArgument,
        sidesArgument, spendingArgument, exponentArgument,
        .init("is_last", "true or false", fallback: "false", "whether the last row spends all that is left"),
        .init(
            "standard_error", "a positive number", fallback: "1 / root of the information",
            "of the effect's estimate at the last look"),
        .confidence,
    ],
    example: ["looks": [[250, 1.1], [520, 2.3], [1000, 2.1]], "planned_information": 1000],
    compute: { (input) throws(StatisticProblem) in
        let confidence = try input.double("confidence", default: 0.9)
        let given = try input.optionalDouble("standard_error")
        let test = try recorded(input)
        let error = given ?? test.looks.last.map { 1 / $0.information.squareRoot() } ?? 1
        var object = JSONObject()
        object["outcome"] = .string(test.outcome.rawValue)
        object["bounds"] = list(test.looks.map(\.bound))
        object["spent"] = .array(test.looks.map { .number($0.spent) })
        let lower = try computed { () throws(EstimateError) in
            try test.repeatedLowerBound(standardError: error)
        }
        object["repeated_lower"] = lower.map { .number($0) } ?? .null
        if test.sides == .two {
            let repeated = try computed { () throws(EstimateError) in
                try test.repeatedInterval(standardError: error)
            }
            object["repeated_upper"] = repeated.map { .number($0.upper) } ?? .null
        }
        guard test.outcome != .open else { return .object(object) }
        let pValue = try computed { () throws(EstimateError) in try test.stagewisePValue() }
        let final = try computed { () throws(EstimateError) in
            try test.finalEstimate(standardError: error, confidence: confidence)
        }
        object["p_value"] = .number(pValue.pValue)
        object["estimate"] = .number(final.value)
        if let interval = final.interval {
            object["lower"] = .number(interval.lower)
            object["upper"] = .number(interval.upper)
            object["confidence"] = .number(interval.confidence)
        }
        object["method"] = .string(pValue.method)
        return .object(object)
    })

private func spending(
    _ input: StatisticInput, named name: String = "spending"
) throws(StatisticProblem) -> AlphaSpending {
    let exponent = try input.double("exponent", default: 2)
    let words: [(word: String, value: AlphaSpending)] = [
        ("obrien-fleming", .obrienFleming), ("pocock", .pocock), ("power", .power(exponent)),
    ]
    return try input.choice(name, words, default: .obrienFleming)
}

private func bounds(_ input: StatisticInput) throws(StatisticProblem) -> GroupSequentialBounds {
    let information = try input.doubles("information")
    let alpha = try input.double("alpha", default: 0.025)
    let sides = try sides(input)
    let exponent = try input.double("exponent", default: 2)
    let shape = try input.double("shape", default: 0)
    let words: [(word: String, value: AlphaSpending?)] = [
        ("obrien-fleming", .obrienFleming), ("pocock", .pocock), ("power", .power(exponent)),
        ("wang-tsiatis", nil),
    ]
    let function = try input.choice("bounds", words, default: .obrienFleming)
    return try computed { () throws(EstimateError) in
        guard let function else {
            return try .wangTsiatis(shape: shape, alpha: alpha, information: information, sides: sides)
        }
        return try .spending(function, alpha: alpha, information: information, sides: sides)
    }
}

private func futilityDesign(
    _ input: StatisticInput, power: Double
) throws(StatisticProblem) -> GroupSequentialDesign {
    let information = try input.doubles("information")
    let alpha = try input.double("alpha", default: 0.025)
    guard try sides(input) == .one else {
        throw .wrong(argument: "sides", must: "one where futility is true", found: "the text 'two'")
    }
    let function = try spending(input, named: "bounds")
    return try computed { () throws(EstimateError) in
        try GroupSequentialDesign(
            alpha: alpha, power: power, spending: function, futility: function, information: information)
    }
}

private func recorded(_ input: StatisticInput) throws(StatisticProblem) -> GroupSequentialTest {
    let planned = try input.double("planned_information")
    let alpha = try input.double("alpha", default: 0.025)
    let sides = try sides(input)
    let function = try spending(input)
    let isLast = try input.flag("is_last", default: false)
    let rows = try input.rows("looks")
    var test = try computed { () throws(EstimateError) in
        try GroupSequentialTest(
            alpha: alpha, spending: function, sides: sides, plannedInformation: planned)
    }
    for (index, row) in rows.enumerated() {
        guard row.count == 2 else {
            throw .wrong(
                argument: "looks[\(index)]", must: "information and z", found: "\(row.count) numbers")
        }
        try computed { () throws(EstimateError) in
            _ = try test.record(
                information: row[0], z: row[1], isLast: isLast && index == rows.count - 1)
        }
    }
    return test
}

private func list(_ bounds: [Double?]) -> JSONValue {
    .array(bounds.map { bound in bound.map { .number($0) } ?? .null })
}
