/// The examples with which a gate of this form passes (or fails) a given truth often enough.
///
/// The number found has the chance, and one example fewer has not. Where chances are discrete they are a saw: a
/// larger number may fall short again by a little.
///
/// - Parameters:
///   - truth: As the form says, for example 0 for an unchanged candidate under a margin.
///   - outcome: Whether it is to pass or to fail.
///   - chance: In `(0, 1)`.
/// - Returns: Nil where 10,000,000 examples are too few: at the margin itself, no number is enough.
/// - Throws: `EstimateError.invalidParameter`.
public func examplesNeeded(
    for form: OperatingModel.Form, at truth: Double, to outcome: DecisionForecast.Outcome = .pass,
    chance: Double = 0.80, confidence: Double = 0.95, level: Double = 0.05
) throws(EstimateError) -> Int? {
    try requireProbability(chance, "chance")
    func isEnough(_ examples: Int) throws(EstimateError) -> Bool {
        let model = try OperatingModel(form, examples: examples, confidence: confidence, level: level)
        let point = try model.point(at: truth)
        return (outcome == .pass ? point.pass : point.fail) >= chance
    }
    return try firstEnough(from: form.leastExamples, isEnough)
}

/// The smallest number from `least` on at which `isEnough`, by doubling and halving; nil beyond
/// `OperatingModel.most`.
func firstEnough(
    from least: Int, _ isEnough: (Int) throws(EstimateError) -> Bool
) throws(EstimateError) -> Int? {
    var low = least
    if try isEnough(low) { return low }
    var high = low
    repeat {
        guard high < OperatingModel.most else { return nil }
        low = high
        high = min(2 * high, OperatingModel.most)
    } while try isEnough(high) == false
    while high - low > 1 {
        let middle = low + (high - low) / 2
        if try isEnough(middle) { high = middle } else { low = middle }
    }
    return high
}

extension OperatingModel {
    /// The smallest change for the worse that the gate fails with the given chance.
    ///
    /// - Parameter unchanged: The truth to start from: 0 for a difference, 1 for a ratio, the usual rate or mean
    ///   for a bound.
    /// - Returns: The change, above zero, in the unit of the truth (for a ratio: how far it rises); nil where not
    ///   even the largest is failed so often, and 0 where the gate fails the unchanged so often already.
    public func detectable(
        from unchanged: Double = 0, chance: Double = 0.80
    ) throws(EstimateError) -> Double? {
        try requireProbability(chance, "chance")
        func isFound(_ change: Double) throws(EstimateError) -> Bool {
            try point(at: isRatio ? unchanged + change : unchanged - change).fail >= chance
        }
        if try isFound(0) { return 0 }
        guard var high = try firstFound(from: unchanged, isFound) else { return nil }
        var low = 0.0
        while high - low > 1e-9 * high {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if try isFound(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private var isRatio: Bool { if case .ratio = form { true } else { false } }

    /// A change that is found: the largest one of a rate, or one had by doubling.
    private func firstFound(
        from unchanged: Double, _ isFound: (Double) throws(EstimateError) -> Bool
    ) throws(EstimateError) -> Double? {
        switch form {
        case .rate, .confidentRate, .tries:
            try requireRate(unchanged, "unchanged")
            return try isFound(unchanged) ? unchanged : nil
        case .pairedRate:
            return try isFound(1 + min(0, unchanged)) ? 1 + min(0, unchanged) : nil
        case .mean(_, let deviation), .confidentMean(_, let deviation), .pairedMean(_, let deviation),
            .ratio(_, let deviation):
            var change = deviation / root
            for _ in 0..<200 {
                if try isFound(change) { return change }
                change *= 2
                guard change.isFinite else { return nil }
            }
            return nil
        }
    }
}
