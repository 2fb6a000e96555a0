/// What a gate said of one simulated release.
public enum SimulatedDecision: Sendable, Hashable {
    case pass
    case fail
    case unsure
}

/// The operating curve of a gate that has no formula: it is run on simulated releases.
///
/// Every truth sees the same random numbers, so that neighbouring points differ by the truth and not by luck.
///
/// - Parameters:
///   - truths: For instance true differences.
///   - trials: Simulated releases a truth, at least 10.
///   - seed: A run is a function of (seed, trial).
///   - decide: One release at a truth, with its random numbers, as the gate decides it.
/// - Throws: `EstimateError.tooFew`, `.notFinite`, and what `decide` throws.
public func simulatedOperatingCurve(
    over truths: [Double], trials: Int, seed: UInt64,
    decide: (Double, inout RandomStream) throws(EstimateError) -> SimulatedDecision
) throws(EstimateError) -> OperatingCurve {
    try requireCount(truths.count, atLeast: 1, "truths")
    try requireFinite(truths, "truth")
    try requireCount(trials, atLeast: 10, "trials")
    var points: [OperatingPoint] = []
    for truth in truths {
        var passes = 0
        var fails = 0
        for trial in 0..<trials {
            var stream = RandomStream(seed: seed, stream: UInt64(trial))
            switch try decide(truth, &stream) {
            case .pass: passes += 1
            case .fail: fails += 1
            case .unsure: break
            }
        }
        points.append(OperatingPoint(truth: truth, passes: passes, fails: fails, trials: trials))
    }
    return OperatingCurve(points: points, method: "\(grouped(trials)) simulated runs, seed \(seed)")
}

/// The operating curve of `pass^k >= x`: the mean over examples of C(c, k)/C(N, k), held against x.
///
/// - Parameters:
///   - rates: True rates of a single try.
///   - k: Tries that must all pass, of `tries` made of each example.
///   - correlation: Of two tries of one example, in `0..<1`.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
public func passHatKOperatingCurve(
    over rates: [Double], k: Int, tries: Int, atLeast bound: Double, examples: Int, correlation: Double = 0,
    trials: Int = 2_000, seed: UInt64
) throws(EstimateError) -> OperatingCurve {
    guard k >= 1 else { throw .invalidParameter("k", must: "be at least 1") }
    try requireCount(tries, atLeast: k, "tries")
    try requireCount(examples, atLeast: 1, "examples")
    guard tries <= 10_000 else { throw .invalidParameter("tries", must: "lie in 1...10,000") }
    try requireCount(trials, atLeast: 10, "trials")
    // Drawn one by one.
    guard examples <= 1_000_000, trials <= 1_000_000, examples * trials <= 100_000_000 else {
        throw .invalidParameter("examples times trials", must: "not exceed 100,000,000")
    }
    try requireRate(bound, "bound")
    guard correlation >= 0, correlation < 1 else {
        throw .invalidParameter("correlation", must: "lie in 0..<1")
    }
    var worths: [Double] = []
    for passes in 0...tries { worths.append(try passHatK(passes: passes, tries: tries, k: k)) }
    var laws: [Double: [Double]] = [:]
    for rate in rates {
        try requireRate(rate, "rate")
        var sum = 0.0
        laws[rate] = try TriesLaw(tries: tries, rate: rate, correlation: correlation).masses.map {
            sum += $0
            return sum
        }
    }
    return try simulatedOperatingCurve(over: rates, trials: trials, seed: seed) {
        (rate, stream) throws(EstimateError) in
        let law = laws[rate] ?? []
        var sum = 0.0
        for _ in 0..<examples {
            let place = stream.unit()
            sum += worths[law.firstIndex { place < $0 } ?? tries]
        }
        return sum / Double(examples) >= bound - 1e-12 ? .pass : .fail
    }
}
