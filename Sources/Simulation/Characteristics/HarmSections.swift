import Statistics

/// The rate-ratio e-process over staged traffic.
func harmSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [
        try harmFalseAlarms(size), try severalMetrics(size), try requestCounts(size),
        try designFigures(size), try stagedDelays(size),
    ]
}

private let bases = [0.001, 0.01, 0.1]
private let stagedShares = [0.01, 0.1, 0.5]

/// One way in which traffic may be, made for a base rate and a number of bursts that begin.
private struct World: Sendable {
    let name: String
    var assumptions = CharacteristicRow.Assumptions.hold
    var burst = 1
    var users: (@Sendable (Int) -> UserPopulation)?
    var profile = TrafficModel.Profile.constant
    var incident = false
    var ratio = 1.0
    var toleratedRatio = 1.0
    var feedback: @Sendable (Double) -> HarmMetric.Feedback = { _ in HarmMetric.Feedback() }
    var shareError = 1.0
    var stageOf = StageOf.request
    var note = ""

    /// Which share an event is counted with.
    enum StageOf { case request, arrival, realised }

    /// Traffic over three stages of 1,000 seconds with so many bursts in all.
    func watch(base: Double, starts: Int, seed: UInt64) -> HarmWatch {
        let hold = 1000.0
        let requests = Double(starts * burst) / base
        let metric = HarmMetric(
            "errors", base: base, burst: burst,
            incidents: incident ? [HarmMetric.Incident(start: 1200, seconds: 300, times: 5)] : [],
            feedback: feedback(hold), harm: ratio == 1 ? nil : PlantedHarm(.ratio(ratio)))
        let model = TrafficModel(
            rate: requests / (3 * hold), profile: profile,
            population: users?(max(100, Int(requests / 20))) ?? .everyRequest, metrics: [metric],
            shareError: shareError)
        return HarmWatch(model: model, shares: stagedShares, hold: hold, seed: seed)
    }

    func cell(
        base: Double, alpha: Double, size: CharacteristicCatalogue.Size, seed: UInt64
    ) throws
        -> CharacteristicCell
    {
        let watch = watch(base: base, starts: size.events, seed: seed)
        let start = try RateRatioEProcess(toleratedRatio: toleratedRatio)
        let shares = try stagedShares.map { try CanaryShare($0) }
        let stageOf = stageOf
        return CharacteristicCell(alpha: alpha, replications: 4000) { replication in
            let alarm = watch.alarm(replication, start) { process, event, slot, stage in
                guard event.isFirst else { return false }
                var share = shares[event.stage]
                switch stageOf {
                case .request: break
                case .arrival: share = shares[stage]
                case .realised:
                    let seen = try? CanaryShare.realised(
                        canary: slot.requests.candidate, production: slot.requests.baseline)
                    guard let seen = seen ?? nil else { return false }
                    share = seen
                }
                process.record(inCanary: event.isCandidate, share: share)
                return event.isCandidate && ((try? process.alarms(alpha: alpha)) ?? true)
            }
            return CharacteristicTrial(alarm: alarm)
        }
    }
}

private let equalUsers: @Sendable (Int) -> UserPopulation = { .equal(users: $0) }
private let heavyUsers: @Sendable (Int) -> UserPopulation = { .heavyTailed(users: $0, index: 1.2) }

private let worlds: [World] = [
    World(name: "independent requests"),
    World(name: "users with 20 requests each on average", users: equalUsers),
    World(name: "errors in bursts of six for one user", burst: 6, users: equalUsers),
    World(name: "heavy-tailed users (Pareto, index 1.2)", users: heavyUsers),
    World(name: "heavy-tailed users and bursts of six", burst: 6, users: heavyUsers),
    World(
        name: "rushes of four times the traffic, and an incident of five times the errors in both arms",
        users: equalUsers,
        profile: TrafficModel.Profile(daily: 0.5, rushEvery: 400, rushSeconds: 100, rushTimes: 4),
        incident: true),
    World(name: "an improvement: half the errors", users: equalUsers, ratio: 0.5),
    World(name: "1.1 times the errors, which is tolerated (ρ = 1.1)", ratio: 1.1, toleratedRatio: 1.1),
    World(
        name: "half of the reports missing, in both arms alike", users: equalUsers,
        feedback: { _ in HarmMetric.Feedback(baseline: 0.5, candidate: 0.5) }),
    World(
        name: "late reports, counted with the share of their request's stage", users: equalUsers,
        feedback: { HarmMetric.Feedback(delay: $0 / 2) }),
    World(
        name: "share 10 % larger than configured, but the share realised in each slot is used",
        shareError: 1.1,
        stageOf: .realised),
    World(
        name: "late reports, counted with the share at their arrival",
        assumptions: .broken("the share is not that of the assignment"), users: equalUsers,
        feedback: { HarmMetric.Feedback(delay: $0 / 2) }, stageOf: .arrival,
        note: "errs to the safe side for alarms, and hides harm"),
    World(
        name: "share 10 % larger than configured (1.1, 11, 55 %)",
        assumptions: .broken("the configured share is wrong"), users: equalUsers, shareError: 1.1,
        note: "what the sample-ratio test is for"),
    World(
        name: "missing not at random: 60 % of the candidate's events are reported, 50 % of the baseline's",
        assumptions: .broken("reports depend on the arm"), users: equalUsers,
        feedback: { _ in HarmMetric.Feedback(baseline: 0.5, candidate: 0.6) },
        note: "cannot be told from harm of 1.2 times"),
    World(
        name: "1.1 times the errors, judged as though nothing were tolerated (ρ = 1)",
        assumptions: .broken("the ratio is above what is tolerated"), ratio: 1.1,
        note: "not false: this is harm, if little"),
]

private func harmFalseAlarms(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    var rows: [CharacteristicRow] = []
    for (number, world) in worlds.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, base) in bases.enumerated() {
            cells.append(
                try world.cell(
                    base: base, alpha: 0.01, size: size, seed: UInt64(1000 + number * 10 + column)))
        }
        rows.append(CharacteristicRow(world.name, world.assumptions, note: world.note, cells: cells))
    }
    return CharacteristicSection(
        title: "Rate-ratio e-process: false alarms",
        lead: """
            One metric, first event of each sticky key, α = .01 over the whole release, looked at after every event \
            of stages of 1, 10 and 50 %; traffic is such that \(thousands(size.events)) bursts (or single errors) begin in all. \
            Alarms of a healthy candidate, unless the row says otherwise.
            """,
        head: "traffic", columns: ["base .1 %", "base 1 %", "base 10 %"], rows: rows)
}

/// Four metrics under one alarm.
private func severalMetrics(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let names = ["errors", "slow", "validation", "throttled"]
    let monitor = try HarmMonitor(metrics: names.map { HarmMonitor.Metric(name: $0) }, alpha: 0.006)
    let shares = try stagedShares.map { try CanaryShare($0) }
    func cell(base: Double, isShared: Bool, seed: UInt64) -> CharacteristicCell {
        let metrics = names.prefix(isShared ? 1 : 4).map { HarmMetric($0, base: base) }
        let requests = Double(size.events) / base / Double(metrics.count)
        let model = TrafficModel(
            rate: requests / 3000, population: .equal(users: max(100, Int(requests / 20))), metrics: metrics)
        let watch = HarmWatch(model: model, shares: stagedShares, hold: 1000, seed: seed)
        return CharacteristicCell(alpha: 0.006, replications: 4000) { replication in
            let alarm = watch.alarm(replication, monitor) { monitor, event, _, _ in
                guard event.isFirst else { return false }
                for index in isShared ? 0..<4 : event.metric..<(event.metric + 1) {
                    monitor.record(
                        metric: index, inCanary: event.isCandidate, share: shares[event.stage])
                }
                return event.isCandidate && monitor.isAlarmed
            }
            return CharacteristicTrial(alarm: alarm)
        }
    }
    func row(_ name: String, _ isShared: Bool, _ seed: UInt64) -> CharacteristicRow {
        let cells = bases.enumerated().map { column, base in
            // Four metrics that exclude one another cannot have 10 % each and leave room for bursts.
            cell(base: base, isShared: isShared, seed: seed + UInt64(column))
        }
        return CharacteristicRow(name, cells: cells)
    }
    return CharacteristicSection(
        title: "Harm monitor: false alarms of several metrics together",
        lead: """
            Four metrics of equal weight under one alarm, Σ wᵢEᵢ ≥ 1/α with α = .006, the release's budget for \
            counts; users of 20 requests each, stages of 1, 10 and 50 %, after every event.
            """,
        head: "metrics", columns: ["base .1 %", "base 1 %", "base 10 %"],
        rows: [
            row("four that happen independently", false, 2000),
            row("four that always happen together", true, 2010),
        ])
}

/// What the unit of inference is worth.
private func requestCounts(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    func cell(_ share: Double, starts: Int, byKey: Bool, seed: UInt64) throws -> CharacteristicCell {
        let base = 0.001
        let metric = HarmMetric("errors", base: base, burst: 6)
        let requests = Double(starts * 6) / base
        let model = TrafficModel(
            rate: requests / 1000, population: .equal(users: Int(requests / 20)), metrics: [metric])
        let watch = HarmWatch(model: model, shares: [share], hold: 1000, ticks: 10, seed: seed)
        let start = try RateRatioEProcess()
        let cell = try CanaryShare(share)
        return CharacteristicCell(alpha: 0.001, replications: 2000) { replication in
            let alarm = watch.alarm(replication, start) { process, event, _, _ in
                if byKey, !event.isFirst { return false }
                for _ in 0..<(byKey ? 1 : event.requests) {
                    process.record(inCanary: event.isCandidate, share: cell)
                }
                return event.isCandidate && ((try? process.alarms(alpha: 0.001)) ?? true)
            }
            return CharacteristicTrial(alarm: alarm)
        }
    }
    let stages = [0.01, 0.1, 0.5]
    func row(
        _ name: String, _ assumptions: CharacteristicRow.Assumptions, byKey: Bool
    ) throws
        -> CharacteristicRow
    {
        var cells: [CharacteristicCell?] = []
        for (column, share) in stages.enumerated() {
            cells.append(
                try cell(share, starts: size.events, byKey: byKey, seed: UInt64(2100 + column)))
        }
        return CharacteristicRow(name, assumptions, cells: cells)
    }
    return CharacteristicSection(
        title: "What is counted: requests or sticky keys",
        lead: """
            The same e-process at α = .001 on the same healthy traffic: base .1 %, errors in bursts of six of one \
            user, \(thousands(size.events)) bursts, one stage of the share that heads the column, after every event.
            """,
        head: "counted", columns: ["1 % share", "10 % share", "50 % share"],
        rows: [
            try row("first event per sticky key", .hold, byKey: true),
            try row(
                "every failing request", .broken("requests of a user are not independent"), byKey: false),
        ])
}
