import Statistics

/// The sample ratio, and the fuse.
func splitSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [try splitFalseAlarms(size), try splitDelays(size), try fuseTrips(size), try fuseDelays(size)]
}

private let stagedShares = [0.01, 0.1, 0.5]

private func watchSplit(
    _ population: UserPopulation, shareError: Double, requests: Double, countsRequests: Bool = false,
    replications: Int, alpha: Double, seed: UInt64
) throws -> CharacteristicCell {
    let model = TrafficModel(
        rate: requests / 3000, population: population, metrics: [], shareError: shareError)
    let start = try SampleRatioEProcess()
    let splits = try stagedShares.map { try SampleShares(canary: $0) }
    return CharacteristicCell(alpha: alpha, replications: replications) { replication in
        var process = start
        var world = TrafficWorld(model: model, seed: seed, replication: replication)
        var keys = 0
        for (stage, share) in stagedShares.enumerated() {
            world.open(stage: stage, share: share)
            for _ in 0..<100 {
                let slot = world.next(seconds: 10)
                let counts = countsRequests ? slot.requests : slot.newKeys
                keys += counts.total
                let added: Void? = try? process.add(
                    keys: [counts.baseline, counts.candidate], shares: splits[stage])
                guard added != nil else { return CharacteristicTrial(alarm: Double(keys)) }
                if (try? process.alarms(alpha: 0.001)) ?? true {
                    return CharacteristicTrial(alarm: Double(keys))
                }
            }
        }
        return .silent
    }
}

private func splitFalseAlarms(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let requests = size == .full ? 300_000.0 : 30_000
    let users = Int(requests / 3)
    func row(
        _ name: String, _ population: UserPopulation, _ assumptions: CharacteristicRow.Assumptions = .hold,
        countsRequests: Bool = false, seed: UInt64
    ) throws -> CharacteristicRow {
        let cell = try watchSplit(
            population, shareError: 1, requests: requests, countsRequests: countsRequests,
            replications: 8000, alpha: 0.001, seed: seed)
        return CharacteristicRow(name, assumptions, cells: [cell])
    }
    return CharacteristicSection(
        title: "Sample ratio: false alarms",
        lead: """
            A split as configured, stages of 1, 10 and 50 %, \(thousands(Int(requests))) requests of \(thousands(users)) users, α = .001, \
            looked at 300 times.
            """,
        head: "counted", columns: ["false alarms"],
        rows: [
            try row("first-seen keys", .equal(users: users), seed: 3500),
            try row(
                "first-seen keys of heavy-tailed users", .heavyTailed(users: users, index: 1.2), seed: 3501),
            try row(
                "requests of heavy-tailed users", .heavyTailed(users: users, index: 1.2),
                .broken("requests of a user all go to one arm"), countsRequests: true, seed: 3502),
        ])
}

private func splitDelays(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    var rows: [CharacteristicRow] = []
    for (number, error) in [1.05, 1.1, 1.2, 1.5, 2].enumerated() {
        let cell = try watchSplit(
            .everyRequest, shareError: min(error, 1.99), requests: size == .full ? 600_000 : 60_000,
            replications: 1000, alpha: 1, seed: UInt64(3510 + number))
        let words = error == 2 ? "2 times" : "\(Int(((error - 1) * 100).rounded())) %"
        rows.append(
            CharacteristicRow(
                "share larger by \(words)", .none, note: error == 2 ? "99.5 % in the last stage" : "",
                cells: [cell]))
    }
    return CharacteristicSection(
        title: "Sample ratio: keys until the alarm",
        lead: """
            Stages of 1, 10 and 50 % with 200,000 keys each, α = .001; keys of both arms, median / 90 %, in brackets \
            the share of rollouts with an alarm where it is not all. One per cent of a small stage says little: most \
            small errors show in the later stages.
            """,
        head: "true share", columns: ["keys of both arms"], measure: .delay(unit: "keys"), rows: rows)
}

/// Outcomes one by one; a burst is so many failures in a row.
private func trips(
    _ rate: Double, burst: Int, byKey: Bool, naive: Bool, most: Int, seed: UInt64
) throws
    -> @Sendable (Int) -> CharacteristicTrial
{
    let start = try BinomialFuse(limit: 0.05)
    return { replication in
        var stream = RandomStream(seed: seed, stream: UInt64(replication))
        var fuse = start
        var window = [Bool](repeating: false, count: 50)
        var failures = 0
        var left = 0
        for number in 0..<most {
            var failed = left > 0
            if failed {
                left -= 1
                if byKey { failed = false }
            } else if stream.unit() * Double(burst) < rate {
                failed = true
                left = burst - 1
            }
            if naive {
                failures += (failed ? 1 : 0) - (window[number % 50] ? 1 : 0)
                window[number % 50] = failed
                if number >= 49, Double(failures) > 0.05 * 50 {
                    return CharacteristicTrial(alarm: Double(number + 1))
                }
            } else if fuse.record(failed: failed) {
                return CharacteristicTrial(alarm: Double(number + 1))
            }
        }
        return .silent
    }
}

private func fuseTrips(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let most = size == .full ? 20_000 : 2_000
    var rows: [CharacteristicRow] = []
    let kinds: [(name: String, rate: Double, burst: Int)] = [
        ("errors .1 %", 0.001, 1), ("errors 1 %", 0.01, 1), ("errors 3 %", 0.03, 1),
        ("errors 1 %, bursts of six", 0.01, 6), ("errors 5 %, the limit itself", 0.05, 1),
    ]
    for (number, kind) in kinds.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (naive, byKey) in [(false, true), (false, false), (true, false)] {
            cells.append(
                CharacteristicCell(
                    alpha: 1, replications: 2000,
                    trial: try trips(
                        kind.rate, burst: kind.burst, byKey: byKey, naive: naive, most: most,
                        seed: UInt64(3520 + number))))
        }
        rows.append(CharacteristicRow(kind.name, .none, cells: cells))
    }
    return CharacteristicSection(
        title: "Fuse at a limit of 5 %: trips",
        lead: """
            \(thousands(most)) requests of one arm. The fuse's level (10⁻⁵ a window) is of one look, so that no α stands over \
            all: what counts is that it is silent below the limit. Beside it the rule that trips where more than \
            5 % of the last 50 requests failed.
            """,
        head: "true rate",
        columns: ["fuse, one failure a key", "fuse, every request", "share of the last 50 above 5 %"],
        rows: rows)
}

private func fuseDelays(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    var rows: [CharacteristicRow] = []
    for (number, rate) in [0.1, 0.2, 0.5, 1].enumerated() {
        let cell = CharacteristicCell(
            alpha: 1, replications: 2000,
            trial: try trips(
                rate, burst: 1, byKey: true, naive: false, most: 20_000, seed: UInt64(3530 + number)))
        rows.append(CharacteristicRow("\(Int(rate * 100)) % fail", .none, cells: [cell]))
    }
    return CharacteristicSection(
        title: "Fuse at a limit of 5 %: requests until it trips",
        lead: "Independent requests of the candidate, from the first one on; median / 90 %.",
        head: "true rate", columns: ["requests"], measure: .delay(unit: "requests"), rows: rows)
}
