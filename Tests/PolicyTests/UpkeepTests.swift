import Domain
import Policy
import Testing

/// How the data set is looked after.
@Suite struct UpkeepTests {
    private func upkeep(_ text: String) throws -> Upkeep {
        let head = """
            version: 1
            project: test
            app: { candidate: "http://127.0.0.1:1/" }
            dataset: golden/
            gates: [error_rate <= 1%]

            """
        let (policy, diagnostics) = PolicyReader.read(Array((head + text).utf8), path: "p.yaml")
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        return try #require(policy).upkeep
    }

    @Test func withoutTheKeyTheUsualHolds() throws {
        let usual = try upkeep("")
        #expect(usual == Upkeep())
        #expect(usual.maximumAge == 365 && usual.additions == 31 && usual.review == 92)
        #expect(usual.provenance == [.source, .owner, .annotator, .approver, .date, .guideline])
    }

    @Test func whatIsSaidHolds() throws {
        let said = try upkeep(
            "upkeep: { max_age: 180d, additions: never, review: 36h, provenance: [source, licence], similarity: 1 }"
        )
        #expect(
            said
                == Upkeep(
                    maximumAge: 180, additions: nil, review: 1, provenance: [.source, .licence], similarity: 1
                ))
        #expect(try upkeep("upkeep: { provenance: [] }").provenance == [])
    }
}
