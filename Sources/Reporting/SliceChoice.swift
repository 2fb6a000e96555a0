import Domain
import Statistics

/// Which slices a report puts first.
enum SliceChoice {
    /// Examples below which a slice is shown but never judged.
    static let support = 20

    /// The worst slices: those that fail, then those of gated quality metrics whose whole interval lies
    /// on the bad side.
    ///
    /// What is no worse than chance would have it is not named, nor a slice that is the whole set.
    static func worst(_ result: RunResult, limit: Int) -> [SliceResult] {
        var wholes: [String: Int] = [:]
        for metric in result.metrics where metric.tier == "quality" {
            wholes[metric.name] = metric.candidate?.n
        }
        var ranked: [(offset: Int, slice: SliceResult)] = []
        for (offset, slice) in result.slices.enumerated() {
            guard slice.n >= support, let goodness = slice.goodness, goodness < 0 else { continue }
            if slice.outcome != .fails {
                guard slice.outcome == .passes, isSure(slice), let whole = wholes[slice.metric],
                    slice.n != whole
                else { continue }
            }
            ranked.append((offset, slice))
        }
        ranked.sort { left, right in
            let leftFails = left.slice.outcome == .fails
            let rightFails = right.slice.outcome == .fails
            if leftFails != rightFails { return leftFails }
            let leftGoodness = left.slice.goodness ?? 0
            let rightGoodness = right.slice.goodness ?? 0
            return leftGoodness == rightGoodness ? left.offset < right.offset : leftGoodness < rightGoodness
        }
        return ranked.prefix(limit).map(\.slice)
    }

    /// Every slice that is judged, the worst first: those that fail, then by how much worse they are.
    static func ranked(_ result: RunResult) -> [SliceResult] {
        let judged = result.slices.enumerated().filter { $0.element.n >= support }
        return judged.sorted { left, right in
            let fails = (left.element.outcome == .fails, right.element.outcome == .fails)
            if fails.0 != fails.1 { return fails.0 }
            // What has no direction says least.
            let goodness = (left.element.goodness ?? .infinity, right.element.goodness ?? .infinity)
            return goodness.0 == goodness.1 ? left.offset < right.offset : goodness.0 < goodness.1
        }.map(\.element)
    }

    /// Whether zero lies outside the interval of the difference.
    private static func isSure(_ slice: SliceResult) -> Bool {
        guard let interval = slice.difference else { return false }
        return interval.lower > 0 || interval.upper < 0
    }
}
