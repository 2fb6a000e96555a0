import Glibc

/// What may be said after, and during, a test with scheduled looks; a plain z, p or interval at the stop is
/// too good.
extension GroupSequentialTest {
    /// An interval of the effect that may be printed at any look, whether or not one stops there: the
    /// repeated confidence interval, estimate ± bound · standard error.
    ///
    /// - Parameter standardError: Of the effect's estimate at the last look recorded; the estimate is z times
    ///   it.
    /// - Returns: Of confidence 1 − 2α; nil where the last look has no bound.
    /// - Throws: `EstimateError.tooFew` before the first look, `.invalidParameter` for a one-sided test, of
    ///   which only `repeatedLowerBound` holds.
    ///
    /// C. Jennison, B. W. Turnbull, JRSS B 51 (1989) 305–361.
    public func repeatedInterval(standardError: Double) throws(EstimateError) -> Interval? {
        guard sides == .two else {
            throw .invalidParameter("the test", must: "be two-sided for an interval")
        }
        let look = try lastLook(standardError)
        guard let bound = look.bound else { return nil }
        let lower = (look.z - bound) * standardError
        let upper = (look.z + bound) * standardError
        // Beside a z so large, rounding swallows the width.
        guard lower < upper else { throw .overflow }
        return try Interval(
            lower: lower, upper: upper,
            confidence: 1 - 2 * alpha, method: "repeated confidence interval, look \(looks.count)")
    }

    /// What the effect is above with confidence 1 − α at all looks together; nil where the last look has no
    /// bound.
    public func repeatedLowerBound(standardError: Double) throws(EstimateError) -> Double? {
        let look = try lastLook(standardError)
        guard let bound = look.bound else { return nil }
        let lower = (look.z - bound) * standardError
        guard lower.isFinite else { throw .overflow }
        return lower
    }

    /// The p-value of a test that has ended, in the stage-wise order: a stop at an earlier look is more
    /// extreme than any at a later one, and at the same look the larger z is.
    ///
    /// - Throws: `EstimateError.invalidParameter` while the test is open: what will happen is part of its
    ///   p-value.
    ///
    /// K. Fairbanks, R. Madsen, Biometrika 69 (1982) 69–74; A. A. Tsiatis, G. L. Rosner, C. R. Mehta,
    /// Biometrics 40 (1984) 797–803.
    public func stagewisePValue() throws(EstimateError) -> TestResult {
        try requireEnd()
        let above = try probabilityAtLeast(drift: 0)
        let below = try probabilityAtMost(drift: 0)
        let value = sides == .one ? above : min(1, 2 * min(above, below))
        return try TestResult(
            pValue: min(1, value), statistic: looks[looks.count - 1].z,
            method: "group-sequential, stage-wise order, \(sides == .one ? "one" : "two")-sided")
    }

    /// The effect of a test that has ended: the median-unbiased estimate and the equal-tailed interval in the
    /// stage-wise order. The plain estimate at an early stop is too large.
    ///
    /// - Parameters:
    ///   - standardError: Of the effect's estimate at the last look.
    ///   - confidence: Two-sided.
    /// - Throws: `EstimateError.invalidParameter` while the test is open, `.overflow`.
    public func finalEstimate(
        standardError: Double, confidence: Double = 0.90
    ) throws(EstimateError) -> Estimate {
        try requireEnd()
        let look = try lastLook(standardError)
        try requireProbability(confidence, "confidence")
        let tail = (1 - confidence) / 2
        // Effects are drifts in standard errors of the last look.
        let unit = 1 / look.information.squareRoot()
        func drift(_ probability: Double) throws(EstimateError) -> Double {
            try driftAt(probability, unit: unit, z: look.z)
        }
        let lower = try drift(tail)
        let upper = try drift(1 - tail)
        let middle = try drift(0.5)
        let scale = standardError / unit
        // Beside a z so large, rounding swallows the width.
        guard lower < upper else { throw .overflow }
        return try Estimate(
            value: middle * scale,
            interval: Interval(
                lower: min(lower, middle) * scale, upper: max(upper, middle) * scale, confidence: confidence,
                method: "group-sequential, stage-wise order"),
            n: looks.count, method: "median-unbiased, stage-wise order")
    }

    /// P(an outcome at least as high as this one) under a drift; rises with it.
    private func probabilityAtLeast(drift: Double) throws(EstimateError) -> Double {
        let (exits, last) = try walk(drift)
        switch outcome {
        case .crossedLower:
            return 1 - exits.reduce(0) { $0 + $1.lower } - last.cumulative(looks[looks.count - 1].z)
        default: return exits.reduce(0) { $0 + $1.upper } + last.survival(looks[looks.count - 1].z)
        }
    }

    private func probabilityAtMost(drift: Double) throws(EstimateError) -> Double {
        let (exits, last) = try walk(drift)
        switch outcome {
        case .crossedLower:
            return exits.reduce(0) { $0 + $1.lower } + last.cumulative(looks[looks.count - 1].z)
        default: return 1 - exits.reduce(0) { $0 + $1.upper } - last.survival(looks[looks.count - 1].z)
        }
    }

    /// The chances of having stopped before the last look, and the law of z there.
    private func walk(
        _ drift: Double
    ) throws(EstimateError) -> (before: [GroupSequentialBounds.Exit], last: LookRecursion) {
        var paths = LookRecursion(drift: drift)
        var before: [GroupSequentialBounds.Exit] = []
        for (index, look) in looks.enumerated() {
            try paths.look(at: look.information)
            guard index < looks.count - 1 else { break }
            let mirrored = sides == .two ? look.bound.map(-) : nil
            before.append(
                .init(upper: look.bound.map(paths.survival) ?? 0, lower: mirrored.map(paths.cumulative) ?? 0))
            paths.goOn(from: mirrored, to: look.bound)
        }
        return (before, paths)
    }

    /// The drift under which an outcome at least as high has this probability.
    private func driftAt(_ probability: Double, unit: Double, z: Double) throws(EstimateError) -> Double {
        // Early stops leave drifts far above z's own, never beyond what the first look's deviation allows.
        let first = 1 / looks[0].information.squareRoot()
        var low = -(abs(z) + 12) * first
        var high = (abs(z) + 12) * first
        let isLow = outcome == .crossedLower
        for _ in 0..<200 where high - low > 1e-11 * max(unit, abs(high)) {
            let middle = (low + high) / 2
            // The small one of both chances is the exact one.
            let isBelow =
                isLow
                ? try probabilityAtMost(drift: middle) > 1 - probability
                : try probabilityAtLeast(drift: middle) < probability
            if isBelow { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    private func requireEnd() throws(EstimateError) {
        guard outcome != .open else { throw .invalidParameter("the test", must: "have ended") }
    }

    private func lastLook(_ standardError: Double) throws(EstimateError) -> Look {
        guard standardError > 0, standardError.isFinite else {
            throw .invalidParameter("standard error", must: "be positive and finite")
        }
        guard let look = looks.last else { throw .tooFew(count: 0, needed: 1, of: "looks") }
        return look
    }
}
