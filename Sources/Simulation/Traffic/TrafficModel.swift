import Glibc

/// The traffic that a rollout runs on: how much, from whom, and what goes wrong.
public struct TrafficModel: Sendable, Hashable {
    /// Requests a second of both arms together, on average.
    public let rate: Double
    public let profile: Profile
    public let population: UserPopulation
    public let metrics: [HarmMetric]
    /// What the hash really sends to the candidate, as a multiple of the configured share; 1: as configured.
    public let shareError: Double

    public init(
        rate: Double, profile: Profile = .constant, population: UserPopulation = .everyRequest,
        metrics: [HarmMetric], shareError: Double = 1
    ) {
        self.rate = rate
        self.profile = profile
        self.population = population
        self.metrics = metrics
        self.shareError = shareError
    }

    /// How the rate of requests moves with time.
    public struct Profile: Sendable, Hashable {
        /// The swing of the day as a share of the mean, in `0..<1`: a sine with its peak 6 hours after the start.
        public let daily: Double
        /// A rush that comes back: its period, its length, and how many times the rate it is.
        public let rushEvery: Double
        public let rushSeconds: Double
        public let rushTimes: Double

        public init(
            daily: Double = 0, rushEvery: Double = 0, rushSeconds: Double = 0, rushTimes: Double = 1
        ) {
            self.daily = daily
            self.rushEvery = rushEvery
            self.rushSeconds = rushSeconds
            self.rushTimes = rushTimes
        }

        public static let constant = Profile()

        func factor(at time: Double) -> Double {
            var factor = 1.0
            if daily > 0 { factor += daily * sin(2 * .pi * time / 86_400) }
            if rushEvery > 0, time.truncatingRemainder(dividingBy: rushEvery) < rushSeconds {
                factor *= rushTimes
            }
            return factor
        }
    }

    /// The places of what the peers' documented checks look at: the success rate alone, or the first metric where
    /// none is named `errors`.
    ///
    /// Their second default, a fixed bound on p99, says nothing of what a user here calls slow.
    public var errorMetrics: [Int] {
        let errors = metrics.indices.filter { metrics[$0].name == "errors" }
        return errors.isEmpty ? Array(metrics.indices.prefix(1)) : errors
    }

    /// When the first of the changes begins that this stage lets begin; nil: there are none.
    func changeBegins(opening stage: Int, at time: Double) -> Double? {
        metrics.compactMap(\.harm).filter { $0.fromStage <= stage }.map { max($0.start, time) }.min()
    }

    /// The same traffic with a candidate that is no different from the baseline.
    public var withoutHarm: TrafficModel {
        let healthy = metrics.map { metric in
            HarmMetric(
                metric.name, base: metric.base, burst: metric.burst, incidents: metric.incidents,
                feedback: metric.feedback)
        }
        return TrafficModel(
            rate: rate, profile: profile, population: population, metrics: healthy, shareError: shareError)
    }
}
