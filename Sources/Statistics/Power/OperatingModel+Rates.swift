/// Gates on one arm's pass rate, and on what repeats of an example show.
extension OperatingModel {
    /// - Parameters:
    ///   - truth: What the curve is drawn over.
    ///   - rate: The true share of examples that hold there.
    func ratePoint(
        _ truth: Double, atLeast bound: Double, rate: Double
    ) throws(EstimateError) -> OperatingPoint {
        try requireRate(truth, "truth")
        let law = try Binomial(trials: examples, probability: rate)
        let least = try firstCount { Double($0) / Double(examples) >= bound - 1e-12 }
        return try OperatingPoint(
            truth: truth, pass: law.atLeast(least), fail: law.cumulative(least - 1))
    }

    func confidentRatePoint(_ truth: Double, atLeast bound: Double) throws(EstimateError) -> OperatingPoint {
        try requireRate(truth, "truth")
        let law = try Binomial(trials: examples, probability: truth)
        let null = try Binomial(trials: examples, probability: bound)
        let alpha = 1 - confidence
        // A Clopper–Pearson bound reaches x where the exact test of x is at its level.
        let least = try firstCount { (count) throws(EstimateError) in
            bound == 0 ? true : try null.atLeast(count) <= alpha * (1 + 1e-12)
        }
        let most = try firstCount { (count) throws(EstimateError) in
            bound == 1 ? count == examples : try null.cumulative(count) >= alpha * (1 - 1e-12)
        }
        return try OperatingPoint(truth: truth, pass: law.atLeast(least), fail: law.cumulative(most - 1))
    }

    /// The smallest count in `0...examples` that holds, and one more where none does; `holds` is monotone.
    func firstCount(
        where holds: (Int) throws(EstimateError) -> Bool
    ) throws(EstimateError) -> Int {
        var low = 0
        var high = examples + 1
        while low < high {
            let middle = low + (high - low) / 2
            if try holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// How many of an example's tries pass, where examples differ: the beta-binomial law.
///
/// J. G. Skellam, JRSS B 10 (1948) 257–261.
struct TriesLaw {
    /// P(c of the tries pass), c in `0...tries`.
    let masses: [Double]

    /// - Parameter correlation: ρ of two tries of one example; 0 is the binomial law.
    init(tries: Int, rate: Double, correlation: Double) throws(EstimateError) {
        var masses = [Double](repeating: 0, count: tries + 1)
        if rate <= 0 || rate >= 1 {
            masses[rate <= 0 ? 0 : tries] = 1
        } else if correlation == 0 {
            let law = try Binomial(trials: tries, probability: rate)
            for passes in 0...tries { masses[passes] = try law.mass(passes) }
        } else {
            // Upwards from the mode and downwards: the ratio of neighbours needs no gamma function.
            let strength = (1 - correlation) / correlation
            let good = rate * strength
            let bad = (1 - rate) * strength
            let start = Int(Double(tries) * rate)
            masses[start] = 1
            var total = 1.0
            for passes in start..<tries {
                let step = Double(tries - passes) * (good + Double(passes))
                let back = Double(passes + 1) * (bad + Double(tries - passes - 1))
                masses[passes + 1] = masses[passes] * step / back
                total += masses[passes + 1]
            }
            for passes in stride(from: start, to: 0, by: -1) {
                let step = Double(passes) * (bad + Double(tries - passes))
                let back = Double(tries - passes + 1) * (good + Double(passes - 1))
                masses[passes - 1] = masses[passes] * step / back
                total += masses[passes - 1]
            }
            guard total.isFinite else { throw .overflow }
            for passes in masses.indices { masses[passes] /= total }
        }
        self.masses = masses
    }

    /// P(at least k pass).
    func atLeast(_ k: Int) -> Double {
        var sum = 0.0
        for mass in masses[k...].reversed() { sum += mass }
        return min(1, sum)
    }
}
