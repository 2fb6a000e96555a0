/// How a fixed set of probe texts was embedded then, against how it is embedded now.
///
/// The same texts through the same model stay where they were; what moves them is a model, a tokeniser or a
/// normalisation that changed unannounced.
public struct ProbeStability: Sendable, Hashable {
    /// The mean cosine of each probe with itself before; 1: nothing moved.
    public let meanCosine: Double
    /// The probe that moved most.
    public let leastCosine: (probe: Int, cosine: Double)
    /// The share of each probe's nearest neighbours that are still among them, averaged; survives a rotation of
    /// the whole space, which no search would notice.
    public let keptNeighbours: Double

    /// - Parameters:
    ///   - before: The probes' vectors when they were pinned.
    ///   - now: The same probes, in the same order; of the same dimension.
    ///   - neighbours: Held against each other, by cosine, ties by order; below the number of probes.
    /// - Throws: `EstimateError.unequalLengths`, `.tooFew` below 2 probes, `.invalidParameter` for neighbours
    ///   or a vector without length.
    /// - Complexity: O(probes² · dimension).
    public init(before: VectorSample, now: VectorSample, neighbours: Int = 10) throws(EstimateError) {
        guard before.dimension == now.dimension else {
            throw .unequalLengths(before.dimension, now.dimension)
        }
        guard before.count == now.count else { throw .unequalLengths(before.count, now.count) }
        try requireCount(before.count, atLeast: 2, "probes")
        guard neighbours >= 1, neighbours < before.count else {
            throw .invalidParameter("neighbours", must: "lie between 1 and the number of probes less one")
        }
        var sum = CompensatedSum()
        var least = (probe: 0, cosine: Double.infinity)
        for probe in 0..<before.count {
            guard let cosine = before.cosine(probe, now, probe) else {
                throw .invalidParameter("probe \(probe)", must: "have a length above 0")
            }
            sum.add(cosine)
            if cosine < least.cosine { least = (probe, cosine) }
        }
        var kept = 0
        for probe in 0..<before.count {
            let then = Set(nearest(to: probe, in: before, neighbours))
            for index in nearest(to: probe, in: now, neighbours) where then.contains(index) { kept += 1 }
        }
        meanCosine = sum.value / Double(before.count)
        leastCosine = least
        keptNeighbours = Double(kept) / Double(before.count * neighbours)
    }

    public static func == (first: Self, second: Self) -> Bool {
        first.meanCosine == second.meanCosine && first.leastCosine == second.leastCosine
            && first.keptNeighbours == second.keptNeighbours
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(meanCosine)
        hasher.combine(leastCosine.probe)
        hasher.combine(keptNeighbours)
    }
}

/// How far the average vector of a window has turned from that of its reference: 1 − cosine, from 0 to 2.
///
/// - Throws: `EstimateError.unequalLengths` of dimensions, `.invalidParameter` where an average has no length.
/// - Complexity: O(N · dimension).
public func meanCosineShift(
    reference: VectorSample, window: VectorSample
) throws(EstimateError) -> Double {
    guard reference.dimension == window.dimension else {
        throw .unequalLengths(reference.dimension, window.dimension)
    }
    guard let cosine = cosineOfAngle(reference.mean(), window.mean()) else {
        throw .invalidParameter("the average vector", must: "have a length above 0")
    }
    return max(0, 1 - cosine)
}

private func nearest(to probe: Int, in sample: VectorSample, _ neighbours: Int) -> [Int] {
    var found: [(cosine: Double, index: Int)] = []
    for index in 0..<sample.count where index != probe {
        found.append((sample.cosine(probe, sample, index) ?? -1, index))
    }
    found.sort { $0.cosine != $1.cosine ? $0.cosine > $1.cosine : $0.index < $1.index }
    return found[..<neighbours].map(\.index)
}
