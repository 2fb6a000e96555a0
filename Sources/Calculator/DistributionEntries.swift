import Notation
import Statistics

let distributionEntries: [StatisticEntry] = [
    normalEntry, studentTEntry, chiSquaredEntry, fEntry, betaEntry, gammaEntry, binomialEntry,
    hypergeometricEntry, poissonEntry,
]

private let normalEntry = continuousEntry(
    name: "normal", summary: "the normal distribution: both tails, their logarithms, quantiles",
    source: "Boost.Math; Abramowitz, Stegun (1964), chapter 26",
    parameters: [
        .init("mean", "a number", fallback: "0", "of the distribution"),
        .init("deviation", "a number above 0", fallback: "1", "of the distribution"),
    ],
    example: ["at": 1.96, "level": 0.975]
) { (input) throws(StatisticProblem) in
    let mean = try input.double("mean", default: 0)
    let deviation = try input.double("deviation", default: 1)
    guard deviation > 0 else {
        throw .wrong(argument: "deviation", must: "above 0", found: "\(deviation)")
    }
    return ScaledNormal(mean: mean, deviation: deviation)
}

private let studentTEntry = continuousEntry(
    name: "student-t", summary: "Student's t distribution: both tails, their logarithms, quantiles",
    source: "Student, Biometrika 6 (1908) 1-25; Boost.Math",
    parameters: [.init("degrees_of_freedom", "a number above 0", "need not be whole")],
    example: ["at": 2.5, "level": 0.95, "degrees_of_freedom": 19]
) { (input) throws(StatisticProblem) in
    let degrees = try input.double("degrees_of_freedom")
    return try computed { () throws(EstimateError) in try StudentT(degreesOfFreedom: degrees) }
}

private let chiSquaredEntry = continuousEntry(
    name: "chi-squared", summary: "the chi-squared distribution: both tails, their logarithms, quantiles",
    source: "Abramowitz, Stegun (1964), section 26.4; Boost.Math",
    parameters: [.init("degrees_of_freedom", "a number above 0", "need not be whole")],
    example: ["at": 11.07, "upper_level": 0.05, "degrees_of_freedom": 5]
) { (input) throws(StatisticProblem) in
    let degrees = try input.double("degrees_of_freedom")
    return try computed { () throws(EstimateError) in try ChiSquared(degreesOfFreedom: degrees) }
}

private let fEntry = continuousEntry(
    name: "f", summary: "the F distribution: both tails, their logarithms, quantiles",
    source: "Abramowitz, Stegun (1964), section 26.6; Boost.Math",
    parameters: [
        .init("numerator", "a number above 0", "degrees of freedom above the line"),
        .init("denominator", "a number above 0", "degrees of freedom below the line"),
    ],
    example: ["at": 21, "level": 0.95, "numerator": 8, "denominator": 180]
) { (input) throws(StatisticProblem) in
    let above = try input.double("numerator")
    let below = try input.double("denominator")
    return try computed { () throws(EstimateError) in try FisherF(numerator: above, denominator: below) }
}

private let betaEntry = continuousEntry(
    name: "beta", summary: "the beta distribution: both tails, their logarithms, quantiles",
    source: "Abramowitz, Stegun (1964), section 26.5; Boost.Math",
    parameters: [
        .init("alpha", "a number above 0", "first shape"), .init("beta", "a number above 0", "second shape"),
    ],
    example: ["at": 0.9, "level": 0.05, "alpha": 45, "beta": 6]
) { (input) throws(StatisticProblem) in
    let alpha = try input.double("alpha")
    let beta = try input.double("beta")
    return try computed { () throws(EstimateError) in try Beta(alpha: alpha, beta: beta) }
}

private let gammaEntry = continuousEntry(
    name: "gamma", summary: "the gamma distribution of unit scale: both tails, their logarithms, quantiles",
    source: "Abramowitz, Stegun (1964), section 6.5; Boost.Math",
    parameters: [.init("shape", "a number above 0", "of the distribution; its scale is 1")],
    example: ["at": 3, "level": 0.95, "shape": 2.5]
) { (input) throws(StatisticProblem) in
    let shape = try input.double("shape")
    return try computed { () throws(EstimateError) in try Gamma(shape: shape) }
}

private let binomialEntry = countEntry(
    name: "binomial", summary: "successes in independent trials: mass, both tails, quantiles",
    source: "Loader (2000), Fast and accurate computation of binomial probabilities; Boost.Math",
    parameters: [
        .init("trials", "a count", "independent trials"),
        .init("probability", "a number in [0, 1]", "of a success in one trial"),
    ],
    example: ["at": 8, "upper_level": 1e-5, "trials": 20, "probability": 0.05]
) { (input) throws(StatisticProblem) in
    let trials = try input.integer("trials")
    let probability = try input.double("probability")
    return try computed { () throws(EstimateError) in
        try Binomial(trials: trials, probability: probability)
    }
}

private let hypergeometricEntry = countEntry(
    name: "hypergeometric", summary: "successes among draws without replacement: mass, both tails, quantiles",
    source: "Loader (2000), Fast and accurate computation of binomial probabilities",
    parameters: [
        .init("population", "a count", "items in all"),
        .init("successes", "a count", "items of the population that are successes"),
        .init("draws", "a count", "items drawn"),
    ],
    example: ["at": 3, "level": 0.95, "population": 500, "successes": 40, "draws": 60]
) { (input) throws(StatisticProblem) in
    let population = try input.integer("population")
    let successes = try input.integer("successes")
    let draws = try input.integer("draws")
    return try computed { () throws(EstimateError) in
        try Hypergeometric(population: population, successes: successes, draws: draws)
    }
}

private let poissonEntry = countEntry(
    name: "poisson", summary: "independent rare events: mass, both tails, quantiles",
    source: "Loader (2000), Fast and accurate computation of binomial probabilities; Boost.Math",
    parameters: [.init("mean", "a number above 0", "expected events")],
    example: ["at": 12, "level": 0.99, "mean": 4.5]
) { (input) throws(StatisticProblem) in
    let mean = try input.double("mean")
    return try computed { () throws(EstimateError) in try Poisson(mean: mean) }
}

private let levels: [StatisticEntry.Argument] = [
    .init("level", "a number in (0, 1)", fallback: "left out", "asks for the quantile"),
    .init(
        "upper_level", "a number in (0, 1)", fallback: "left out",
        "asks for the value that is exceeded with this probability"),
]

private func continuousEntry<Law: ContinuousLaw>(
    name: String, summary: String, source: String, parameters: [StatisticEntry.Argument], example: JSONValue,
    law: @escaping @Sendable (StatisticInput) throws(StatisticProblem) -> Law
) -> StatisticEntry {
    let asked: [StatisticEntry.Argument] = [
        .init("at", "a number", fallback: "left out", "asks for both tails there")
    ]
    return StatisticEntry(
        name: name, family: .distributions, summary: summary, source: source,
        arguments: parameters + asked + levels, example: example,
        compute: { (input) throws(StatisticProblem) in
            let law = try law(input)
            var found = JSONObject()
            if let x = try input.optionalDouble("at") {
                found["cumulative"] = .number(
                    try computed { () throws(EstimateError) in try law.cumulative(x) })
                found["survival"] = .number(try computed { () throws(EstimateError) in try law.survival(x) })
                let lower = try computed { () throws(EstimateError) in try law.logCumulative(x) }
                let upper = try computed { () throws(EstimateError) in try law.logSurvival(x) }
                found["log_cumulative"] = logarithm(lower)
                found["log_survival"] = logarithm(upper)
            }
            if let level = try input.optionalDouble("level") {
                found["quantile"] = .number(
                    try computed { () throws(EstimateError) in try law.quantile(level) })
            }
            if let level = try input.optionalDouble("upper_level") {
                found["upper_quantile"] = .number(
                    try computed { () throws(EstimateError) in try law.upperQuantile(level) })
            }
            return try whatWasAsked(found)
        })
}

private func countEntry<Law: CountLaw>(
    name: String, summary: String, source: String, parameters: [StatisticEntry.Argument], example: JSONValue,
    law: @escaping @Sendable (StatisticInput) throws(StatisticProblem) -> Law
) -> StatisticEntry {
    let asked: [StatisticEntry.Argument] = [
        .init("at", "a whole number", fallback: "left out", "asks for the mass and both tails there")
    ]
    return StatisticEntry(
        name: name, family: .distributions, summary: summary, source: source,
        arguments: parameters + asked + levels, example: example,
        compute: { (input) throws(StatisticProblem) in
            let law = try law(input)
            var found = JSONObject()
            if let k = try input.optionalInteger("at") {
                let mass = law.logMass(k)
                found["mass"] = .number(try computed { () throws(EstimateError) in try law.mass(k) })
                found["cumulative"] = .number(
                    try computed { () throws(EstimateError) in try law.cumulative(k) })
                found["survival"] = .number(try computed { () throws(EstimateError) in try law.survival(k) })
                let lower = try computed { () throws(EstimateError) in try law.logCumulative(k) }
                let upper = try computed { () throws(EstimateError) in try law.logSurvival(k) }
                found["log_mass"] = logarithm(mass)
                found["log_cumulative"] = logarithm(lower)
                found["log_survival"] = logarithm(upper)
            }
            if let level = try input.optionalDouble("level") {
                let quantile = try computed { () throws(EstimateError) in try law.quantile(level) }
                found["quantile"] = .integer(Int64(quantile))
            }
            if let level = try input.optionalDouble("upper_level") {
                let quantile = try computed { () throws(EstimateError) in try law.upperQuantile(level) }
                found["upper_quantile"] = .integer(Int64(quantile))
            }
            return try whatWasAsked(found)
        })
}

/// A logarithm as JSON: null for the log of 0.
private func logarithm(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }

private func whatWasAsked(_ found: JSONObject) throws(StatisticProblem) -> JSONValue {
    guard !found.keys.isEmpty else {
        throw .missing(argument: "at", kind: "a number, or a level instead")
    }
    return .object(found)
}

/// The normal law of any mean and deviation.
private struct ScaledNormal: ContinuousLaw {
    let mean: Double
    let deviation: Double

    private func standard(_ x: Double) -> Double { (x - mean) / deviation }

    func cumulative(_ x: Double) throws(EstimateError) -> Double { try Normal.cumulative(standard(x)) }
    func survival(_ x: Double) throws(EstimateError) -> Double { try Normal.survival(standard(x)) }
    func logCumulative(_ x: Double) throws(EstimateError) -> Double { try Normal.logCumulative(standard(x)) }
    func logSurvival(_ x: Double) throws(EstimateError) -> Double { try Normal.logSurvival(standard(x)) }
    func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try finite(mean + deviation * Normal.quantile(probability))
    }
    func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try finite(mean + deviation * Normal.upperQuantile(probability))
    }

    private func finite(_ value: Double) throws(EstimateError) -> Double {
        guard value.isFinite else { throw .overflow }
        return value
    }
}
