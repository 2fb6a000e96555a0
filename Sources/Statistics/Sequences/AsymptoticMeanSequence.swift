/// A mean that may be looked at after every observation: the asymptotic confidence sequence.
///
/// An observation is one **unit of randomisation**: the first value of a sticky key, or its mean over the
/// key's requests; never a request, since a user's requests resemble each other. Where the true mean moves,
/// what is covered is the running average of the means so far.
///
/// O(1) memory, an update some nanoseconds without allocation; streams of different gateways merge.
public struct AsymptoticMeanSequence: Sendable, Hashable, Codable {
    /// The boundary; fixed before the first observation.
    public let mixture: NormalMixture
    /// Observations before the first answer.
    public let burnIn: Int
    /// Where values are capped (winsorised), nil where they are taken as they are. Then the mean of the
    /// *capped* value is what is estimated; fixed before the first observation, for example at a baseline's
    /// p99.9.
    public let cap: Double?
    /// Observations that were above the cap.
    public private(set) var capped = 0
    private var sample = SequenceMoments()

    /// - Throws: `EstimateError.invalidParameter` for a burn-in below 2, or a cap that is no finite number.
    public init(mixture: NormalMixture, burnIn: Int = 100, cap: Double? = nil) throws(EstimateError) {
        guard burnIn >= 2 else { throw .invalidParameter("burn-in", must: "be at least 2") }
        guard cap?.isFinite ?? true else { throw .notFinite(index: 0, of: "cap") }
        self.mixture = mixture
        self.burnIn = burnIn
        self.cap = cap
    }

    public var count: Int { sample.count }

    /// Takes one observation.
    /// - Throws: `EstimateError.notFinite`; nothing is counted then.
    public mutating func add(_ value: Double) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: sample.count) }
        guard let cap, value > cap else { return sample.add(value) }
        capped += 1
        sample.add(cap)
    }

    /// Adds the observations of another gateway, of other keys. Associative up to rounding.
    /// - Throws: `EstimateError.invalidParameter` where mixture, burn-in or cap differ.
    public mutating func merge(_ other: AsymptoticMeanSequence) throws(EstimateError) {
        guard mixture == other.mixture, burnIn == other.burnIn, cap == other.cap else {
            throw .invalidParameter("mixture, burn-in and cap", must: "be the same in both")
        }
        sample.merge(other.sample)
        capped += other.capped
    }

    /// Estimate, bounds and alarms at this moment. O(1).
    /// - Throws: `EstimateError.tooFew` during the burn-in, `.allEqual` where all observations are the same
    ///   number, `.overflow`.
    public func evidence() throws(EstimateError) -> AsymptoticEvidence {
        try requireCount(sample.count, atLeast: burnIn)
        let variance = sample.variance
        guard variance.isFinite else { throw .overflow }
        guard variance > 0 else { throw .allEqual(value: sample.mean) }
        let n = Double(sample.count)
        return try AsymptoticEvidence(
            value: sample.mean, standardError: (variance / n).squareRoot(), information: n, mixture: mixture)
    }
}
