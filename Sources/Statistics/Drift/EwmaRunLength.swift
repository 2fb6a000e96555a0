/// The average run length of a two-sided EWMA chart with the limits of the long run: points until it alarms.
///
/// - Parameters:
///   - limit: L, above 0, in deviations of the average; at most 40.
///   - weight: λ, in [.01, 1].
///   - shift: How far the mean has moved, in deviations of the baseline; 0: in control.
///   - scale: The deviation of the series, in deviations of the baseline.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹² points.
/// - Complexity: some ten milliseconds. Right to a ten-thousandth for weights from .1 on, to two thousandths below.
///
/// J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990) 1–12. Weight .2 with limit 2.962: 500 in control.
public func ewmaRunLength(
    limit: Double, weight: Double = 0.2, shift: Double = 0, scale: Double = 1
) throws(EstimateError) -> Double {
    try requireChart(limit: limit, shift: shift, scale: scale)
    guard weight >= 0.01, weight <= 1 else {
        throw .invalidParameter("weight", must: "lie in [0.01, 1]")
    }
    let bound = limit * (weight / (2 - weight)).squareRoot()
    return try extrapolated { (size) throws(EstimateError) in
        // An odd number of cells, so that the centre is one.
        let cells = size + 1
        let width = 2 * bound / Double(cells)
        let chain = try RunLengthChain(cells: cells) { (from, to) throws(EstimateError) in
            let rest = (1 - weight) * (Double(from) - Double(size) / 2) * width
            let upper = (Double(to) + 1 - Double(cells) / 2) * width
            let top = ((upper - rest) / weight - shift) / scale
            let bottom = ((upper - width - rest) / weight - shift) / scale
            return try Normal.cumulative(top) - Normal.cumulative(bottom)
        }
        return (try chain.mean(from: size / 2), width)
    }
}
