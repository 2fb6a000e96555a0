import Glibc

/// Gates on means: the estimate is normal, and its deviation is estimated with it.
extension OperatingModel {
    func confidentMeanPoint(
        _ truth: Double, atLeast bound: Double, deviation: Double
    ) throws(EstimateError) -> OperatingPoint {
        let shift = (truth - bound) / deviation * root
        let reach = try intervalReach()
        return try OperatingPoint(
            truth: truth, pass: chance(below: { -reach * $0 + shift }),
            fail: chance(below: { -reach * $0 - shift }))
    }

    func pairedMeanPoint(
        _ truth: Double, margin: Double?, deviation: Double
    ) throws(EstimateError) -> OperatingPoint {
        let shift = truth / deviation * root
        let claim = try StudentT(degreesOfFreedom: Double(examples - 1)).quantile(1 - level)
        guard let margin else {
            let fail = try chance(below: { -claim * $0 - shift })
            return OperatingPoint(truth: truth, pass: 1 - fail, fail: fail)
        }
        let limit = margin / deviation * root
        let reach = try intervalReach()
        // Failing takes both a proven drop and one of the margin's size.
        return try OperatingPoint(
            truth: truth, pass: chance(below: { -reach * $0 + limit + shift }),
            fail: chance(below: { min(-limit, -claim * $0) - shift }, kink: limit / abs(claim)))
    }

    func ratioPoint(
        _ truth: Double, tolerance: Double, deviation: Double
    ) throws(EstimateError) -> OperatingPoint {
        try requirePositive(truth, "truth")
        let error = deviation / root
        let proof = try Normal.quantile(confidence)
        let claim = try Normal.quantile(1 - level)
        let high = (log1p(tolerance) - log(truth)) / error
        let under = try Normal.cumulative(high - proof)
        let above = try Normal.survival(high + claim)
        guard tolerance < 1 else { return OperatingPoint(truth: truth, pass: under, fail: above) }
        let low = (log1p(-tolerance) - log(truth)) / error
        return try OperatingPoint(
            truth: truth, pass: under - Normal.cumulative(low + proof),
            fail: above + Normal.cumulative(low - claim))
    }

    /// Deviations of the mean that its one-sided bound lies away, as the sample estimates them.
    private func intervalReach() throws(EstimateError) -> Double {
        let n = Double(examples)
        if examples < 200 { return try StudentT(degreesOfFreedom: n - 1).quantile(confidence) }
        // Resampling divides by n, not by n − 1.
        return try Normal.quantile(confidence) * ((n - 1) / n).squareRoot()
    }

    private func chance(
        below limit: (Double) -> Double, kink: Double? = nil
    ) throws(EstimateError) -> Double {
        try chanceOfNormal(below: limit, degrees: Double(examples - 1), kink: kink)
    }
}
