import Foundation
import Testing

/// Who may approve that a change loosens its policy, of what, and for how long.
@Suite struct ApprovalTests {
    /// A change that lowers a threshold which its app then misses.
    private func loosened() throws -> Repository {
        let change = try Repository(reply: { question in
            question.query.hasSuffix("7")
                ? TestApp.Reply(body: TestApp.body("no idea")) : TestApp.right(question)
        })
        try change.edit("sluice.yaml", "exact_match >= 0.90", "exact_match >= 0.50")
        try change.commit("a lower threshold")
        return change
    }

    @Test func onlySomebodyElseApprovesAndOnlyExactlyThis() async throws {
        let change = try loosened()
        let digest = try await change.digest()
        let other = "sha256:" + String(repeating: "1", count: 64)
        let cases: [(approval: String, words: String)] = [
            ("mallory=\(digest)", "nobody approves a change of their own"),
            ("@Mallory=\(digest)", "nobody approves a change of their own"),
            ("eve=\(digest)", "not among trust.approvers at main"),
            ("ada=\(other)", "of other loosenings than these"),
        ]
        for (approval, words) in cases {
            let outcome = try await change.eval("--approved-by", approval)
            #expect(outcome.status == 1, "\(approval): \(outcome)")
            #expect(outcome.out.contains(words), "\(approval): \(outcome)")
        }
        #expect(change.app.asked.isEmpty)
        let unknown = try await change.place.start(
            ["eval", "--policy-from", "main", "--approved-by", "ada=\(digest)"],
            environment: Repository.environment
        ).outcome()
        #expect(unknown.status == 1 && unknown.out.contains("who made the change is not known"), "\(unknown)")
        for wrong in ["ada", "ada=", "ada=sha256:12", "=\(digest)", "ada=sha256:xyzxyzxyzxyz"] {
            #expect(try await change.eval("--approved-by", wrong).status == 64, "\(wrong)")
        }

        let ship = try await change.eval("--approved-by", "Ada=\(digest)", "--json")
        #expect(ship.status == 0, "the approved policy is in force: \(ship)")
        #expect(
            ship.out.contains("exact_match >= 0.50") && ship.out.contains("\"approver\": \"Ada\""), "\(ship)")
        let report = try await change.place.sluice("report")
        #expect(report.out.contains("approved by Ada"), "\(report)")

        // Approved is what was seen, not what comes after.
        try change.edit("sluice.yaml", "exact_match >= 0.50", "exact_match >= 0.10")
        let more = try await change.eval("--approved-by", "ada=\(digest)")
        #expect(more.status == 1, "\(more)")
        #expect(more.out.contains("of other loosenings than these"), "\(more)")
    }

    @Test func anApprovalCountsFromTheTrustedRevisionUntilItEnds() async throws {
        let change = try loosened()
        let digest = try await change.digest()
        try change.git("checkout", "-q", "main")
        for (arguments, words) in [
            (["approve", digest], "say why"), (["approve", "sha256:12", "--why", "x"], "is no digest"),
            (["approve", "--why", "x"], "name what is approved"),
            (["approve", digest, "--why", "x", "--until", "2020-01-01"], "is over already"),
        ] {
            let outcome = try await change.place.start(arguments).outcome()
            #expect(outcome.status == 64 && outcome.err.contains(words), "\(outcome)")
        }
        let approved = try await change.place.sluice(
            "approve", digest, "--why", "agreed with support", "--as", "ada")
        #expect(approved.status == 0, "\(approved)")
        try change.git("stash", "-u", "-q")
        try change.git("checkout", "-q", "change")
        #expect(try await change.eval().status == 1, "not committed anywhere")
        try change.git("checkout", "-q", "main")
        try change.git("stash", "pop", "-q")
        try change.commit("ada's approval")
        try change.git("checkout", "-q", "change")
        let ship = try await change.eval()
        #expect(ship.status == 0, "\(ship)")
        #expect(
            ship.out.contains("approved by ada, until") && ship.out.contains("agreed with support"), "\(ship)"
        )

        try change.git("checkout", "-q", "main")
        let text = try change.place.read("approvals.jsonl")
        let until = try #require(text.firstMatch(of: /"until":"([0-9-]+)"/)).output.1
        try change.place.write("approvals.jsonl", text.replacingOccurrences(of: until, with: "2020-01-01"))
        try change.commit("over")
        try change.git("checkout", "-q", "change")
        let over = try await change.eval()
        #expect(over.status == 1, "\(over)")
        #expect(over.out.contains("it ended on 2020-01-01"), "\(over)")
    }

    @Test func theListIsMadeAnewBeforeItIsApproved() async throws {
        let change = try loosened()
        func approve(_ more: String...) async throws -> Outcome {
            try await change.place.start(
                ["approve", "--policy-from", "main", "--author", "mallory", "--why", "x"] + more
            ).outcome()
        }
        let own = try await approve("--as", "mallory")
        #expect(own.status == 65 && own.err.contains("nobody approves a change of their own"), "\(own)")
        let wrong = try await approve("--as", "ada", "sha256:" + String(repeating: "1", count: 64))
        #expect(wrong.status == 65 && wrong.err.contains("not what the change loosens now"), "\(wrong)")
        #expect(!change.place.exists("approvals.jsonl"))
        let done = try await approve("--as", "ada", "--record", "elsewhere.jsonl", "--json")
        #expect(done.status == 0, "\(done)")
        #expect(done.err.contains("gate loosened: exact_match >= 0.90"), "\(done)")
        #expect(try change.place.read("elsewhere.jsonl") == done.out)
        #expect(done.out.contains("\"what\":[\"gate loosened"), "\(done)")
        try change.git("checkout", "-q", "main")
        let nothing = try await approve("--as", "ada")
        #expect(nothing.status == 65 && nothing.err.contains("there is nothing to approve"), "\(nothing)")
    }
}
