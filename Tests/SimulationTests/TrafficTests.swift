import Statistics
import Testing

@testable import Simulation

/// The traffic is what it says it is.
@Suite struct TrafficTests {
    private struct Totals {
        var requests = ArmCounts()
        var keys = ArmCounts()
        var exposed = 0
        var events = ArmCounts()
        var failing = ArmCounts()
        var first = ArmCounts()
    }

    private func run(
        _ model: TrafficModel, shares: [Double], seconds: Double = 600, tick: Double = 10,
        replication: Int = 0
    ) -> Totals {
        var world = TrafficWorld(model: model, seed: 11, replication: replication)
        var totals = Totals()
        for (stage, share) in shares.enumerated() {
            world.open(stage: stage, share: share)
            var time = 0.0
            while time < seconds {
                let slot = world.next(seconds: tick)
                time += tick
                totals.requests += slot.requests
                totals.keys += slot.newKeys
                totals.exposed += slot.newlyExposed
                var last = slot.start
                for event in slot.events {
                    #expect(event.time >= last && event.time < slot.end)
                    last = event.time
                    let one = ArmCounts(
                        baseline: event.isCandidate ? 0 : 1, candidate: event.isCandidate ? 1 : 0)
                    totals.events += one
                    for _ in 0..<event.requests { totals.failing += one }
                    if event.isFirst { totals.first += one }
                }
            }
        }
        return totals
    }

    private func isNear(_ seen: Int, _ expected: Double, spread: Double = 1) -> Bool {
        abs(Double(seen) - expected) < 4.5 * spread * expected.squareRoot()
    }

    static let populations: [UserPopulation] = [
        .everyRequest, .equal(users: 3000), .heavyTailed(users: 20_000, index: 1.5),
    ]

    @Test(arguments: populations)
    func volumesSharesAndRatesAreAsAsked(population: UserPopulation) {
        let model = TrafficModel(
            rate: 200, population: population,
            metrics: [
                HarmMetric("errors", base: 0.01, harm: PlantedHarm(.rate(0.03))),
                HarmMetric("slow", base: 0.05, burst: 6),
            ])
        let totals = run(model, shares: [0.2], seconds: 3000)
        let all = 600_000.0
        // Users cluster what falls to an arm: 3,000 users at 20 % vary by 3.7 %.
        #expect(isNear(totals.requests.total, all, spread: 3))
        let candidate = Double(totals.requests.candidate)
        if population == .everyRequest { #expect(isNear(totals.requests.candidate, 0.2 * all, spread: 2)) }
        let expected = candidate * (0.03 + 0.05)
        #expect(isNear(totals.failing.candidate, expected, spread: 3), "\(totals)")
        let baseline = Double(totals.requests.baseline)
        #expect(isNear(totals.failing.baseline, baseline * (0.01 + 0.05), spread: 3), "\(totals)")
    }

    @Test func usersAreCountedOnceAndMoveOnlyToTheCandidate() {
        let users = 2000
        let model = TrafficModel(
            rate: 100, population: .equal(users: users), metrics: [HarmMetric("errors", base: 0.05)])
        let totals = run(model, shares: [0.1, 0.5], seconds: 2000)
        // 100 requests a user in each stage: everyone was seen, and every candidate has met it.
        #expect(totals.keys.total == users)
        #expect(isNear(totals.keys.candidate, 200))
        #expect(isNear(totals.exposed, 1000))
        // With 10 errors a user each has had one, once.
        #expect(totals.first.total > 1990)
        #expect(totals.first.total <= users)
        #expect(isNear(totals.first.candidate, 200, spread: 1.5))
    }

    @Test func firstEventsFallToTheCandidateAtExactlyTheShareOfTheirStage() throws {
        // Heavy tails and bursts: the unit of randomisation is the user, and so first events are fair coins.
        let model = TrafficModel(
            rate: 50, population: .heavyTailed(users: 5000, index: 1.2),
            metrics: [HarmMetric("errors", base: 0.02, burst: 6)])
        var inStage = [ArmCounts](repeating: ArmCounts(), count: 2)
        for replication in 0..<200 {
            var world = TrafficWorld(model: model, seed: 3, replication: replication)
            for (stage, share) in [0.1, 0.5].enumerated() {
                world.open(stage: stage, share: share)
                for _ in 0..<60 {
                    for event in world.next(seconds: 10).events where event.isFirst {
                        inStage[stage] += ArmCounts(
                            baseline: event.isCandidate ? 0 : 1, candidate: event.isCandidate ? 1 : 0)
                    }
                }
            }
        }
        for (counts, share) in zip(inStage, [0.1, 0.5]) {
            let test = try binomialTest(
                successes: counts.candidate, trials: counts.total, probability: share, alternative: .twoSided)
            #expect(test.pValue > 1e-4, "\(counts) at \(share)")
        }
    }

    @Test func harmReachesOnlyItsSliceStageAndTime() {
        func failing(_ harm: PlantedHarm, shares: [Double] = [0.5]) -> Double {
            let model = TrafficModel(
                rate: 500, metrics: [HarmMetric("errors", base: 0.01, harm: harm)])
            let totals = run(model, shares: shares, seconds: 1000)
            return Double(totals.failing.candidate) / Double(totals.requests.candidate)
        }
        #expect(abs(failing(PlantedHarm(.ratio(5))) - 0.05) < 0.002)
        #expect(abs(failing(PlantedHarm(.ratio(5), slice: 0.25)) - 0.02) < 0.002)
        #expect(abs(failing(PlantedHarm(.ratio(5), start: 500)) - 0.03) < 0.002)
        #expect(abs(failing(PlantedHarm(.ratio(5), ramp: 1000)) - 0.03) < 0.002)
        #expect(abs(failing(PlantedHarm(.ratio(5), fromStage: 1)) - 0.01) < 0.002)
        #expect(abs(failing(PlantedHarm(.ratio(0.1))) - 0.001) < 0.0005)
    }

    @Test func aChangeBeginsWithItsStageOrItsTimeWhicheverIsLater() {
        func outcome(_ harm: PlantedHarm?) -> RolloutOutcome {
            let model = TrafficModel(
                rate: 200, population: .everyRequest, metrics: [HarmMetric("errors", base: 0, harm: harm)])
            let plan = RolloutPlan.stages([0.1, 0.5], hold: 1200)
            return RolloutRun.outcome(
                FlaggerLoop(plan: plan, model: model), model: model, tick: 60, longest: 10_000, seed: 3,
                replication: 0)
        }
        let all = PlantedHarm.Size.rate(0.5)
        #expect(outcome(PlantedHarm(all)).changeBegan == 0)
        #expect(outcome(PlantedHarm(all, start: 300)).changeBegan == 300)
        #expect(outcome(PlantedHarm(all, fromStage: 1)).changeBegan == 1200)
        #expect(outcome(PlantedHarm(all, start: 1500, fromStage: 1)).changeBegan == 1500)
        #expect(outcome(PlantedHarm(all, start: 9000)).changeBegan == nil)
        #expect(outcome(nil).changeBegan == nil)
        #expect(outcome(PlantedHarm(all, start: 300)).isRolledBack)
    }

    @Test func missingAndLateFeedbackIsMissingAndLate() {
        let late = HarmMetric.Feedback(baseline: 0.5, candidate: 0.25, delay: 300)
        let model = TrafficModel(
            rate: 100, metrics: [HarmMetric("thumbs down", base: 0.05, feedback: late)])
        var world = TrafficWorld(model: model, seed: 1, replication: 0)
        world.open(stage: 0, share: 0.5)
        var atFirst = ArmCounts()
        var later = ArmCounts()
        for tick in 0..<600 {
            if tick == 60 { world.open(stage: 1, share: 0.6) }
            for event in world.next(seconds: 10).events {
                let one = ArmCounts(
                    baseline: event.isCandidate ? 0 : 1, candidate: event.isCandidate ? 1 : 0)
                if tick < 60 { atFirst += one } else if event.stage == 0 { later += one }
            }
        }
        // Of what happens in 600 s, exp(-2) · ... has not come yet: 1 - (1 - exp(-2)) · 300 / 600 of it comes.
        let made = 600.0 * 100 * 0.05 * 0.5
        let soon = 1 - (1 - 0.1353352832) / 2
        #expect(isNear(atFirst.baseline, made * 0.5 * soon), "\(atFirst)")
        #expect(isNear(atFirst.candidate, made * 0.25 * soon), "\(atFirst)")
        #expect(isNear(later.baseline, made * 0.5 * (1 - soon)), "\(later)")
    }

    @Test func theSameReplicationIsTheSameWhateverRunsBesideIt() async {
        let model = TrafficModel(
            rate: 20, population: .heavyTailed(users: 1000, index: 1.3),
            metrics: [HarmMetric("errors", base: 0.01, burst: 3)])
        let plan = RolloutPlan.stages([0.1, 0.5], hold: 600)
        let loop = PeekedZTest(plan: plan, model: model)
        var found: [[RolloutOutcome]] = []
        for workers in [1, 2, 5] {
            found.append(
                await Replications.run(40, workers: workers) { number in
                    RolloutRun.outcome(
                        loop, model: model, tick: plan.tick, longest: plan.longest, seed: 9,
                        replication: number)
                })
        }
        #expect(found[0] == found[1])
        #expect(found[0] == found[2])
        #expect(Set(found[0]).count > 10)
    }
}
