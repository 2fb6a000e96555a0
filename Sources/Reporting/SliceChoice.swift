import Domain

/// Which slices a report puts first.
enum SliceChoice {
    /// Examples below which a slice is shown but never judged.
    static let support = 20

    /// The worst slices: those that fail, then those whose difference is worst, each with enough examples.
    static func worst(_ slices: [SliceResult], limit: Int) -> [SliceResult] {
        var ranked: [(offset: Int, slice: SliceResult)] = []
        for (offset, slice) in slices.enumerated() {
            guard slice.n >= support, let goodness = slice.goodness, goodness < 0 else { continue }
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
}
