import Statistics

/// The 2×2 e-process for outcomes without a sticky key.
func commonOutcomeSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    let bases = [0.01, 0.1, 0.5]
    struct Kind {
        let name: String
        var assumptions = CharacteristicRow.Assumptions.hold
        var clump = 1
        var wave = false
        var isShifted = false
        var note = ""
    }
    let kinds = [
        Kind(name: "independent outcomes"),
        Kind(name: "a rate that doubles and halves, in both arms alike", wave: true),
        Kind(name: "an improvement: .8 times the rate", isShifted: true),
        Kind(
            name: "outcomes that come six at a time", assumptions: .broken("outcomes are not independent"),
            clump: 6),
    ]
    let blocks = size == .full ? 1000 : 200
    let start = try TwoProportionEProcess(alternative: .greater)
    func cell(_ kind: Kind, _ base: Double, _ seed: UInt64) -> CharacteristicCell {
        let clump = kind.clump
        let wave = kind.wave
        let ratio = kind.isShifted ? 0.8 : 1
        return CharacteristicCell(alpha: 0.01, replications: 4000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            var process = start
            for block in 0..<blocks {
                let rate = wave ? base * (block / 50 % 2 == 0 ? 0.5 : 1.5) : base
                let canary = stream.poisson(4)
                let production = stream.poisson(36)
                let bad = stream.binomial(canary, rate * ratio)
                let usual = stream.binomial(production, rate)
                let added: Void? = try? process.add(
                    canaryEvents: bad * clump, canaryTrials: canary * clump,
                    productionEvents: usual * clump, productionTrials: production * clump)
                guard added != nil else { return CharacteristicTrial(true) }
                if (try? process.alarms(alpha: 0.01)) ?? true { return CharacteristicTrial(true) }
            }
            return CharacteristicTrial(false)
        }
    }
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, base) in bases.enumerated() {
            cells.append(cell(kind, base, UInt64(3000 + number * 3 + column)))
        }
        rows.append(CharacteristicRow(kind.name, kind.assumptions, note: kind.note, cells: cells))
    }
    return [
        CharacteristicSection(
            title: "2×2 e-process for common outcomes without a key: false alarms",
            lead: """
                Blocks of a second with 4 requests of the candidate and 36 of the baseline on average, \(thousands(blocks)) \
                blocks, looked at after each; one-sided, α = .01.
                """,
            head: "outcomes", columns: ["rate 1 %", "rate 10 %", "rate 50 %"], rows: rows)
    ]
}
