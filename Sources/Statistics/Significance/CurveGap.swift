/// The largest distances of two cumulative curves, each times the product of the sizes, so that they are whole.
struct CurveGap {
    private(set) var candidateAbove = 0
    private(set) var baselineAbove = 0

    /// In any order, and finite. Only values whose neighbourhood could hold the largest distance are sorted.
    /// O(n + m) for values that are spread at all evenly.
    init(_ baseline: [Double], _ candidate: [Double]) {
        let (n, m) = (baseline.count, candidate.count)
        guard n + m >= 8_192, let levels = ValueLevels([baseline, candidate], bits: 14) else {
            widen(ascending(baseline)[...], ascending(candidate)[...], n: n, m: m, from: 0)
            return
        }
        let first = counts(baseline, levels)
        let second = counts(candidate, levels)
        var gap = 0
        for level in 0..<levels.count {
            gap += second[level] * n - first[level] * m
            candidateAbove = max(candidateAbove, gap)
            baselineAbove = max(baselineAbove, -gap)
        }
        // Within a level the gap goes at most as far as if one sample's values all came first.
        var isOpen = [Bool](repeating: false, count: levels.count)
        gap = 0
        for level in 0..<levels.count {
            if first[level] > 0, second[level] > 0 {
                isOpen[level] =
                    gap + second[level] * n > candidateAbove || first[level] * m - gap > baselineAbove
            }
            gap += second[level] * n - first[level] * m
        }
        let some = ascending(baseline.filter { isOpen[levels.level(of: $0)] })
        let others = ascending(candidate.filter { isOpen[levels.level(of: $0)] })
        var (i, j) = (0, 0)
        gap = 0
        for level in 0..<levels.count {
            if isOpen[level] {
                let (ends, otherEnds) = (i + first[level], j + second[level])
                widen(some[i..<ends], others[j..<otherEnds], n: n, m: m, from: gap)
                (i, j) = (ends, otherEnds)
            }
            gap += second[level] * n - first[level] * m
        }
    }

    /// Follows the gap through a stretch of both samples.
    private mutating func widen(
        _ baseline: ArraySlice<Double>, _ candidate: ArraySlice<Double>, n: Int, m: Int, from start: Int
    ) {
        var (highest, lowest) = (candidateAbove, -baselineAbove)
        baseline.withUnsafeBufferPointer { baseline in
            candidate.withUnsafeBufferPointer { candidate in
                var (i, j) = (0, 0)
                while i < baseline.count || j < candidate.count {
                    let isFirst = j == candidate.count || (i < baseline.count && baseline[i] < candidate[j])
                    let value = isFirst ? baseline[i] : candidate[j]
                    while i < baseline.count, baseline[i] == value { i += 1 }
                    while j < candidate.count, candidate[j] == value { j += 1 }
                    let gap = start + j * n - i * m
                    highest = max(highest, gap)
                    lowest = min(lowest, gap)
                }
            }
        }
        candidateAbove = highest
        baselineAbove = -lowest
    }
}

private func counts(_ values: [Double], _ levels: ValueLevels) -> [Int] {
    var counts = [Int](repeating: 0, count: levels.count)
    values.withUnsafeBufferPointer { values in
        counts.withUnsafeMutableBufferPointer { counts in
            for value in values { counts[levels.level(of: value)] &+= 1 }
        }
    }
    return counts
}
