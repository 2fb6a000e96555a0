/// Where a quantile lies between order statistics: the four definitions that interpolate through plotting positions.
///
/// R. J. Hyndman, Y. Fan, The American Statistician 50 (1996) 361–365.
public enum QuantileDefinition: String, Sendable, Hashable, CaseIterable {
    /// Weibull: the k-th of n stands at k/(n + 1). Of SPSS and Minitab.
    case r6 = "R-6"
    /// The k-th of n stands at (k − 1)/(n − 1). Of R, NumPy and spreadsheets; the default here.
    case r7 = "R-7"
    /// The k-th of n stands at (k − 1/3)/(n + 1/3): about the median of that order statistic under any law.
    case r8 = "R-8"
    /// The k-th of n stands at (k − 3/8)/(n + 1/4): about the mean of that order statistic under a normal law.
    case r9 = "R-9"

    /// The place of a quantile among the ranks `0...count - 1`.
    func place(of level: Double, count: Int) -> Double {
        let n = Double(count)
        let place =
            switch self {
            case .r6: (n + 1) * level - 1
            case .r7: (n - 1) * level
            case .r8: (n + 1 / 3.0) * level - 2 / 3.0
            case .r9: (n + 0.25) * level - 0.625
            }
        return min(max(place, 0), n - 1)
    }
}
