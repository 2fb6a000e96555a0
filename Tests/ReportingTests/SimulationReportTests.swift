import Notation
import Simulation
import Testing

@testable import Reporting

/// What `sluice simulate` prints and writes.
@Suite struct SimulationReportTests {
    private func outcome(
        _ ending: RolloutOutcome.Ending, _ seconds: Double, exposed: Int = 10, began: Double? = nil
    ) -> RolloutOutcome {
        RolloutOutcome(
            ending: ending, seconds: seconds, candidateRequests: exposed * 2, usersExposed: exposed,
            usersHarmed: 2, changeBegan: began)
    }

    /// Sluice finds all; a peer is mistaken in half of the healthy and blind in the other sense.
    private func report(
        harm: Bool = true, name: String = "errors", size: PlantedHarm.Size = .rate(0.01), early: Int = 0,
        others: [HarmMetric] = [], isBlind: Bool = false
    ) -> SimulationReport {
        let metric = HarmMetric(
            name, base: 0.001, burst: 6, harm: harm ? PlantedHarm(size, slice: 0.25) : nil)
        let study = RolloutStudy(
            model: TrafficModel(rate: 20, population: .equal(users: 20_000), metrics: [metric] + others),
            plan: .stages([0.01, 0.1, 0.5], hold: 1800), detectors: [], replications: 100, seed: 7)
        let found = (1...100).map {
            outcome(.rolledBack(.harm), Double($0) * 60, exposed: $0, began: $0 > early ? 0 : nil)
        }
        let kept = (1...100).map { outcome($0 > 60 ? .onHold : .promoted, 5400) }
        let mistaken = (1...100).map {
            $0 > 50 ? outcome(.rolledBack(.difference), 600) : outcome(.promoted, 5400)
        }
        let results = [
            DetectorResult(
                name: "Sluice", summary: "a & b <rule>", healthy: kept, harmed: harm ? found : nil),
            DetectorResult(
                name: "peeked z-test", summary: "z", looksAtErrorsOnly: isBlind, healthy: mistaken,
                harmed: harm ? kept : nil),
        ]
        return SimulationReport(
            study: study, results: results, plannedHolds: [3600, 900, nil], alpha: 0.01,
            command: "sluice simulate", version: "0")
    }

    @Test func theTerminalSaysWhatHappenedInWords() {
        let text = SimulationTerminal.render(report(), width: 100, colour: false)
        for words in [
            "20 requests/s from 20,000 users", "1 % ▸ 10 % ▸ 50 %, 30 min each",
            "errors 0.1 %, with the candidate 1 % for 25 % of the users, in bursts of 6",
            "100 rollouts of each kind, seed 7", "0 % [0, 3.7]", "50.0 % [40.4, 59.6]",
            "50 min · 90 min", "100 · 180", "50 · 90",
            "Sluice finds the harm in 100 % of rollouts, in half of them within 50 min",
            "the stage of 1 % needs about 60 min",
            "The peeked z-test rolls back 50.0 % of healthy candidates",
            "lets the harm through to everyone in 60.0 %",
        ] {
            let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(flat.contains(words), "\(words)\n\(text)")
        }
        for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }

    @Test func rollbacksBeforeTheChangeAreMistakesInAColumnOfTheirOwn() {
        let text = SimulationTerminal.render(report(early: 20), width: 120, colour: false)
        for words in ["80.0 % [71.1, 86.7]", "before it", "20.0 %"] {
            #expect(text.contains(words), "\(text)")
        }
        #expect(!SimulationTerminal.render(report(), width: 120, colour: false).contains("before it"))
        #expect(SimulationHTML.render(report(early: 20)).contains("before the change"))
        #expect(SimulationJSON.render(report(early: 20)).contains("rolled_back_before_the_change"))
    }

    @Test(arguments: [
        (
            PlantedHarm.Size.ratio(0.5), "the better candidate is",
            "Sluice promotes the better candidate in 0 %"
        ),
        (.ratio(1), "the candidate whose rates stay is", "whose rates stay"),
    ])
    func whatDoesNoHarmIsNotCalledHarm(size: PlantedHarm.Size, title: String, finding: String) {
        let text = SimulationTerminal.render(report(size: size), width: 140, colour: false)
        #expect(text.contains(title) && text.contains(finding), "\(text)")
        #expect(!text.contains("harm"), "\(text)")
    }

    @Test func aRuleThatLooksAtErrorsIsSaidToBeBlindToOtherHarm() {
        let errors = HarmMetric("errors", base: 0.01)
        let text = SimulationTerminal.render(
            report(name: "thumbs_down", others: [errors], isBlind: true), width: 200, colour: false)
        #expect(text.contains("which looks at errors alone and cannot see thumbs_down"), "\(text)")
        let seen = SimulationTerminal.render(report(isBlind: true), width: 200, colour: false)
        #expect(!seen.contains("cannot see"))
    }

    @Test func withoutHarmOnlyMistakesAreShown() {
        let text = SimulationTerminal.render(report(harm: false), width: 80, colour: false)
        #expect(text.contains("share of rollouts of the healthy candidate"))
        #expect(!text.contains("canary requests"))
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test(arguments: [true, false])
    func thePageIsWellFormedAndHoldsNothingActive(harm: Bool) {
        let page = SimulationHTML.render(report(harm: harm, name: "<script>alert(1)</script>"))
        let read = Page(page)
        #expect(read.problem == nil, "\(read.problem ?? "")")
        #expect(!page.contains("<script"))
        #expect(page.contains("a &amp; b &lt;rule&gt;"))
        #expect(page.utf8.count < 200_000)
        #expect(page == SimulationHTML.render(report(harm: harm, name: "<script>alert(1)</script>")))
        #expect(read.all("svg").count == (harm ? 2 : 1))
        #expect(read.all("script").isEmpty)
    }

    @Test func theJSONHasNumbersAndTheirIntervals() throws {
        let value = try JSONValue.parse(SimulationJSON.render(report()))
        #expect(value["format"]?.stringValue == "sluice.simulation/1")
        let own = try #require(value["detectors"]?.arrayValue?.first)
        let found = try #require(own["harmed"]?["rolled_back"])
        #expect(found["count"]?.doubleValue == 100)
        #expect(abs((found["lower"]?.doubleValue ?? 0) - 0.963) < 0.0005)
        #expect(own["harmed"]?["detection_seconds"]?["median"]?["value"]?.doubleValue == 3000)
        #expect(own["harmed"]?["users_exposed"]?["p90"]?["value"]?.doubleValue == 90)
        #expect(own["healthy"]?["on_hold"]?["share"]?.doubleValue == 0.4)
        let peer = try #require(value["detectors"]?.arrayValue?.last)
        #expect(peer["harmed"]?["detection_seconds"]?["median"]?["value"]?.isNull == true)
    }
}
