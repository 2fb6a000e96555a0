import Domain
import Reporting
import Testing

@Suite struct MarkdownReportTests {
    private func comment(_ name: String) throws -> (marker: String, body: String) {
        let text = MarkdownReport.render(try #require(Results.named(name)))
        let end = try #require(text.firstIndex(of: "\n"))
        return (String(text[..<end]), String(text[text.index(after: end)...]))
    }

    @Test(arguments: Results.names) func fitsIntoAComment(_ name: String) throws {
        #expect(MarkdownReport.render(try #require(Results.named(name))).utf8.count <= 60_000)
    }

    @Test(arguments: [
        ("helpdesk", "<!-- sluice:helpdesk -->"), ("team/app-2.x_y", "<!-- sluice:team/app-2.x_y -->"),
        ("a--b", "<!-- sluice:a-%2Db -->"), ("p\"--><script>", "<!-- sluice:p%22-%2D%3E%3Cscript%3E -->"),
        ("ü", "<!-- sluice:%C3%BC -->"),
    ])
    func markerNamesTheProjectAndEndsNowhereElse(_ project: String, _ marker: String) {
        #expect(MarkdownReport.marker(project: project) == marker)
    }

    @Test(arguments: Results.names) func beginsWithTheMarker(_ name: String) throws {
        let result = try #require(Results.named(name))
        #expect(try comment(name).marker == MarkdownReport.marker(project: result.manifest.project))
    }

    /// One HTML block, which by CommonMark 4.6 (kind 6) only a blank line ends: nothing within is read as
    /// Markdown.
    @Test(arguments: Results.names) func isOneBlockOfHTML(_ name: String) throws {
        let body = try comment(name).body
        #expect(body.hasPrefix("<h3>"))
        #expect(!body.dropLast().contains("\n\n"))
        #expect(!body.unicodeScalars.contains { $0.isUnseen })
        #expect(Page("<all>" + body + "</all>").problem == nil)
    }

    @Test(arguments: Results.names) func holdsNoLinkPictureOrMention(_ name: String) throws {
        let page = Page("<all>" + (try comment(name).body) + "</all>")
        let allowed: Set<String> = [
            "all", "h3", "p", "b", "br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul",
            "li", "ol",
            "details", "summary", "sub",
        ]
        for element in page.elements {
            #expect(allowed.contains(element.name), "\(element.name)")
            #expect(element.attributes.isEmpty || element.attributes == ["align": "right"])
        }
        let prose = page.text(outside: ["code", "pre"])
        for sign in ["@", "#", "://", "www.", "GH-", ":smile:", "octocat"] {
            #expect(!prose.contains(sign), "\(sign)")
        }
    }

    @Test func wordsThatASiteWouldActUponStandInCode() throws {
        var result = Results.ship
        result.headline =
            "ask @octocat about #12 and owner/repo#3, www.example.com, 4be1c0de77, ABC-9, "
            + "a:smile: or plain words: done"
        result.whereItBroke = nil
        let page = Page("<all>" + MarkdownReport.render(result).drop { $0 != "\n" } + "</all>")
        let code = page.all("code").map(\.text).joined(separator: " ")
        for word in [
            "@octocat", "#12", "owner/repo#3,", "www.example.com,", "4be1c0de77,", "ABC-9,", "a:smile:",
        ] {
            #expect(code.contains(word), "\(word)")
        }
        #expect(page.text(outside: ["code"]).contains("plain words: done"))
    }

    @Test func whatDoesNotFitIsCounted() throws {
        #expect(
            try comment("huge").body.contains("more gates, none worse than these: see the HTML report."))
    }

    /// Every method that is listed stands behind a number of the comment, and every number's method is listed.
    @Test(arguments: Results.names) func methodsAreThoseThatAreReferredTo(_ name: String) throws {
        let page = Page("<all>" + (try comment(name).body) + "</all>")
        let body = try comment(name).body
        let items = page.all("li").count { $0.path.contains("ol") }
        guard items > 0, !body.contains("did not fit") else { return }
        var used = Set<Int>()
        for cell in page.all("td") where cell.attributes.isEmpty {
            let numbers = cell.text.split(separator: ",").map { Int($0.filter { $0 != " " }) }
            if !numbers.contains(nil) { used.formUnion(numbers.compactMap(\.self)) }
        }
        #expect(used == Set(1...items))
    }

    @Test func theWorstSlicesAreShown() throws {
        let body = try comment(Results.names.first { Results.named($0)?.slices.isEmpty == false } ?? "")
            .body
        #expect(body.contains("Slices, the worst first"))
    }
}
