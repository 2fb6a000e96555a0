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

    /// Of a difference that is so many times as large.
    func stretched(by factor: Double) -> PowerBasis {
        switch self {
        case .rates(let n, let share, let range):
            return .rates(n: n, discordantShare: share, range: range * factor)
        case .deviation(let n, let deviation): return .deviation(n: n, deviation * factor)
        case .standardError(let error): return .standardError(error * factor)
        case .nothing: return .nothing
        }
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
            return try? detectableDrop(standardError: error, alpha: level)
        case .nothing: return nil
        }
    }

    /// The deviation of one pair around a difference; nil where nothing varies.
    func deviation(n: Int, difference: Double) -> Double? {
        switch self {
        case .rates(_, let share, let range):
            let deviation = try? pairedDeviation(discordantShare: share, difference: difference / range)
            return deviation.map { $0 * range }
        case .deviation(_, let deviation): return deviation
        case .standardError(let error): return error > 0 ? error * Double(n).squareRoot() : nil
        case .nothing: return nil
        }
    }
}
