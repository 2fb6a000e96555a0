import Glibc

/// Evidence that sticky keys do not reach the arms in the configured shares: the sample-ratio test that may
/// be looked at after every key. A mismatch voids the stage, whatever its metrics say.
///
/// Counted are first-seen keys by the arm that served them. Against the shares ρ stands a Dirichlet mixture
/// around them, αᵢ = κρᵢ:
///
///     E = Πₛ [Γ(κ) / Γ(κ + N)] Πᵢ Γ(αᵢ + nᵢ) / (Γ(αᵢ) ρᵢ^nᵢ)
///
/// a product over stages, each with shares of its own. Under the configured shares E is a martingale.
///
/// κ is how near to ρ a mismatch is expected. At 100 a share of 10 % that is really 20 % is found after 230
/// keys (median, α .001), one that is really 11 % after 16,000; at 10,000, the default of its authors'
/// software, after 1,200 and 18,000. The state is integers: counts of many gateways add exactly, in any
/// order. `record` is O(stages) and allocates only at a split not seen before; `logEValue` is O(stages ×
/// arms) and loses about 10⁻¹⁵·N·ln N to rounding.
///
/// M. Lindon, A. Malek, arXiv 2011.03567.
public struct SampleRatioEProcess: Sendable, Hashable {
    /// κ.
    public let concentration: Double
    /// Sorted by shares.
    private var cells: [Cell] = []

    /// The keys that were first seen under one configured split.
    public struct Stage: Sendable, Hashable, Codable {
        public let shares: SampleShares
        /// In the arms' order.
        public let keys: [Int]
    }

    /// - Throws: `EstimateError.invalidParameter` unless the concentration is positive and finite.
    public init(concentration: Double = 100) throws(EstimateError) {
        guard concentration > 0, concentration.isFinite else {
            throw .invalidParameter("concentration", must: "be positive and finite")
        }
        self.concentration = concentration
    }

    /// Counts one key that was never seen before.
    /// - Parameter arm: Its place in the shares.
    public mutating func record(arm: Int, shares: SampleShares) {
        let place = cell(of: shares)
        cells[place].keys[arm] += 1
    }

    /// Counts keys of one split at once.
    /// - Throws: `EstimateError.unequalLengths` unless there is a count for each share, `.invalidCounts`.
    public mutating func add(keys: [Int], shares: SampleShares) throws(EstimateError) {
        guard keys.count == shares.values.count else {
            throw .unequalLengths(keys.count, shares.values.count)
        }
        for count in keys { try requireCounts(count, of: 1 << 52, "keys") }
        let place = cell(of: shares)
        for (arm, count) in keys.enumerated() {
            try requireCounts(cells[place].keys[arm] + count, of: 1 << 52, "keys")
        }
        for (arm, count) in keys.enumerated() { cells[place].keys[arm] += count }
    }

    /// Adds what another gateway saw first. Associative and commutative, exactly.
    /// - Throws: `EstimateError.invalidParameter` where the concentrations differ, `.invalidCounts`.
    public mutating func merge(_ other: SampleRatioEProcess) throws(EstimateError) {
        guard concentration == other.concentration else {
            throw .invalidParameter("concentration", must: "be the same in both")
        }
        for cell in other.cells { try add(keys: cell.keys, shares: cell.shares) }
    }

    /// The counts, by shares in ascending order.
    public var stages: [Stage] { cells.map { Stage(shares: $0.shares, keys: $0.keys) } }

    /// ln E, 0 before the first key.
    public var logEValue: Double {
        var sum = 0.0
        for cell in cells { sum += cell.logEValue(concentration) }
        return sum
    }

    /// E; the largest number where E exceeds it.
    public var eValue: Double { bounded(exp: logEValue) }

    /// Whether E ≥ 1/α now.
    /// - Throws: `EstimateError.invalidParameter` unless `alpha` lies in `(0, 1)`.
    public func alarms(alpha: Double) throws(EstimateError) -> Bool {
        try requireProbability(alpha, "alpha")
        return logEValue >= -log(alpha)
    }

    private struct Cell: Sendable, Hashable {
        let shares: SampleShares
        var keys: [Int]
        let logShares: [Double]
        /// ln Γ(κ) − Σ ln Γ(κρᵢ)
        let logNorm: Double

        init(_ shares: SampleShares, _ concentration: Double) {
            self.shares = shares
            keys = shares.values.map { _ in 0 }
            logShares = shares.values.map { log($0) }
            var norm = logGamma(concentration)
            for share in shares.values { norm -= logGamma(concentration * share) }
            logNorm = norm
        }

        func logEValue(_ concentration: Double) -> Double {
            var total = 0
            var out = logNorm
            for arm in keys.indices {
                let count = Double(keys[arm])
                total += keys[arm]
                out += logGamma(concentration * shares.values[arm] + count) - count * logShares[arm]
            }
            // Exactly nothing is known before the first key.
            return total == 0 ? 0 : out - logGamma(concentration + Double(total))
        }
    }

    private mutating func cell(of shares: SampleShares) -> Int {
        // Nearly always there is one stage, the last one asked for among few.
        for index in cells.indices where cells[index].shares == shares { return index }
        let place = cells.firstIndex { shares < $0.shares } ?? cells.count
        cells.insert(Cell(shares, concentration), at: place)
        return place
    }
}

private func logGamma(_ x: Double) -> Double { lgamma(x).0 }

extension SampleRatioEProcess: Codable {
    private enum CodingKeys: CodingKey {
        case concentration
        case stages
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(concentration: container.decode(Double.self, forKey: .concentration))
        for stage in try container.decode([Stage].self, forKey: .stages) {
            try add(keys: stage.keys, shares: stage.shares)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(concentration, forKey: .concentration)
        try container.encode(stages, forKey: .stages)
    }
}
