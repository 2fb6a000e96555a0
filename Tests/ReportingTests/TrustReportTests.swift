import Domain
import Reporting
import Testing

/// What a change loosens, in every face: escaped, cut, and never hidden.
@Suite struct TrustReportTests {
    private static let hostile =
        "x <script>alert(1)</script> \u{1B}[2J \u{202E} @team [a](javascript:b) ]]> \n\n# owned"

    private func refused(_ count: Int) -> RunResult {
        var trust = TrustReport(source: "main (0123456789ab)")
        for number in 0..<count {
            trust.loosenings.append(
                Loosening(
                    .gateLoosened, "gate \(number) " + Self.hostile, before: Self.hostile,
                    after: String(repeating: "long ", count: 200)))
        }
        trust.digest = "sha256:" + String(repeating: "ab", count: 32)
        trust.authors = ["mallory"]
        trust.rejected = [Self.hostile]
        trust.stricter = [Self.hostile]
        trust.notes = [Self.hostile]
        var result = RunResult(
            manifest: Results.manifest("a change"), verdict: .block, headline: TrustWords.headline(trust))
        result.trust = trust
        return result
    }

    @Test(arguments: [1, 10_000]) func aRefusalIsToldInEveryFace(_ count: Int) throws {
        let result = refused(count)
        let terminal = TerminalReport.render(result, width: 100, colour: false)
        let markdown = MarkdownReport.render(result)
        let html = HTMLReport.render(result)
        let junit = JUnitReport.render(result)
        let json = JSONReport.render(result)
        #expect(html.utf8.count <= HTMLReport.limit)
        #expect(markdown.utf8.count <= MarkdownReport.limit)
        #expect(Page(html).problem == nil && Page(junit).problem == nil)
        for (face, text) in [
            ("terminal", terminal), ("markdown", markdown), ("html", html), ("junit", junit), ("json", json),
        ] {
            #expect(text.contains("gate loosened"), "\(face)")
            #expect(text.contains("anybody but mallory"), "\(face)")
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") || face == "json", "\(face)")
            #expect(!text.contains("<script>") || face == "json" || face == "terminal", "\(face)")
        }
        #expect(!markdown.contains("\n# owned"))
        if count > 1 {
            #expect(terminal.contains("and 9980 more"))
            #expect(markdown.contains("and 9980 more"))
        }
        #expect(!terminal.contains("answered"), "nothing was asked")
        #expect(junit.contains("failures=\"2\""))
    }

    @Test func anApprovalIsToldAndBlocksNothing() throws {
        var result = refused(1)
        result.verdict = .ship
        let digest = result.trust?.digest ?? ""
        result.trust?.approval = Approval(
            digest: digest, approver: "ada", why: "agreed with support",
            at: "2026-11-20T00:00:00Z", until: Day("2026-12-20"), source: "main:approvals.jsonl:1")
        for text in [
            TerminalReport.render(result, width: 200, colour: false), MarkdownReport.render(result),
            HTMLReport.render(result), JUnitReport.render(result),
        ] { #expect(text.contains("approved by ada, until 2026-12-20: agreed with support")) }
        #expect(JUnitReport.render(result).contains("failures=\"0\""))
    }
}
