import Domain
import Policy
import Testing

/// The keys `trust` and `waivers`, and who answers for a gate.
@Suite struct TrustTests {
    @Test func whatIsSaidHolds() throws {
        let (policy, diagnostics) = read(
            Fixtures.policy(
                gates: [
                    "latency.p95 <= 3500ms",
                    "{ rule: error_rate <= 1%, owner: ops, why: promised, approved_by: ada, review: 2027-01-31 }",
                ],
                more: """
                    trust: { hosts: ["127.0.0.1"], env: [A], commands: [[python3, app.py], run], approvers: [ada] }
                    waivers:
                      - { gate: "latency.p95  <=  3500ms", owner: search team, why: rebuild, until: 2027-01-31 }
                    """))
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics))")
        let read = try #require(policy)
        #expect(read.trust.hosts?.map(\.description) == ["127.0.0.1"])
        #expect(read.trust.commands == [["python3", "app.py"], ["run"]])
        #expect(read.trust.environment == ["A"] && read.trust.approvers == ["ada"])
        let waiver = try #require(read.waivers.first)
        #expect(
            waiver.gate == "latency.p95 <= 3500ms" && waiver.owner == "search team" && waiver.why == "rebuild"
        )
        let until = try #require(Day("2027-01-31"))
        #expect(
            waiver.until == until && !waiver.isOver(on: until)
                && waiver.isOver(on: Day(number: until.number + 1)))
        #expect(read.gates[1].approvedBy == "ada" && read.gates[1].review == until)
    }

    @Test func withoutTheKeysNothingIsRestrictedOrWaived() throws {
        let (policy, _) = read(Fixtures.policy())
        #expect(try #require(policy).trust == TrustLists())
        #expect(try #require(policy).waivers.isEmpty)
    }
}
