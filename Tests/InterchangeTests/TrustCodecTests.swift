import Domain
import Interchange
import Testing

@Suite struct TrustCodecTests {
    private static let items = [
        Loosening(.gateLoosened, "a >= 1", before: "a >= 1", after: "a >= 0"),
        Loosening(.sliceRemoved, "queue"),
        Loosening(.exampleRemoved, "E-1", before: "sha256:00"),
    ]

    /// An approval is of exactly these loosenings: any other set, and any other word in one, has another digest.
    @Test func theDigestIsOfWhatIsLoosenedInAnyOrder() {
        let digest = TrustCodec.digest(of: Self.items)
        #expect(digest == TrustCodec.digest(of: Self.items.reversed()))
        #expect(TrustCodec.digest(of: []) == "")
        var others: [[Loosening]] = [
            Array(Self.items.dropLast()), Self.items + [Loosening(.sliceRemoved, "x")],
        ]
        others.append(
            [Loosening(.gateLoosened, "a >= 1", before: "a >= 1", after: "a >= -1")] + Self.items.dropFirst())
        others.append(
            [Loosening(.gateRemoved, "a >= 1", before: "a >= 1", after: "a >= 0")] + Self.items.dropFirst())
        // Nothing can be moved from one member into the next.
        others.append(
            [Loosening(.gateLoosened, "a >= 1\",\"a >= 1", before: nil, after: "a >= 0")]
                + Self.items.dropFirst())
        for other in others { #expect(TrustCodec.digest(of: other) != digest) }
    }

    @Test func aReportIsReadAsItWasWritten() throws {
        var report = TrustReport(source: "main (0123456789ab)")
        report.loosenings = Self.items
        report.digest = TrustCodec.digest(of: Self.items)
        report.stricter = ["slice added: x"]
        report.rejected = ["no"]
        report.authors = ["mallory"]
        report.approvers = ["ada"]
        report.notes = ["n"]
        #expect(try TrustCodec.decode(TrustCodec.encode(report)) == report)
        report.approval = Approval(
            digest: report.digest, approver: "ada", why: "w", at: "2026-01-01T00:00:00Z",
            until: Day("2026-02-01"),
            source: "s")
        #expect(try TrustCodec.decode(TrustCodec.encode(report)) == report)
        for broken in ["", "[]", "{}", #"{"format":"sluice.trust/2","source":"x"}"#] {
            #expect(throws: TrustCodec.Problem.self) { try TrustCodec.decode(Array(broken.utf8)) }
        }
    }

    @Test func linesThatAreNoApprovalsAreNamed() throws {
        let approval = Approval(
            digest: "sha256:00", approver: "ada", why: "w", at: "2026-01-01T00:00:00Z",
            until: Day("2026-02-01"),
            source: "f:1")
        let good = ApprovalCodec.encode(approval, what: ["a", "b"])
        let text = good + Array("\n{\"format\":\"sluice.approval/1\"}\nnonsense\n".utf8)
        let reading = ApprovalCodec.decode(text, place: "f")
        #expect(reading.approvals == [approval])
        #expect(reading.problems.count == 2 && reading.problems[0].hasPrefix("f:3: no approval"))
    }
}
