import Statistics

/// What the pairs say of the drops that could have been proven with them.
enum PowerBasis: Sendable {
    /// Pass and fail, with the share of pairs that disagree; or scores of which no pair differs, which would show
    /// themselves first by examples that lose a whole range.
    case rates(n: Int, discordantShare: Double, range: Double = 1)
    /// Scores, with the deviation of their differences.
    case deviation(n: Int, Double)
    /// A recomputed metric, with the deviation of its difference over resamples.
    case standardError(Double)
    case nothing

    /// No pair differs from another: each may lose a whole span yet.
    static func allEqual(n: Int, span: Double) -> PowerBasis {
        span > 0 ? .rates(n: n, discordantShare: 0, range: span) : .nothing
    }

    /// The span where no pair differs from another.
    var equalSpan: Double? {
        guard case .rates(_, let share, let range) = self, share == 0 else { return nil }
        return range
    }

    /// The drop that a claim at this one-sided level finds in 80 %; nil where no drop could be.
    func detectable(level: Double) -> Double? {
        switch self {
        case .rates(let n, let share, let range):
            let drop = (try? detectableDrop(n: n, discordantShare: share, alpha: level)) ?? nil
            return drop.map { $0 * range }
        case .deviation(let n, let deviation):
            return try? detectableDrop(n: n, standardDeviation: deviation, alpha: level)
        case .standardError(let error):
            guard error > 0, let z = try? Normal.quantile(1 - level), let power = try? Normal.quantile(0.80)
            else { return nil }
            return (z + power) * error
        case .nothing: return nil
        }
    }

    /// The deviation of one pair around a difference; nil where nothing varies.
    func deviation(n: Int, difference: Double) -> Double? {
        switch self {
        case .rates(_, let share, _):
            return try? pairedDeviation(discordantShare: share, difference: difference)
        case .deviation(_, let deviation): return deviation
        case .standardError(let error): return error > 0 ? error * Double(n).squareRoot() : nil
        case .nothing: return nil
        }
    }
}
