import Glibc

/// Evidence that two arms differ in the rate of a common outcome, block by block, where no sticky key fixes
/// the split: a 2×2 table that may be looked at after every block.
///
/// A block is what both arms did in a short time, for example a second; its sizes nᵃ, nᵇ may be anything that
/// the outcomes do not decide. From the blocks before it each arm's rate is estimated by θ = (s + β) / (n +
/// 2β), and the block bets on these two rates against their common mean θ₀ = (nᵃθᵃ + nᵇθᵇ) / (nᵃ + nᵇ):
///
///     E ← E · Π (θᵃ/θ₀)^sᵃ ((1−θᵃ)/(1−θ₀))^fᵃ (θᵇ/θ₀)^sᵇ ((1−θᵇ)/(1−θ₀))^fᵇ
///
/// whose mean is at most 1 for every common rate, also one that moves from block to block: where ever E ≥ 1/α
/// one may stop, at a false alarm rate of at most α. One-sided, a block bets only where the estimates differ
/// in the direction that is claimed; then the mean is at most 1 for every pair of rates that do not.
///
/// Holds where outcomes are independent given the arm. Where users repeat themselves it does not: use the
/// first event per sticky key in `RateRatioEProcess` there.
///
/// At a tenth of the traffic, in blocks of 10 and 90 and at α .0015, 5 → 10 % is found after 460 canary
/// requests (median) and 10 → 15 % after 740: as soon as the rate-ratio mixture does.
///
/// Four counts and a logarithm. An update is O(1), about five logarithms, and allocates nothing.
///
/// R. Turner, A. Ly, P. Grünwald, arXiv 2106.02693 (Theorem 1; the prior is theirs).
public struct TwoProportionEProcess: Sendable, Hashable {
    /// What the canary's rate is claimed to be, against production's.
    public let alternative: Alternative
    /// β of each arm's Beta(β, β) prior.
    public let prior: Double
    public private(set) var canary = Tally()
    public private(set) var production = Tally()
    /// ln E, 0 before the second block.
    public private(set) var logEValue = 0.0

    /// The outcomes of one arm.
    public struct Tally: Sendable, Hashable, Codable {
        public fileprivate(set) var events = 0
        public fileprivate(set) var trials = 0
    }

    /// - Throws: `EstimateError.invalidParameter` unless the prior is positive and finite.
    public init(alternative: Alternative, prior: Double = 0.18) throws(EstimateError) {
        guard prior > 0, prior.isFinite else {
            throw .invalidParameter("prior", must: "be positive and finite")
        }
        self.alternative = alternative
        self.prior = prior
    }

    /// One block. A block in which one arm had no trials bets nothing, and is remembered.
    /// - Throws: `EstimateError.invalidCounts`; the process is then unchanged.
    public mutating func add(
        canaryEvents: Int, canaryTrials: Int, productionEvents: Int, productionTrials: Int
    ) throws(EstimateError) {
        try requireCounts(canaryEvents, of: canaryTrials, "canary events and trials")
        try requireCounts(productionEvents, of: productionTrials, "production events and trials")
        try requireCounts(canary.trials + canaryTrials, of: 1 << 52, "canary trials")
        try requireCounts(production.trials + productionTrials, of: 1 << 52, "production trials")
        let first = estimate(canary)
        let second = estimate(production)
        let bets =
            switch alternative {
            case .twoSided: first != second
            case .greater: first > second
            case .less: first < second
            }
        if bets, canaryTrials > 0, productionTrials > 0 {
            let weight = Double(canaryTrials) / (Double(canaryTrials) + Double(productionTrials))
            let common = second + weight * (first - second)
            logEValue += gain(first, over: common, events: canaryEvents, trials: canaryTrials)
            logEValue += gain(second, over: common, events: productionEvents, trials: productionTrials)
        }
        canary.events += canaryEvents
        canary.trials += canaryTrials
        production.events += productionEvents
        production.trials += productionTrials
    }

    /// Adds the evidence of another process over *other* requests: the product of both is an e-process too.
    ///
    /// Counts add exactly, logarithms but for rounding. Each of the two learnt the rates alone, so merged
    /// processes find less than one process that is fed the gateways' summed blocks; prefer that.
    /// - Throws: `EstimateError.invalidParameter` where alternative or prior differ, `.invalidCounts`.
    public mutating func merge(_ other: TwoProportionEProcess) throws(EstimateError) {
        guard alternative == other.alternative, prior == other.prior else {
            throw .invalidParameter("alternative and prior", must: "be the same in both")
        }
        try requireCounts(canary.trials + other.canary.trials, of: 1 << 52, "canary trials")
        try requireCounts(production.trials + other.production.trials, of: 1 << 52, "production trials")
        canary.events += other.canary.events
        canary.trials += other.canary.trials
        production.events += other.production.events
        production.trials += other.production.trials
        logEValue += other.logEValue
    }

    /// E; the largest number where E exceeds it.
    public var eValue: Double { bounded(exp: logEValue) }

    /// Whether E ≥ 1/α now.
    /// - Throws: `EstimateError.invalidParameter` unless `alpha` lies in `(0, 1)`.
    public func alarms(alpha: Double) throws(EstimateError) -> Bool {
        try requireProbability(alpha, "alpha")
        return logEValue >= -log(alpha)
    }

    private func estimate(_ tally: Tally) -> Double {
        (Double(tally.events) + prior) / (Double(tally.trials) + 2 * prior)
    }

    private func gain(_ rate: Double, over common: Double, events: Int, trials: Int) -> Double {
        let difference = rate - common
        return Double(events) * log1p(difference / common)
            + Double(trials - events) * log1p(-difference / (1 - common))
    }
}

extension TwoProportionEProcess: Codable {
    private enum CodingKeys: String, CodingKey {
        case alternative
        case prior
        case canary
        case production
        case logEValue
    }

    private static let words: [(word: String, value: Alternative)] = [
        ("less", .less), ("greater", .greater), ("two-sided", .twoSided),
    ]

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let word = try container.decode(String.self, forKey: .alternative)
        guard let known = Self.words.first(where: { $0.word == word }) else {
            throw EstimateError.invalidParameter("alternative", must: "be less, greater or two-sided")
        }
        try self.init(alternative: known.value, prior: container.decode(Double.self, forKey: .prior))
        canary = try container.decode(Tally.self, forKey: .canary)
        production = try container.decode(Tally.self, forKey: .production)
        logEValue = try container.decode(Double.self, forKey: .logEValue)
        try requireCounts(canary.events, of: canary.trials, "canary events and trials")
        try requireCounts(production.events, of: production.trials, "production events and trials")
        guard logEValue.isFinite else { throw EstimateError.notFinite(index: 0, of: "logEValue") }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let word = Self.words.first { $0.value == alternative }?.word
        try container.encode(word, forKey: .alternative)
        try container.encode(prior, forKey: .prior)
        try container.encode(canary, forKey: .canary)
        try container.encode(production, forKey: .production)
        try container.encode(logEValue, forKey: .logEValue)
    }
}
