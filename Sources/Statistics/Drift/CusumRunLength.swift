import Glibc

/// The average run length of a two-sided CUSUM: points until it alarms.
///
/// By a Markov chain a side, extrapolated to cells of no width: right to a ten-thousandth for limits up to 10,
/// to two thousandths at the far ends. Two sides of one series alarm at rates that
/// add up.
///
/// - Parameters:
///   - limit: h, above 0, in deviations of the baseline; at most 40.
///   - allowance: k, 0 or above.
///   - shift: How far the mean has moved, in deviations of the baseline; 0: in control.
///   - scale: The deviation of the series, in deviations of the baseline.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹² points.
/// - Complexity: a few milliseconds.
///
/// D. Brook, D. A. Evans, Biometrika 59 (1972) 539–549; C. S. van Dobben de Bruyn, Cumulative Sum Tests
/// (1968) for two sides. Limit 5: 465 in control, 38 at a shift of half a deviation, 10.4 at one.
public func cusumRunLength(
    limit: Double, allowance: Double = 0.5, shift: Double = 0, scale: Double = 1
) throws(EstimateError) -> Double {
    try requireChart(limit: limit, shift: shift, scale: scale)
    guard allowance >= 0, allowance <= 10 else {
        throw .invalidParameter("allowance", must: "lie in 0...10")
    }
    let up = try oneSided(limit: limit, allowance: allowance, shift: shift, scale: scale)
    let down =
        shift == 0 ? up : try oneSided(limit: limit, allowance: allowance, shift: -shift, scale: scale)
    // A side that as good as never alarms adds nothing.
    let length = 1 / (1 / up + 1 / down)
    guard length.isFinite else { throw .overflow }
    return max(1, length)
}

/// Infinite where that side as good as never alarms.
func oneSided(
    limit: Double, allowance: Double, shift: Double, scale: Double
) throws(EstimateError) -> Double {
    do {
        return try extrapolated { (cells) throws(EstimateError) in
            try oneSided(limit: limit, allowance: allowance, shift: shift, scale: scale, cells: cells)
        }
    } catch {
        guard case .overflow = error else { throw error }
        return .infinity
    }
}

func oneSided(
    limit: Double, allowance: Double, shift: Double, scale: Double, cells: Int
) throws(EstimateError) -> (mean: Double, width: Double) {
    // Cell 0 is half a cell wide on the side of the sums that are cut off at 0.
    let width = 2 * limit / Double(2 * cells - 1)
    // P(the step ends below the upper edge of the cell that many cells away).
    var below: [Double] = []
    for step in (-cells)...cells {
        let edge = (Double(step) + 0.5) * width + allowance - shift
        below.append(try Normal.cumulative(edge / scale))
    }
    let chain = try RunLengthChain(cells: cells) { (from, to) in
        let upper = below[to - from + cells]
        return to == 0 ? upper : upper - below[to - from + cells - 1]
    }
    return (try chain.mean(from: 0), width)
}

func requireChart(limit: Double, shift: Double, scale: Double) throws(EstimateError) {
    guard limit > 0, limit <= 40 else { throw .invalidParameter("limit", must: "lie in (0, 40]") }
    guard abs(shift) <= 100 else { throw .invalidParameter("shift", must: "lie in -100...100") }
    guard scale > 0, scale <= 100 else { throw .invalidParameter("scale", must: "lie in (0, 100]") }
}
