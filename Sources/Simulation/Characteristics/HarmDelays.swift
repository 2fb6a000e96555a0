import Statistics

/// The design's canary figures: one of four metrics, 10 % of the traffic.
func designFigures(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let figures: [(base: Double, harm: Double, name: String, published: String)] = [
        (0.001, 0.01, ".1 → 1 %", "709 / 1.4k"), (0.001, 0.003, ".1 → .3 %", "6.7k / 12.9k"),
        (0.01, 0.02, "1 → 2 %", "2.2k / 4.1k"), (0.01, 0.05, "1 → 5 %", "222 / 451"),
        (0.05, 0.10, "5 → 10 %", "442 / 806"), (0.10, 0.15, "10 → 15 %", "763 / 1.4k"),
    ]
    let alpha = 0.006 / 4
    var rows: [CharacteristicRow] = []
    for (number, figure) in figures.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, burst) in [1, 6].enumerated() {
            cells.append(
                try delayCell(
                    base: figure.base, harm: .rate(figure.harm), burst: burst, shares: [0.1], alpha: alpha,
                    requestsAStage: 4000 / figure.base * Double(burst), replications: 4000,
                    seed: UInt64(2200 + number * 2 + column)))
        }
        let note = "design: " + figure.published
        rows.append(CharacteristicRow(figure.name, .none, note: note, cells: cells))
    }
    return CharacteristicSection(
        title: "Rate-ratio e-process: requests of the candidate until the alarm, at 10 % of the traffic",
        lead: """
            One of four equally weighted metrics (α = .006 / 4), first events of independent users, or of users whose \
            errors come in bursts of six; median / 90 %.
            """,
        head: "rate of the harm", columns: ["independent users", "bursts of six"],
        measure: .delay(unit: "requests"), rows: rows)
}

/// Stages of 1, 10 and 50 %.
func stagedDelays(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let kinds: [(name: String, burst: Int, isHeavy: Bool)] = [
        ("independent users", 1, false), ("bursts of six", 6, false), ("heavy-tailed users", 1, true),
    ]
    var rows: [CharacteristicRow] = []
    for (base, name) in [(0.001, ".1 %"), (0.01, "1 %"), (0.1, "10 %")] {
        for (number, ratio) in [1.5, 2, 3, 5].enumerated() {
            if base * ratio > 0.4 { continue }
            var cells: [CharacteristicCell?] = []
            for (column, kind) in kinds.enumerated() {
                cells.append(
                    try delayCell(
                        base: base, harm: .ratio(ratio), burst: kind.burst, isHeavy: kind.isHeavy,
                        shares: [0.01, 0.1, 0.5], alpha: 0.006, requestsAStage: 300 / base,
                        replications: 2000, seed: UInt64(2300 + number * 3 + column)))
            }
            let words = ratio == ratio.rounded() ? String(Int(ratio)) : String(ratio)
            rows.append(CharacteristicRow("\(name) × \(words)", .none, cells: cells))
        }
    }
    return CharacteristicSection(
        title: "Rate-ratio e-process: requests of the candidate until the alarm, stages of 1, 10 and 50 %",
        lead: """
            One metric at α = .006, harm from the start; each stage brings 300 errors at the base rate, so that \
            30,000 requests of both arms at 1 % are a stage. Median / 90 %; in brackets the share of rollouts in \
            which there was an alarm, where it is not all. Heavy-tailed users fail, once each, sooner than others, \
            so that a first event says less after a while.
            """,
        head: "base × ratio", columns: kinds.map(\.name), measure: .delay(unit: "requests"), rows: rows)
}

private func delayCell(
    base: Double, harm: PlantedHarm.Size, burst: Int, isHeavy: Bool = false, shares: [Double], alpha: Double,
    requestsAStage: Double, replications: Int, seed: UInt64
) throws -> CharacteristicCell {
    let metric = HarmMetric("errors", base: base, burst: burst, harm: PlantedHarm(harm))
    let all = requestsAStage * Double(shares.count)
    let population: UserPopulation =
        isHeavy ? .heavyTailed(users: max(100, Int(all / 20)), index: 1.2) : .everyRequest
    let model = TrafficModel(rate: requestsAStage / 1000, population: population, metrics: [metric])
    let watch = HarmWatch(model: model, shares: shares, hold: 1000, ticks: 100, seed: seed)
    let start = try RateRatioEProcess()
    let known = try shares.map { try CanaryShare($0) }
    return CharacteristicCell(alpha: 1, replications: replications) { replication in
        let alarm = watch.alarm(replication, start) { process, event, _, _ in
            guard event.isFirst else { return false }
            process.record(inCanary: event.isCandidate, share: known[event.stage])
            return event.isCandidate && ((try? process.alarms(alpha: alpha)) ?? true)
        }
        return CharacteristicTrial(alarm: alarm)
    }
}
