import Glibc

/// The limit h of a two-sided CUSUM over a series whose neighbours are alike, calibrated on its own history.
///
/// Runs of the chart are drawn from the history in blocks of neighbours, which keep what makes them alike;
/// the limit is the one at which they alarm once in `runLength` points. The chart then takes the series as it
/// is (`ChartArming.Whitening.none`), so that nothing of a change is taken out with the autoregression. It takes
/// a long history: for a promise of 465 the median history of an autoregression of .4 gives 74 at 60 points,
/// 180 at 120, 355 at 400; prewhitening does better below that.
///
/// - Parameters:
///   - history: In order of time, while all was well; at least `needed` points that are there, and 4 blocks.
///     A missing point is left out of its block.
///   - runLength: Points between false alarms, from 10 to 100,000.
///   - allowance: k, 0 or above, in deviations.
///   - blockLength: Points a block; nil: 3 n^⅓, which spans what an autocorrelation of .7 leaves.
///   - needed: Fewer than 400 is for experiments only; 50 at least.
///   - seed: The draws are a function of it and of the run alone.
/// - Throws: `EstimateError.tooFew`, `.allEqual`, `.notFinite`, `.invalidParameter`, `.overflow` where no
///   limit up to 1,000 deviations suffices.
/// - Complexity: O(runs · runLength): 200 runs of up to 4 run lengths each.
///
/// H. R. Künsch, Ann. Statist. 17 (1989) 1217–1241 for blocks.
public func blockCalibratedLimit(
    history: [Double?], runLength: Double, allowance: Double = 0.5, blockLength: Int? = nil,
    needed: Int = 400, seed: UInt64
) throws(EstimateError) -> Double {
    guard runLength >= 10, runLength <= 100_000 else {
        throw .invalidParameter("run length", must: "lie in 10...100,000")
    }
    guard allowance >= 0, allowance <= 10 else {
        throw .invalidParameter("allowance", must: "lie in 0...10")
    }
    let baseline = try ChartArming(history).baseline(
        whitening: .none, needed: max(needed, ChartArming.needed))
    let length = blockLength ?? Int((3 * cbrt(Double(baseline.points ?? 0))).rounded())
    guard length >= 1 else { throw .invalidParameter("block length", must: "be 1 or more") }
    try requireCount(history.count / length, atLeast: 4, "blocks of \(length) points")
    var scores: [Double] = []
    scores.reserveCapacity(history.count)
    for value in history { scores.append(value.map { ($0 - baseline.mean) / baseline.deviation } ?? .nan) }
    let runs = 200
    let longest = Int(4 * runLength)
    var records: [RunRecord] = []
    for run in 0..<runs {
        var stream = RandomStream(seed: seed, stream: UInt64(run))
        records.append(
            RunRecord(scores, allowance: allowance, blockLength: length, points: longest, &stream))
    }
    var low = 0.0
    var high = 1_000.0
    guard meanRunLength(records, limit: high) >= runLength else { throw .overflow }
    while high - low > 1e-4 {
        let middle = (low + high) / 2
        if meanRunLength(records, limit: middle) >= runLength { high = middle } else { low = middle }
    }
    return high
}

/// The points of one run at which the larger of both sums was the largest so far.
private struct RunRecord {
    private(set) var heights: [Double] = []
    private(set) var times: [Int] = []
    let points: Int

    init(
        _ scores: [Double], allowance: Double, blockLength: Int, points: Int, _ stream: inout RandomStream
    ) {
        self.points = points
        let starts = scores.count - blockLength + 1
        var (upper, lower, highest) = (0.0, 0.0, 0.0)
        var time = 0
        while time < points {
            let start = stream.index(below: starts)
            for index in start..<(start + blockLength) where !scores[index].isNaN {
                upper = max(0, upper + scores[index] - allowance)
                lower = max(0, lower - scores[index] - allowance)
                let sum = max(upper, lower)
                time += 1
                if sum > highest, time <= points {
                    highest = sum
                    heights.append(sum)
                    times.append(time)
                }
            }
        }
    }

    /// The first point above a limit; nil where the run never was.
    func firstAbove(_ limit: Double) -> Int? {
        var low = 0
        var high = heights.count
        while low < high {
            let middle = (low + high) / 2
            if heights[middle] > limit { high = middle } else { low = middle + 1 }
        }
        return low < times.count ? times[low] : nil
    }
}

/// Points in all over alarms in all, so that runs cut off without an alarm count with what they lasted.
private func meanRunLength(_ records: [RunRecord], limit: Double) -> Double {
    var points = 0
    var alarms = 0
    for record in records {
        if let time = record.firstAbove(limit) {
            points += time
            alarms += 1
        } else {
            points += record.points
        }
    }
    return alarms == 0 ? .infinity : Double(points) / Double(alarms)
}
