import Statistics

/// How many production events a stage needs before silence means something: by then a candidate at the stage's
/// tolerance would have raised the alarm with the wanted probability.
///
/// Counted are production's events, since their number does not depend on how bad the candidate is: n planned in
/// requests is this number over production's rate. By seeded simulation of the e-process from scratch.
///
/// - Parameters:
///   - ratio: The rate ratio that is to be found, above the tolerated one.
///   - share: The candidate's share, in `(0, 1)`.
///   - alpha: What the alarm of this metric spends.
///   - power: In `(0, 1)`.
/// - Returns: nil where more than 100,000 events do not suffice.
/// - Throws: `EstimateError.invalidParameter`.
public func productionEventsPlanned(
    ratio: Double, share: Double, toleratedRatio: Double = 1, alpha: Double, power: Double = 0.9,
    paths: Int = 400, seed: UInt64 = 1
) throws(EstimateError) -> Int? {
    guard ratio > toleratedRatio else {
        throw .invalidParameter("ratio", must: "exceed the tolerated ratio")
    }
    guard power > 0, power < 1 else { throw .invalidParameter("power", must: "lie strictly between 0 and 1") }
    let cell = try CanaryShare(share)
    let start = try RateRatioEProcess(toleratedRatio: toleratedRatio)
    let chance = share * ratio / (1 - share + share * ratio)
    var found: [Int] = []
    for path in 0..<paths {
        var stream = RandomStream(seed: seed, stream: UInt64(path))
        var process = start
        var production = 0
        while production < 100_000 {
            let isCanary = stream.unit() < chance
            process.record(inCanary: isCanary, share: cell)
            if !isCanary {
                production += 1
            } else if try process.alarms(alpha: alpha) {
                found.append(production)
                break
            }
        }
    }
    let needed = Int((Double(paths) * power).rounded(.up))
    guard found.count >= needed else { return nil }
    return found.sorted()[needed - 1]
}
