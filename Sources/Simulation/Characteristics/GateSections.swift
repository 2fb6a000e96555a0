import Glibc
import Statistics

/// What becomes of a gate's error rate: tried again and again, judged by noise, with answers missing.
func gateSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [retryLottery(size), try judgedGates(size)]
}

/// A candidate at its margin, asked again until it ships.
private func retryLottery(_ size: CharacteristicCatalogue.Size) -> CharacteristicSection {
    /// What the next try looks at.
    enum Next {
        /// The same examples, asked again: half of a difference's variance stays.
        case again
        /// All examples so far and as many fresh ones.
        case more
        /// Fresh ones alone.
        case fresh
    }
    func cell(tries: Int, next: Next, halves: Bool, seed: UInt64) -> CharacteristicCell {
        let limit = tries == 1 || !halves ? 0.05 : 0.1
        return CharacteristicCell(alpha: limit, replications: 20_000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            // The mean of some hundred differences, standardised at its true value, −m.
            let common = stream.normal()
            var sum = 0.0
            var level = 0.05
            for number in 1...tries {
                let draw = stream.normal()
                sum += draw
                let z =
                    switch next {
                    case .again: (common + draw) / 2.0.squareRoot()
                    case .more: sum / Double(number).squareRoot()
                    case .fresh: draw
                    }
                if let p = try? Normal.survival(z), p < level { return CharacteristicTrial(true) }
                if halves { level /= 2 }
            }
            return CharacteristicTrial(false)
        }
    }
    let tries = [1, 2, 5, 10]
    func row(
        _ name: String, _ assumptions: CharacteristicRow.Assumptions, _ next: Next, halves: Bool,
        note: String = "", seed: UInt64
    ) -> CharacteristicRow {
        let cells = tries.map { cell(tries: $0, next: next, halves: halves, seed: seed + UInt64($0)) }
        return CharacteristicRow(name, assumptions, note: note, cells: cells)
    }
    let again = CharacteristicRow.Assumptions.broken("a bound for one look is looked at again")
    return CharacteristicSection(
        title: "The retry lottery: candidates at their margin that ship in the end",
        lead: """
            `no worse than baseline by m` at 95 %, true d = −m, tried until it passes. Where the same \
            examples are asked again, half of the variance comes with the examples and half with each answer. The \
            gates halve the level with each \
            attempt: 5 % for the first, less than 10 % over all.
            """,
        head: "level of each try", columns: tries.map { $0 == 1 ? "1 try" : "\($0) tries" },
        rows: [
            row(
                "5 %, each try adds as many fresh examples", again, .more, halves: false,
                note: "design: 13.5 % at five", seed: 3600),
            row("5 %, the same examples asked again", again, .again, halves: false, seed: 3620),
            row("5 %, fresh examples alone", again, .fresh, halves: false, seed: 3640),
            row("halved, each try adds as many fresh examples", .hold, .more, halves: true, seed: 3660),
            row("halved, the same examples asked again", .hold, .again, halves: true, seed: 3680),
            row("halved, fresh examples alone", .hold, .fresh, halves: true, seed: 3700),
        ])
}

/// Pass and fail judged by a judge with errors, at the margin.
private func judgedGates(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let margin = 0.1
    struct Kind {
        let name: String
        var assumptions = CharacteristicRow.Assumptions.hold
        var sensitivity = 0.9
        var specificity = 0.8
        /// How much less often the judge refuses the candidate's bad answers than the baseline's.
        var favour = 0.0
        /// Whether the margin is shrunk by J.
        var shrinks = true
        /// The share of the candidate's bad answers on which the judge fails.
        var fails = 0.0
        var imputes = true
    }
    let kinds = [
        Kind(name: "labels without error", sensitivity: 1, specificity: 1),
        Kind(name: "a judge with sensitivity .9 and specificity .8, margin m·J"),
        Kind(
            name: "the same judge, margin m as it stands",
            assumptions: .broken("the judge shrinks d by J = .7"),
            shrinks: false),
        Kind(
            name: "a judge with specificity .8 for the baseline and .7 for the candidate, margin m·J",
            assumptions: .broken("the judge's errors depend on the arm"), favour: 0.1),
        Kind(
            name: "the judge fails on one in five of the candidate's bad answers; imputed against it",
            sensitivity: 1, specificity: 1, fails: 0.2),
        Kind(
            name: "the same, left out", assumptions: .broken("missing not at random"), sensitivity: 1,
            specificity: 1, fails: 0.2, imputes: false),
    ]
    func cell(_ kind: Kind, n: Int, seed: UInt64) -> CharacteristicCell {
        let limit = kind.shrinks ? margin * (kind.sensitivity + kind.specificity - 1) : margin
        let kind = kind
        return CharacteristicCell(alpha: 0.05, replications: size == .full ? 10_000 : 2_000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            func judged(_ isGood: Bool, _ favour: Double) -> Bool {
                stream.unit() < (isGood ? kind.sensitivity : 1 - kind.specificity + favour)
            }
            var counts = (both: 0, baseline: 0, candidate: 0, neither: 0)
            for _ in 0..<n {
                // 80 % good; of the candidate's a tenth of all is lost besides what moves either way.
                let was = stream.unit() < 0.8
                let isLost = stream.unit() < (margin + 0.04) / 0.8
                let isWon = stream.unit() < 0.04 / 0.2
                let now = was ? !isLost : isWon
                var after = judged(now, kind.favour)
                if !now, kind.fails > 0, stream.unit() < kind.fails {
                    if !kind.imputes { continue }
                    after = false
                }
                switch (judged(was, 0), after) {
                case (true, true): counts.both += 1
                case (true, false): counts.baseline += 1
                case (false, true): counts.candidate += 1
                case (false, false): counts.neither += 1
                }
            }
            let table = try? PairedCounts(
                both: counts.both, onlyBaseline: counts.baseline, onlyCandidate: counts.candidate,
                neither: counts.neither)
            guard let table, let interval = try? tangoInterval(table) else {
                return CharacteristicTrial(true)
            }
            return CharacteristicTrial(interval.lower > -limit)
        }
    }
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        rows.append(
            CharacteristicRow(
                kind.name, kind.assumptions,
                cells: [200, 500].enumerated().map { column, n in
                    cell(kind, n: n, seed: UInt64(3800 + number * 2 + column))
                }))
    }
    return CharacteristicSection(
        title: "Judged pass and fail: candidates at their margin that ship",
        lead: """
            `no worse than baseline by .1` on paired pass/fail, Tango's bound at 95 %, true d = −.1: 80 % of the \
            baseline's answers are good, and 4 % move either way besides.
            """,
        head: "judge", columns: ["200 examples", "500 examples"], rows: rows)
}
