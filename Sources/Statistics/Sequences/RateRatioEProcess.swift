import Glibc

/// Evidence that events befall the canary's users more often than production's: a test that may be looked at
/// after every event, for ever.
///
/// Counted is the **first** event of each sticky key and metric, by the arm that the key was *assigned*. The
/// key is what was randomised, and so is the unit of inference: an unlucky user's burst of six errors is one
/// coin toss, not six, and counting requests would raise several times the stated share of false alarms. The
/// gateway does that.
///
/// While the canary gets a share p and its rate is r times production's, an event is the canary's with
/// probability pr / (1 − p + pr), whatever the rate itself is and however it moves. Against a tolerated ratio
/// ρ each alternative ρ·rⱼ bets
///
///     E = Σⱼ wⱼ rⱼᴷ Πₛ ((1 − pₛ + pₛρ) / (1 − pₛ + pₛρrⱼ))^Mₛ ,  w = 1/8
///
/// over K events of the canary in all and Mₛ of both arms in stage s. Every factor's mean is 1 at the ratio ρ
/// and below 1 under it, since a canary event multiplies by more than 1 and a production event by less: so E
/// is a supermartingale for every true ratio up to ρ, also one that moves, and P(E ever ≥ 1/α) ≤ α (Ville).
/// Improvements never alarm. The mixture is carried over the stages without restart.
///
/// The state is integers, a pair for each distinct share: gateways' counts add exactly, in any order.
/// `record` is O(log stages) and allocates only at a share not seen before; `logEValue` is O(stages).
///
/// H. Robbins, Annals of Mathematical Statistics 41 (1970) 1397–1409 (mixtures); M. Lindon, A. Malek,
/// arXiv 2011.03567 (counts whose rates move).
public struct RateRatioEProcess: Sendable, Hashable {
    /// The alternatives, as multiples of the tolerated ratio; each has the weight 1/8.
    public static let ratios: [Double] = [1.25, 1.5, 2, 3, 5, 10, 30, 100]

    /// ρ: what the canary's rate may be, as a multiple of production's, without alarm.
    public let toleratedRatio: Double
    /// K: events of the canary, over all stages.
    public private(set) var canaryEvents = 0
    /// Sorted by share.
    private var cells: [Cell] = []

    /// The events that were counted at one share.
    public struct Stage: Sendable, Hashable, Codable {
        public let share: CanaryShare
        public let canaryEvents: Int
        public let productionEvents: Int
    }

    /// - Parameter toleratedRatio: Usually 1, and 1.1 for common events.
    /// - Throws: `EstimateError.invalidParameter` unless it is positive and finite.
    public init(toleratedRatio: Double = 1) throws(EstimateError) {
        guard toleratedRatio > 0, toleratedRatio.isFinite else {
            throw .invalidParameter("tolerated ratio", must: "be positive and finite")
        }
        self.toleratedRatio = toleratedRatio
    }

    /// Counts one event, at the share that held when its key was assigned.
    public mutating func record(inCanary: Bool, share: CanaryShare) {
        let place = cell(of: share)
        if inCanary {
            cells[place].canary += 1
            canaryEvents += 1
        } else {
            cells[place].production += 1
        }
    }

    /// Counts events of one share at once, for example a gateway's last second.
    /// - Throws: `EstimateError.invalidCounts` for negative counts, or sums above 2⁵².
    public mutating func add(canary: Int, production: Int, share: CanaryShare) throws(EstimateError) {
        try requireCounts(canary, of: 1 << 52, "events")
        try requireCounts(production, of: 1 << 52, "events")
        guard events + canary + production <= 1 << 52 else { throw .invalidCounts("events") }
        if canary == 0, production == 0 { return }
        let place = cell(of: share)
        cells[place].canary += canary
        cells[place].production += production
        canaryEvents += canary
    }

    /// Adds what another gateway counted, of other keys.
    ///
    /// Associative and commutative, exactly: any order gives the same value.
    /// - Throws: `EstimateError.invalidParameter` where the tolerated ratios differ, `.invalidCounts`.
    public mutating func merge(_ other: RateRatioEProcess) throws(EstimateError) {
        guard toleratedRatio == other.toleratedRatio else {
            throw .invalidParameter("tolerated ratio", must: "be the same in both")
        }
        for cell in other.cells {
            try add(canary: cell.canary, production: cell.production, share: cell.share)
        }
    }

    /// Events of both arms, over all stages.
    public var events: Int {
        var sum = 0
        for cell in cells { sum += cell.events }
        return sum
    }

    /// The counts, by share in ascending order.
    public var stages: [Stage] {
        cells.map {
            Stage(share: $0.share, canaryEvents: $0.canary, productionEvents: $0.production)
        }
    }

    /// ln E, 0 before the first event. Finite for all counts.
    public var logEValue: Double { logMean(logTerms) }

    /// ln of each alternative's bet.
    var logTerms: SIMD8<Double> {
        var logs = Double(canaryEvents) * Self.logRatios
        for cell in cells { logs += Double(cell.events) * cell.drift }
        return logs
    }

    /// E; the largest number where E exceeds it.
    public var eValue: Double { bounded(exp: logEValue) }

    /// Whether E ≥ 1/α now. Where one acts at the first such moment, a healthy canary is stopped in at most a
    /// share α of all releases.
    /// - Throws: `EstimateError.invalidParameter` unless `alpha` lies in `(0, 1)`.
    public func alarms(alpha: Double) throws(EstimateError) -> Bool {
        try requireProbability(alpha, "alpha")
        let limit = -log(alpha)
        // The mean of the alternatives is at most the best of them; that spares most looks eight
        // exponentials.
        let logs = logTerms
        return logs.max() >= limit && logMean(logs) >= limit
    }

    private struct Cell: Sendable, Hashable {
        let share: CanaryShare
        var canary = 0
        var production = 0
        /// What one event of either arm adds to the logarithm of each alternative's bet.
        let drift: SIMD8<Double>

        var events: Int { canary + production }
    }

    private mutating func cell(of share: CanaryShare) -> Int {
        var low = 0
        var high = cells.count
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].share < share { low = middle + 1 } else { high = middle }
        }
        if low < cells.count, cells[low].share == share { return low }
        let drift = Self.drift(share: share.upper, null: toleratedRatio, Self.ratioVector)
        cells.insert(Cell(share: share, drift: drift), at: low)
        return low
    }
}

extension RateRatioEProcess {
    static let ratioVector = SIMD8<Double>(1.25, 1.5, 2, 3, 5, 10, 30, 100)
    static let logRatios = logarithms(ratioVector)

    private static func logarithms(_ values: SIMD8<Double>) -> SIMD8<Double> {
        var out = values
        for index in 0..<8 { out[index] = log(values[index]) }
        return out
    }

    /// ln((1 − p + pρ) / (1 − p + pρr)) for each alternative r.
    static func drift(share: Double, null: Double, _ ratios: SIMD8<Double>) -> SIMD8<Double> {
        var out = SIMD8<Double>(repeating: logWeight(share, null))
        for index in 0..<8 { out[index] -= logWeight(share, null * ratios[index]) }
        return out
    }

    /// ln(1 − p + pr), precise where it is near 0 and where 1 − p is.
    private static func logWeight(_ share: Double, _ ratio: Double) -> Double {
        let change = share * (ratio - 1)
        return abs(change) < 0.5 ? log1p(change) : log((1 - share) + share * ratio)
    }
}

extension RateRatioEProcess: Codable {
    private enum CodingKeys: CodingKey {
        case toleratedRatio
        case stages
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(toleratedRatio: container.decode(Double.self, forKey: .toleratedRatio))
        for stage in try container.decode([Stage].self, forKey: .stages) {
            try add(canary: stage.canaryEvents, production: stage.productionEvents, share: stage.share)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(toleratedRatio, forKey: .toleratedRatio)
        try container.encode(stages, forKey: .stages)
    }
}
