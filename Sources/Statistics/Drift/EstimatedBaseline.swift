import Glibc

/// The chance that a two-sided CUSUM alarms within so many healthy points when its baseline was estimated.
///
/// The errors of the estimated mean and deviation act like a change that was there all along: 20 points and
/// h = 5 alarm in .46 of all runs of 100 points, where a known baseline does in .19. Averaged over what
/// independent normal points give as mean and deviation; within .01 from 100 points on, above the truth in
/// shorter runs.
///
/// - Parameters:
///   - points: The length of the run, 20 or more.
///   - baselinePoints: Points that mean and deviation were estimated from, at least 4; nil: they are known.
///   - limit: h, above 0, at most 40.
///   - allowance: k, in [.05, 3].
/// - Throws: `EstimateError.invalidParameter`, `.tooFew`.
/// - Complexity: about a millisecond.
///
/// W. A. Jensen, L. A. Jones-Farmer, C. W. Champ, W. H. Woodall, J. Quality Technology 38 (2006) 349–364;
/// run lengths by D. Siegmund, Sequential Analysis (1985), equation 2.57.
public func falseAlarmProbability(
    within points: Int, baselinePoints: Int?, limit: Double, allowance: Double = 0.5
) throws(EstimateError) -> Double {
    guard points >= 20, points <= 1 << 40 else {
        throw .invalidParameter("points", must: "be 20 or more")
    }
    try requireChart(limit: limit, shift: 0, scale: 1)
    guard allowance >= 0.05, allowance <= 3 else {
        throw .invalidParameter("allowance", must: "lie in 0.05...3")
    }
    func alarms(shift: Double, scale: Double) -> Double {
        let up = siegmundRunLength(limit: limit * scale, allowance: allowance * scale + shift)
        let down = siegmundRunLength(limit: limit * scale, allowance: allowance * scale - shift)
        return -expm1(-Double(points) * (1 / up + 1 / down))
    }
    guard let baselinePoints else { return alarms(shift: 0, scale: 1) }
    try requireCount(baselinePoints, atLeast: 4, "points of the baseline")
    let n = Double(baselinePoints)
    let spread = try ChiSquared(degreesOfFreedom: n - 1)
    let nodes = 48
    var scales: [Double] = []
    var shifts: [Double] = []
    for node in 0..<nodes {
        let level = (Double(node) + 0.5) / Double(nodes)
        scales.append(try (spread.quantile(level) / (n - 1)).squareRoot())
        // The two signs of a shift do the same.
        shifts.append(try Normal.quantile(0.5 + level / 2) / n.squareRoot())
    }
    var sum = 0.0
    for scale in scales {
        for shift in shifts { sum += alarms(shift: shift, scale: scale) }
    }
    return sum / Double(nodes * nodes)
}

/// The mean run length of one side of a CUSUM, in closed form; at least 1.
private func siegmundRunLength(limit: Double, allowance: Double) -> Double {
    let reach = limit + 1.166
    let x = 2 * allowance * reach
    // Near 0 the formula is a quotient of vanishing numbers.
    if abs(x) < 1e-3 { return max(1, reach * reach * (1 + x / 3)) }
    return max(1, (expm1(min(x, 700)) - x) / (2 * allowance * allowance))
}
