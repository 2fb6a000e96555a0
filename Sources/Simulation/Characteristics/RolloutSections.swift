import Statistics

/// Whole rules beside one another: ours and the loops that the field uses.
func rolloutSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [try peekedTests(size), try healthyRollouts(size), try harmfulRollouts(size)]
}

/// What looking does to a test that was made for one look.
private func peekedTests(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    func cell(looks: Int, limit: Double, isTwoSided: Bool, seed: UInt64) -> CharacteristicCell {
        CharacteristicCell(alpha: 1, replications: 20_000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            var sum = 0
            for look in 1...looks {
                // 64 fair coins: variance 16.
                sum += stream.next().nonzeroBitCount - 32
                let z = Double(sum) / (4 * Double(look).squareRoot())
                if (isTwoSided ? abs(z) : z) > limit { return CharacteristicTrial(true) }
            }
            return CharacteristicTrial(false)
        }
    }
    let looks = [1, 5, 20, 100]
    func row(
        _ name: String, _ limit: Double, _ isTwoSided: Bool, _ note: String, _ seed: UInt64
    )
        -> CharacteristicRow
    {
        let cells = looks.map { cell(looks: $0, limit: limit, isTwoSided: isTwoSided, seed: seed) }
        return CharacteristicRow(name, .none, note: note, cells: cells)
    }
    return CharacteristicSection(
        title: "A z-test that is peeked at",
        lead: "Healthy rollouts that are stopped at some of so many equally spaced looks.",
        head: "test", columns: looks.map { $0 == 1 ? "1 look" : "\($0) looks" },
        rows: [
            row("two-sided, z beyond 1.96", 1.96, true, "design: 37 % at 100 looks", 2400),
            row("one-sided, z above 1.645", 1.645, false, "design: 31 % at 100 looks", 2401),
        ])
}

private struct Scene {
    let name: String
    let base: Double
    var burst = 1
    var population = UserPopulation.equal(users: 20_000)
    var incident = false
    var harm: PlantedHarm?

    func model(_ size: CharacteristicCatalogue.Size) -> TrafficModel {
        let incidents = incident ? [HarmMetric.Incident(start: 2400, seconds: 600, times: 20)] : []
        let metric = HarmMetric("errors", base: base, burst: burst, incidents: incidents, harm: harm)
        return TrafficModel(rate: 50, population: population, metrics: [metric])
    }
}

private func detectors() -> [(detector: RolloutDetector, assumptions: CharacteristicRow.Assumptions)] {
    [
        (SluiceLoop.detector(limits: [("errors", 0.05)]), .hold), (PeekedZTest.detector(), .none),
        (FlaggerLoop.detector(), .none), (ArgoLoop.detector(), .none),
        (SluiceLoop.detector(counting: .requests), .broken("requests of a user are not independent")),
    ]
}

private func section(
    _ title: String, _ lead: String, _ scenes: [Scene], _ measure: CharacteristicSection.Measure,
    _ size: CharacteristicCatalogue.Size, alpha: Double,
    _ value: @escaping @Sendable (RolloutOutcome) -> Double?
) throws -> CharacteristicSection {
    let plan = RolloutPlan.stages([0.01, 0.1, 0.5], hold: size == .full ? 1800 : 300)
    var rows: [CharacteristicRow] = []
    for (detector, assumptions) in detectors() {
        var cells: [CharacteristicCell?] = []
        for (column, scene) in scenes.enumerated() {
            let model = scene.model(size)
            let loop = try detector.start(plan, model)
            cells.append(
                CharacteristicCell(alpha: alpha, replications: 2000) { replication in
                    let outcome = RolloutRun.outcome(
                        loop, model: model, tick: plan.tick, longest: plan.longest,
                        seed: UInt64(2500 + column), replication: replication)
                    return CharacteristicTrial(
                        alarm: outcome.isRolledBack ? value(outcome) : nil)
                })
        }
        let isPromise = alpha < 1
        rows.append(CharacteristicRow(detector.name, isPromise ? assumptions : .none, cells: cells))
    }
    return CharacteristicSection(
        title: title, lead: lead, head: "rule", columns: scenes.map(\.name), measure: measure, rows: rows)
}

private let setting = """
    50 requests a second from 20,000 users, stages of 1, 10 and 50 % for half an hour each. Sluice: its whole rule at \
    α = .01 (harm .006, split .001, and a fuse at 5 %). The z-test: |z| > 1.96 in the bad direction, each minute. \
    Flagger: success of each minute against 99 %, five failed checks. Argo Rollouts: success of each five minutes \
    against 95 %, `failureLimit` 0. All with the same stages.
    """

private func healthyRollouts(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    try section(
        "Whole rollouts: healthy candidates that are rolled back", setting,
        [
            Scene(name: "base .1 %", base: 0.001),
            Scene(name: "base .1 %, bursts of six", base: 0.001, burst: 6),
            Scene(
                name: "base 1 %, heavy-tailed users", base: 0.01,
                population: .heavyTailed(users: 20_000, index: 1.2)),
            Scene(name: "base .1 %, both arms at 2 % for 10 minutes", base: 0.001, incident: true),
        ], .share, size, alpha: 0.01
    ) { _ in 0 }
}

private func harmfulRollouts(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    func harm(_ rate: Double) -> PlantedHarm { PlantedHarm(.rate(rate)) }
    return try section(
        "Whole rollouts: users that met a harmful candidate before it was rolled back",
        setting
            + " Median / 90 %; in brackets the share of rollouts that were rolled back, where it is not all.",
        [
            Scene(name: ".1 → 1 %", base: 0.001, harm: harm(0.01)),
            Scene(name: ".1 → .3 %", base: 0.001, harm: harm(0.003)),
            Scene(name: "1 → 2 %", base: 0.01, harm: harm(0.02)),
            Scene(name: ".1 → 20 %", base: 0.001, harm: harm(0.2)),
            Scene(name: ".1 → 1 %, bursts of six", base: 0.001, burst: 6, harm: harm(0.01)),
        ], .delay(unit: "users"), size, alpha: 1
    ) { Double($0.usersExposed) }
}
