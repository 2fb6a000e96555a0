/// The difference of two arms' means, canary minus production, that may be looked at after every observation.
///
/// Shares change from stage to stage and so does the traffic's mean; pooling the arms over stages would
/// compare the canary's late users with production's early ones. So arms are compared at equal shares only,
/// and the differences of the stages averaged by what each can tell:
///
///     d = Σₛ wₛ (ȳ₁ₛ − ȳ₀ₛ) / Σₛ wₛ ,   wₛ = n₁ₛ n₀ₛ / (n₁ₛ + n₀ₛ)
///     var d = Σₛ wₛ² (s²₁ₛ / n₁ₛ + s²₀ₛ / n₀ₛ) / (Σₛ wₛ)²
///
/// where neither s² is taken below the stage's pooled variance: a hundred users of which none had the rare
/// event have no variance of their own, and would look certain (15 % false alarms for the lower arm at a rate
/// of 1 % and α = 1 %; none so). That never narrows a bound. The weights go by the realised counts: to first
/// order that is Σ (A − p)(y − ȳ), whose mean is 0 without a difference whatever else moves, and it does not
/// suffer from a share that is not quite what it was configured to be. The boundary's clock is Σ wₛ, about
/// the canary's observations while its share is small. Carried over the stages without restart.
///
/// An observation is one **unit of randomisation**: the first value of a sticky key (or the key's mean), by
/// the arm that the key was *assigned*; never a request. What is covered is the weighted average of the
/// stages' differences. *Asymptotic* as `AsymptoticEvidence` says; a stage counts once both its arms have the
/// burn-in.
///
/// Memory is O(distinct shares), an update O(log shares), some nanoseconds, and allocates only at a new
/// share.
///
/// I. Waudby-Smith et al., Annals of Statistics 52 (2024) 2613–2640, arXiv 2103.06476; N. Mantel, W.
/// Haenszel, JNCI 22 (1959) 719–748 (the weights).
public struct AsymptoticDifferenceSequence: Sendable, Hashable, Codable {
    /// The boundary; fixed before the first observation.
    public let mixture: NormalMixture
    /// Observations of *each* arm before a stage counts.
    public let burnIn: Int
    /// Where values are capped (winsorised) in both arms alike, nil where they are taken as they are. Then
    /// the means of the *capped* value are compared; fixed before the first observation, for example at the
    /// baseline's p99.9.
    public let cap: Double?
    /// Observations that were above the cap.
    public private(set) var cappedInCanary = 0
    public private(set) var cappedInProduction = 0
    /// Sorted by share.
    private var stages: [Stage] = []

    private struct Stage: Sendable, Hashable, Codable {
        let share: CanaryShare
        var canary = SequenceMoments()
        var production = SequenceMoments()
    }

    /// - Throws: `EstimateError.invalidParameter` for a burn-in below 2, or a cap that is no finite number.
    public init(mixture: NormalMixture, burnIn: Int = 100, cap: Double? = nil) throws(EstimateError) {
        guard burnIn >= 2 else { throw .invalidParameter("burn-in", must: "be at least 2") }
        guard cap?.isFinite ?? true else { throw .notFinite(index: 0, of: "cap") }
        self.mixture = mixture
        self.burnIn = burnIn
        self.cap = cap
    }

    /// Observations of the canary, over all stages.
    public var canaryCount: Int { stages.reduce(0) { $0 + $1.canary.count } }
    /// Observations of production, over all stages.
    public var productionCount: Int { stages.reduce(0) { $0 + $1.production.count } }

    /// Takes one observation, at the share that held when its key was assigned.
    /// - Throws: `EstimateError.notFinite`; nothing is counted then.
    public mutating func add(_ value: Double, inCanary: Bool, share: CanaryShare) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: 0) }
        let isCapped = value > cap ?? .infinity
        let taken = isCapped ? cap ?? value : value
        let place = stage(of: share)
        if inCanary {
            stages[place].canary.add(taken)
            if isCapped { cappedInCanary += 1 }
        } else {
            stages[place].production.add(taken)
            if isCapped { cappedInProduction += 1 }
        }
    }

    /// Adds the observations of another gateway, of other keys. Associative up to rounding.
    /// - Throws: `EstimateError.invalidParameter` where mixture, burn-in or cap differ.
    public mutating func merge(_ other: AsymptoticDifferenceSequence) throws(EstimateError) {
        guard mixture == other.mixture, burnIn == other.burnIn, cap == other.cap else {
            throw .invalidParameter("mixture, burn-in and cap", must: "be the same in both")
        }
        for theirs in other.stages {
            let place = stage(of: theirs.share)
            stages[place].canary.merge(theirs.canary)
            stages[place].production.merge(theirs.production)
        }
        cappedInCanary += other.cappedInCanary
        cappedInProduction += other.cappedInProduction
    }

    /// Estimate, bounds and alarms at this moment. O(stages).
    /// - Throws: `EstimateError.tooFew` where no stage has the burn-in in both arms; `.allEqual` where
    ///   neither arm varies, so that nothing says how far another user would stray; `.overflow`.
    public func evidence() throws(EstimateError) -> AsymptoticEvidence {
        var weights = 0.0
        var sum = 0.0
        var variance = 0.0
        var nearest = 0
        for stage in stages {
            let smaller = min(stage.canary.count, stage.production.count)
            nearest = max(nearest, smaller)
            guard smaller >= burnIn else { continue }
            let canary = Double(stage.canary.count)
            let production = Double(stage.production.count)
            let weight = canary * (production / (canary + production))
            weights += weight
            sum += weight * (stage.canary.mean - stage.production.mean)
            let pooled = (stage.canary.squares + stage.production.squares) / (canary + production - 2)
            let spread =
                max(stage.canary.variance, pooled) / canary
                + max(stage.production.variance, pooled) / production
            variance += weight * weight * spread
        }
        guard weights > 0 else {
            throw .tooFew(count: nearest, needed: burnIn, of: "observations of each arm in a stage")
        }
        guard variance.isFinite else { throw .overflow }
        guard variance > 0 else { throw .allEqual(value: stages.first?.canary.mean ?? 0) }
        return try AsymptoticEvidence(
            value: sum / weights, standardError: variance.squareRoot() / weights, information: weights,
            mixture: mixture)
    }

    @inline(__always)
    private mutating func stage(of share: CanaryShare) -> Int {
        var low = 0
        var high = stages.count
        while low < high {
            let middle = (low + high) / 2
            if stages[middle].share < share { low = middle + 1 } else { high = middle }
        }
        if low < stages.count, stages[low].share == share { return low }
        stages.insert(Stage(share: share), at: low)
        return low
    }
}
