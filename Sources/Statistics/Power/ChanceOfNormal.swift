import Glibc

/// P(Z < limit(s/σ)), Z standard normal and s² the variance of a normal sample independent of it: what a t-test does
/// at any alternative, and what rules do that look at estimate and error apart.
///
/// Gauss–Kronrod over log(s/σ), halved where that is needed, within 1e-11: with few degrees of freedom critical
/// values are so large that all turns on an s near 0.
///
/// - Parameters:
///   - degrees: Of freedom of s², at least 1.
///   - kink: Where `limit` is not smooth.
func chanceOfNormal(
    below limit: (Double) -> Double, degrees: Double, kink: Double? = nil
) throws(EstimateError) -> Double {
    // So many that s is σ.
    if degrees > 1e12 { return try Normal.cumulative(limit(1)) }
    let spread = 1 / (2 * degrees).squareRoot()
    var cuts = [log(max(1e-14, 1 - 10 * spread)), log(1 + 10 * spread)]
    if let kink, kink > 0, log(kink) > cuts[0], log(kink) < cuts[1] { cuts.insert(log(kink), at: 1) }
    var sum = 0.0
    var total = 0.0
    for piece in 1..<cuts.count {
        // Panels no wider than a deviation, so that no peak is missed.
        let width = cuts[piece] - cuts[piece - 1]
        let panels = min(400, max(4, Int(width / spread) + 1))
        let step = width / Double(panels)
        for panel in 0..<panels {
            let low = cuts[piece - 1] + Double(panel) * step
            total += try gaussKronrod(low, low + step, within: 1e-11 * spread) {
                (v) throws(EstimateError) in exp(degrees * logDensity(v))
            }
            sum += try gaussKronrod(low, low + step, within: 1e-13 * spread) { (v) throws(EstimateError) in
                let weight = exp(degrees * logDensity(v))
                return weight < 1e-300 ? 0 : weight * (try Normal.cumulative(limit(exp(v))))
            }
        }
    }
    return min(1, sum / total)
}

/// Of log(s/σ) = v for one degree of freedom, 0 at its peak: v − (e²ᵛ − 1)/2.
private func logDensity(_ v: Double) -> Double {
    guard abs(v) < 1e-3 else { return v - expm1(2 * v) / 2 }
    // The difference itself would lose its digits.
    let rest = v * (2.0 / 3 + v * (1.0 / 3 + v * (2.0 / 15 + v * (2.0 / 45 + v * 4.0 / 315))))
    return -v * v * (1 + rest)
}

/// The integral of a function by the 15-point Kronrod rule, halving the interval until the 7-point Gauss rule within
/// it agrees.
///
/// A. S. Kronrod, Nodes and Weights of Quadrature Formulas (1965).
private func gaussKronrod(
    _ low: Double, _ high: Double, within tolerance: Double, depth: Int = 16,
    _ function: (Double) throws(EstimateError) -> Double
) throws(EstimateError) -> Double {
    let centre = (low + high) / 2
    let half = (high - low) / 2
    let middle = try function(centre)
    var kronrod = middle * 0.209482141084727828012999174891714
    var gauss = middle * 0.417959183673469387755102040816327
    for node in kronrodNodes {
        let pair = try function(centre - half * node.x) + function(centre + half * node.x)
        kronrod += node.kronrod * pair
        gauss += node.gauss * pair
    }
    if depth == 0 || abs(kronrod - gauss) * half <= tolerance { return kronrod * half }
    return try gaussKronrod(low, centre, within: tolerance / 2, depth: depth - 1, function)
        + gaussKronrod(centre, high, within: tolerance / 2, depth: depth - 1, function)
}

private let kronrodNodes: [(x: Double, kronrod: Double, gauss: Double)] = [
    (0.991455371120812639206854697526329, 0.022935322010529224963732008058970, 0),
    (
        0.949107912342758524526189684047851, 0.063092092629978553290700663189204,
        0.129484966168869693270611432679082
    ),
    (0.864864423359769072789712788640926, 0.104790010322250183839876322541518, 0),
    (
        0.741531185599394439863864773280788, 0.140653259715525918745189590510238,
        0.279705391489276667901467771423780
    ),
    (0.586087235467691130294144691258413, 0.169004726639267902826583426598550, 0),
    (
        0.405845151377397166906606412076961, 0.190350578064785409913256402421014,
        0.381830050505118944950369775488975
    ),
    (0.207784955007898467600689403773245, 0.204432940075298892414161999234649, 0),
]
