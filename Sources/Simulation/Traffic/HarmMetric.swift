/// Something bad that may happen to a request: an error, a slow answer, a thumb down.
public struct HarmMetric: Sendable, Hashable {
    public let name: String
    /// The share of requests that it happens to in production, in `0..<1`.
    public let base: Double
    /// Failing requests in a row of one user, once it begins; 1: independent. The share of requests stays `base`.
    public let burst: Int
    /// How the rate of both arms moves with time.
    public let incidents: [Incident]
    public let feedback: Feedback
    public let harm: PlantedHarm?

    public init(
        _ name: String, base: Double, burst: Int = 1, incidents: [Incident] = [],
        feedback: Feedback = Feedback(), harm: PlantedHarm? = nil
    ) {
        self.name = name
        self.base = base
        self.burst = max(1, burst)
        self.incidents = incidents
        self.feedback = feedback
        self.harm = harm
    }

    /// A time in which both arms suffer alike: `times` the rate, from `start` on, seconds.
    public struct Incident: Sendable, Hashable {
        public let start: Double
        public let seconds: Double
        public let times: Double

        public init(start: Double, seconds: Double, times: Double) {
            self.start = start
            self.seconds = seconds
            self.times = times
        }
    }

    /// What is learnt of the events, and when.
    public struct Feedback: Sendable, Hashable {
        /// The share of events that are reported, by arm.
        public let baseline: Double
        public let candidate: Double
        /// The mean delay of a report in seconds, exponential; 0: at once.
        public let delay: Double

        public init(baseline: Double = 1, candidate: Double = 1, delay: Double = 0) {
            self.baseline = baseline
            self.candidate = candidate
            self.delay = delay
        }
    }

    func baseRate(at time: Double) -> Double {
        var rate = base
        for incident in incidents where time >= incident.start && time < incident.start + incident.seconds {
            rate *= incident.times
        }
        return min(0.95, rate)
    }
}

/// What the candidate does worse (or better), from when on, and to whom.
public struct PlantedHarm: Sendable, Hashable {
    public enum Size: Sendable, Hashable {
        /// Times the base rate; below 1: an improvement.
        case ratio(Double)
        /// This rate instead of the base rate.
        case rate(Double)
    }

    public let size: Size
    /// Seconds after the start of the rollout.
    public let start: Double
    /// Seconds in which it grows to its size; 0: at once.
    public let ramp: Double
    /// The share of users that meet it, in `0...1`.
    public let slice: Double
    /// The first stage in which it happens, 0 the first.
    public let fromStage: Int

    public init(_ size: Size, start: Double = 0, ramp: Double = 0, slice: Double = 1, fromStage: Int = 0) {
        self.size = size
        self.start = start
        self.ramp = ramp
        self.slice = slice
        self.fromStage = fromStage
    }

    /// The rate at its full size.
    public func fullRate(base: Double) -> Double {
        switch size {
        case .ratio(let ratio): base * ratio
        case .rate(let rate): rate
        }
    }

    /// The candidate's rate for users inside the slice.
    func rate(base: Double, at time: Double, stage: Int) -> Double {
        guard time >= start, stage >= fromStage else { return base }
        let full = fullRate(base: base)
        let grown = ramp > 0 ? min(1, (time - start) / ramp) : 1
        return min(0.95, max(0, base + (full - base) * grown))
    }
}
