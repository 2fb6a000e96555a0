import Glibc
import Statistics

/// The confidence sequence of a quantile: whether it ever excludes the true one.
func quantileSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    let levels = [0.5, 0.95, 0.99]
    let most = size == .full ? 20_000.0 : 3_000.0
    // Ranks depend on n alone: looks at fixed n, worked out once.
    var looks: [Int] = []
    for step in 0..<60 { looks.append(Int((50 * pow(most / 50, Double(step) / 59)).rounded())) }
    struct Kind {
        let name: String
        var assumptions = CharacteristicRow.Assumptions.hold
        /// Equal requests in a row.
        var clump = 1
        /// The probability of the true quantile itself, spread around its level.
        var tie = 0.0
    }
    let kinds = [
        Kind(name: "independent latencies, any continuous distribution"),
        Kind(name: "latencies rounded to steps that hold 4 % each", tie: 0.04),
        Kind(
            name: "ten requests of each user that are equally slow",
            assumptions: .broken("requests of a user are not independent"), clump: 10),
    ]
    func cell(_ kind: Kind, _ level: Double, _ seed: UInt64) throws -> CharacteristicCell {
        let ranks = try QuantileRanks(level: level)
        var bounds: [(n: Int, lower: Int?, upper: Int?)] = []
        for n in looks { bounds.append((n, try ranks.lowerRank(n: n), try ranks.upperRank(n: n))) }
        let known = bounds
        let clump = kind.clump
        let below = kind.tie == 0 ? level : max(0, level - kind.tie / 2)
        let tie = kind.tie == 0 ? 0 : min(1, level + kind.tie / 2) - below
        return CharacteristicCell(alpha: 0.1, replications: 4000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            var n = 0
            var less = 0
            var atMost = 0
            for look in known {
                let clumps = max(0, (look.n - n) / clump)
                let under = stream.binomial(clumps, below)
                let at = stream.binomial(clumps - under, tie / (1 - below))
                less += under * clump
                atMost += (under + at) * clump
                n += clumps * clump
                guard n == look.n || clump > 1 else { continue }
                if let rank = look.upper, less >= rank { return CharacteristicTrial(true) }
                if let rank = look.lower, atMost < rank - (look.n - n) { return CharacteristicTrial(true) }
            }
            return CharacteristicTrial(false)
        }
    }
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, level) in levels.enumerated() {
            cells.append(try cell(kind, level, UInt64(3300 + number * 3 + column)))
        }
        rows.append(CharacteristicRow(kind.name, kind.assumptions, cells: cells))
    }
    return [
        CharacteristicSection(
            title: "Quantiles: sequences that ever exclude the true one",
            lead: """
                Two-sided 90 % confidence sequences (α = .1) from 50 to \(thousands(Int(most))) requests, 60 looks spaced \
                evenly in the logarithm.
                """,
            head: "latencies", columns: ["median", "p95", "p99"], rows: rows)
    ]
}
