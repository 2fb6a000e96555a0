import Foundation
import HTTPServer
import Testing

/// Contracts and journeys of a change that would carry secrets away, or ask for less.
@Suite struct DeploymentTrustTests {
    private func repository(_ desk: DeskApp) throws -> Repository {
        let lines = """
            contract: { schema: schemas/answer.json, latency: 5s, probes: 3 }
            journey:
              desk:
                - name: make
                  act:
                    url: \(desk.url)/things
                    headers: { Authorization: "Bearer ${env:APP_KEY}" }
                    json: { name: "${unique}" }
                  clean_up: { url: "\(desk.url)/things?q=${unique}", method: GET }
            """
        return try Repository(more: lines)
    }

    private func run(_ change: Repository, _ words: String...) async throws -> Outcome {
        try await change.place.start(
            words + ["--policy-from", "main", "--author", "mallory"], environment: Repository.environment
        ).outcome()
    }

    @Test func whatIsReviewedRuns() async throws {
        let desk = try DeskApp()
        let change = try repository(desk)
        let contract = try await run(change, "contract")
        #expect(contract.status == 0, "\(contract)")
        #expect(contract.out.contains("note: policy from main"), "\(contract)")
        #expect(change.app.asked.count == 3)
        let journey = try await run(change, "journey")
        #expect(journey.status == 0, "\(journey)")
        #expect(journey.err.contains("policy from main"), "\(journey)")
        #expect(desk.calls.first?.headers["Authorization"] == "Bearer \(Repository.secret)")
    }

    @Test func aChangedJourneyOrContractIsHeldBack() async throws {
        let desk = try DeskApp()
        let evil = try DeskApp()
        for (before, after) in [
            (desk.url + "/things\n", evil.url + "/things\n"), ("latency: 5s", "latency: 500s"),
            ("schema: schemas/answer.json, ", ""),
        ] {
            let change = try repository(desk)
            try change.edit("sluice.yaml", before, after)
            try change.commit("nothing to see here")
            for command in ["contract", "journey"] {
                let outcome = try await run(change, command)
                #expect(outcome.status == 1, "\(outcome)")
                #expect(outcome.out.contains("setting changed: "), "\(outcome)")
                #expect(!outcome.out.contains(Repository.secret))
                let json = try await run(change, command, "--json")
                #expect(json.status == 1 && json.out.contains("\"verdict\": \"BLOCK\""), "\(json)")
            }
            #expect(change.app.asked.isEmpty && desk.calls.isEmpty && evil.calls.isEmpty)
        }
        let change = try repository(desk)
        try change.place.write("schemas/answer.json", "true\n")
        try change.commit("a simpler schema")
        let outcome = try await run(change, "contract")
        #expect(
            outcome.status == 1 && outcome.out.contains("file changed: schemas/answer.json"), "\(outcome)")
    }

    @Test func anAddressOnTheCommandLineIsHeldAgainstTheReviewedOnes() async throws {
        let change = try repository(try DeskApp())
        let outcome = try await run(change, "contract", "--url", change.evil.url)
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("is not in trust.hosts"), "\(outcome)")
        #expect(change.evil.asked.isEmpty)
    }

    /// A sweep lays parameters over the target, its address among them.
    @Test func aSweepReachesNothingThatIsNotReviewed() async throws {
        let change = try Repository(more: "sweep: { vary: { k: [1, 2] } }")
        let plain = try await run(change, "sweep", "--quiet")
        #expect(plain.status == 0 && !change.app.asked.isEmpty, "\(plain)")
        let elsewhere = try await run(
            change, "sweep", "--quiet", "--variant", "away:url=\(change.evil.url)", "--only", "away")
        #expect(elsewhere.status != 0, "\(elsewhere)")
        #expect((elsewhere.out + elsewhere.err).contains("is not in trust.hosts"), "\(elsewhere)")
        #expect(change.evil.asked.isEmpty)
        let asked = change.app.asked.count
        try change.edit("sluice.yaml", "candidate: \(change.app.url)", "candidate: \(change.evil.url)")
        try change.commit("another address")
        let moved = try await run(change, "sweep")
        #expect(moved.status == 1 && moved.out.hasPrefix("BLOCK"), "\(moved)")
        #expect(change.evil.asked.isEmpty && change.app.asked.count == asked)
    }

    /// The lists hold without a change as well, for clean-ups of earlier runs too.
    @Test func theListsOfThePolicyHold() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, headers: "{ Authorization: \"${env:TEST_TOKEN}\" }")
        let plain = try place.read("sluice.yaml")
        let environment = ["TEST_TOKEN": "s3cr3t-value"]
        for (lists, words) in [
            ("{ hosts: [example.com], env: [TEST_TOKEN] }", "is not in trust.hosts"),
            ("{ hosts: [\"127.0.0.1\"], env: [OTHER] }", "the variable TEST_TOKEN is not in trust.env"),
        ] {
            try place.write("sluice.yaml", plain + "\ntrust: \(lists)\n")
            let outcome = try await place.sluice("journey", environment: environment)
            #expect(outcome.status == 65, "\(outcome)")
            #expect(outcome.err.contains(words), "\(outcome)")
            #expect(desk.calls.isEmpty)
        }
        try place.write("sluice.yaml", plain + "\ntrust: { hosts: [\"127.0.0.1\"], env: [TEST_TOKEN] }\n")
        #expect(try await place.sluice("journey", environment: environment).status == 0)
    }
}
