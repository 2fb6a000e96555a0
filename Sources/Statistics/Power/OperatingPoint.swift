/// How often a gate passes, fails and stays unsure where the truth is `truth`; the three add up to 1.
public struct OperatingPoint: Sendable, Hashable {
    /// The true difference, rate, mean or ratio, as the gate's form says.
    public let truth: Double
    public let pass: Double
    public let fail: Double
    public let unsure: Double
    /// Simulated decisions behind the shares; nil where they are computed.
    public let trials: Int?

    init(truth: Double, pass: Double, fail: Double) {
        self.truth = truth
        self.pass = min(1, max(0, pass))
        self.fail = min(1 - self.pass, max(0, fail))
        unsure = max(0, 1 - self.pass - self.fail)
        trials = nil
    }

    init(truth: Double, passes: Int, fails: Int, trials: Int) {
        self.truth = truth
        pass = Double(passes) / Double(trials)
        fail = Double(fails) / Double(trials)
        unsure = Double(trials - passes - fails) / Double(trials)
        self.trials = trials
    }

    /// How far simulation may have missed a share of these: the Wilson interval; nil where it is computed.
    ///
    /// - Parameter share: Of `pass`, `fail` and `unsure`.
    public func simulationError(
        of share: KeyPath<OperatingPoint, Double>, confidence: Double = 0.95
    ) throws(EstimateError) -> Interval? {
        guard let trials else { return nil }
        let hits = Int((self[keyPath: share] * Double(trials)).rounded())
        return try wilsonInterval(successes: hits, trials: trials, confidence: confidence)
    }
}

/// What a gate does over a range of truths.
public struct OperatingCurve: Sendable, Hashable {
    /// In the order of the truths asked for.
    public let points: [OperatingPoint]
    /// How the shares were had: `"exact trinomial"`, `"2,000 simulated runs, seed 7"`.
    public let method: String

    public init(points: [OperatingPoint], method: String) {
        self.points = points
        self.method = method
    }
}
