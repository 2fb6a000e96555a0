import Glibc

/// How soon a rate-ratio e-process will alarm at a given true ratio, exactly.
///
/// The alarm is a boundary: after M events it takes at least k(M) of the canary. Event by event, the chance
/// of each number of canary events short of it is carried on, so nothing is simulated. At a ratio that is
/// tolerated, the same numbers are the chance of a false alarm.
public struct DetectionForecast: Sendable, Hashable {
    /// The true ratio that is supposed.
    public let ratio: Double
    public let share: Double
    public let alpha: Double
    /// The chance to have alarmed by the m-th further event, at index m.
    public let chanceByEvents: [Double]

    /// Further events of both arms until an alarm, with at least this chance; nil where the forecast's events
    /// do not suffice.
    /// - Throws: `EstimateError.invalidParameter` unless `chance` lies in `(0, 1)`.
    public func events(chance: Double) throws(EstimateError) -> Int? {
        try requireProbability(chance, "chance")
        return chanceByEvents.firstIndex { $0 >= chance }
    }

    /// Further requests of the canary until an alarm, with at least this chance: the n that a stage needs.
    ///
    /// Requests are independent, each of both arms' number `share` to the canary, and each has an event with
    /// the production's rate, or that times the ratio.
    ///
    /// - Parameters:
    ///   - chance: 0.5 for the median, 0.9 for the planned n.
    ///   - baseRate: Production's rate of first events per sticky key.
    /// - Returns: nil where the forecast's events do not suffice.
    /// - Throws: `EstimateError.invalidParameter` unless `chance` lies in `(0, 1)` and both arms' rates in
    ///   `(0, 1]`.
    public func canaryRequests(chance: Double, baseRate: Double) throws(EstimateError) -> Int? {
        guard baseRate > 0, baseRate <= 1, baseRate * ratio <= 1 else {
            throw .invalidParameter("base rate", must: "leave both arms a rate in (0, 1]")
        }
        guard let needed = try events(chance: chance) else { return nil }
        let rate = (1 - share) * baseRate + share * baseRate * ratio
        var low = needed
        // The last chance is reached when the forecast's last event is, but for chance.
        let most = 4 * Double(chanceByEvents.count + 10) / rate
        guard most < 0x1p52 else { return nil }
        var high = Int(most)
        guard try chanceByRequests(high, rate) >= chance else { return nil }
        while low < high {
            let middle = low + (high - low) / 2
            if try chanceByRequests(middle, rate) >= chance { high = middle } else { low = middle + 1 }
        }
        return Int((Double(low) * share).rounded(.up))
    }

    /// Over the number of events that so many requests of both arms bring.
    private func chanceByRequests(_ requests: Int, _ rate: Double) throws(EstimateError) -> Double {
        guard rate < 1 else { return chanceByEvents[min(requests, chanceByEvents.count - 1)] }
        let number = try Binomial(trials: requests, probability: rate)
        let mode = min(requests, Int(Double(requests + 1) * rate))
        let odds = rate / (1 - rate)
        let last = chanceByEvents.count - 1
        let peak = try number.mass(mode)
        var sum = peak * chanceByEvents[min(mode, last)]
        var mass = peak
        var k = mode
        while k < requests, mass > 1e-18 {
            mass *= Double(requests - k) / Double(k + 1) * odds
            k += 1
            sum += mass * chanceByEvents[min(k, last)]
        }
        mass = peak
        k = mode
        while k > 0, mass > 1e-18 {
            mass *= Double(k) / (Double(requests - k + 1) * odds)
            k -= 1
            sum += mass * chanceByEvents[min(k, last)]
        }
        return sum
    }
}

extension RateRatioEProcess {
    /// How soon this process would alarm from here, were the true ratio as given.
    ///
    /// - Parameters:
    ///   - ratio: Positive and finite.
    ///   - share: Of the canary, from here on.
    ///   - alpha: Of this process; of one metric of a `HarmMonitor` that is its α times the metric's weight.
    ///   - limit: Events of both arms to look ahead, at most; the forecast ends earlier where an alarm has
    ///     become 99.9 % certain. Ratios below about 1.12 times the tolerated one may never alarm.
    /// - Throws: `EstimateError.invalidParameter`.
    /// - Complexity: O(limit^1.5), some 50 ms for the default.
    ///
    /// P. Armitage, C. K. McPherson, B. C. Rowe, JRSS A 132 (1969) 235–244 (the recursion).
    public func detectionForecast(
        ratio: Double, share: CanaryShare, alpha: Double, limit: Int = 50_000
    ) throws(EstimateError) -> DetectionForecast {
        try requireProbability(alpha, "alpha")
        guard ratio > 0, ratio.isFinite else {
            throw .invalidParameter("ratio", must: "be positive and finite")
        }
        guard limit >= 1, limit <= 10_000_000 else {
            throw .invalidParameter("limit", must: "lie in 1...10,000,000")
        }
        let truth = (share.lower + share.upper) / 2
        let chance = truth * ratio / (1 - truth + truth * ratio)
        var walk = AlarmBoundary(self, share: share, limit: -log(alpha))
        var alive = [1.0]
        /// Canary events from here on that `alive[0]` stands for.
        var first = 0
        var alarmed = walk.crossing <= 0 ? 1.0 : 0
        var chances = [alarmed]
        while chances.count <= limit, alarmed < 0.999 {
            alive.append(0)
            for index in alive.indices.dropFirst().reversed() {
                alive[index] = alive[index] * (1 - chance) + alive[index - 1] * chance
            }
            alive[0] *= 1 - chance
            walk.advance()
            while first + alive.count > max(walk.crossing, first), let over = alive.popLast() {
                alarmed += over
            }
            var vanished = 0
            while vanished < alive.count, alive[vanished] < 1e-20 { vanished += 1 }
            if vanished > 0 {
                alive.removeFirst(vanished)
                first += vanished
            }
            chances.append(min(1, alarmed))
            if alive.isEmpty { break }
        }
        return DetectionForecast(ratio: ratio, share: truth, alpha: alpha, chanceByEvents: chances)
    }
}

/// The smallest number of further canary events at which a process alarms, after each further event.
private struct AlarmBoundary {
    private(set) var crossing = 0
    private var logs: SIMD8<Double>
    private let drift: SIMD8<Double>
    private let limit: Double

    init(_ process: RateRatioEProcess, share: CanaryShare, limit: Double) {
        logs = process.logTerms
        drift = RateRatioEProcess.drift(
            share: share.upper, null: process.toleratedRatio, RateRatioEProcess.ratioVector)
        self.limit = limit
        seek()
    }

    mutating func advance() {
        logs += drift
        seek()
    }

    /// Every event lowers the evidence of a given number of canary events, so the boundary only rises.
    private mutating func seek() {
        while logMean(logs + Double(crossing) * RateRatioEProcess.logRatios) < limit { crossing += 1 }
    }
}
