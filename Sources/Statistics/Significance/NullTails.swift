extension Alternative {
    /// The direction, as a method's text ends: `"one-sided (less)"`.
    var words: String {
        switch self {
        case .less: "one-sided (less)"
        case .greater: "one-sided (greater)"
        case .twoSided: "two-sided"
        }
    }
}

/// How often a standard normal is at least as far out as `z` in the direction claimed.
func normalTail(_ z: Double, _ alternative: Alternative) throws(EstimateError) -> Double {
    switch alternative {
    case .less: try Normal.cumulative(z)
    case .greater: try Normal.survival(z)
    case .twoSided: try min(1, 2 * Normal.survival(abs(z)))
    }
}

/// How often Student's t is at least as far out as `t` in the direction claimed.
func studentTail(
    _ t: Double, degreesOfFreedom: Double, _ alternative: Alternative
) throws(EstimateError) -> Double {
    let law = try StudentT(degreesOfFreedom: degreesOfFreedom)
    return switch alternative {
    case .less: try law.cumulative(t)
    case .greater: try law.survival(t)
    case .twoSided: try min(1, 2 * law.survival(abs(t)))
    }
}

/// The p-value of a discrete statistic from both of its tails, each of which holds the value seen: two-sided
/// doubles the smaller.
func tailed(lower: Double, upper: Double, _ alternative: Alternative) -> Double {
    switch alternative {
    case .less: min(1, lower)
    case .greater: min(1, upper)
    case .twoSided: min(1, 2 * min(lower, upper))
    }
}
