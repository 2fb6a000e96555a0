import Domain
import Foundation
import Reporting
import Testing

@Suite struct HTMLReportTests {
    private static let pages: [String: Page] = {
        var pages: [String: Page] = [:]
        for item in Results.all { pages[item.name] = Page(HTMLReport.render(item.result)) }
        return pages
    }()

    private func page(_ name: String) throws -> Page { try #require(Self.pages[name]) }

    @Test(arguments: Results.names) func isWellFormed(_ name: String) throws {
        #expect(try page(name).problem == nil)
    }

    @Test(arguments: Results.names) func holdsNothingThatRunsOrLoads(_ name: String) throws {
        let allowed: Set<String> = [
            "html", "head", "meta", "link", "title", "style", "body", "header", "nav", "main", "section",
            "footer",
            "div", "span", "p", "h1", "h2", "h3", "h4", "a", "b", "br", "bdi", "code", "pre", "small", "sup",
            "ul",
            "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure",
            "figcaption", "details", "summary", "ins", "del", "svg", "defs", "pattern", "line", "rect",
            "circle",
            "path", "text",
        ]
        for element in try page(name).elements {
            #expect(allowed.contains(element.name), "\(element.name)")
            for (key, value) in element.attributes {
                #expect(
                    !key.hasPrefix("on") && !["src", "srcset", "style", "action", "srcdoc"].contains(key))
                if key == "href" { #expect(value.hasPrefix("#") || value == "data:,") }
            }
        }
    }

    @Test(arguments: Results.names) func forbidsByPolicyWhatItDoesNotHold(_ name: String) throws {
        let metas = try page(name).all("meta").filter {
            $0.attributes["http-equiv"] == "Content-Security-Policy"
        }
        let policy = try #require(metas.first?.attributes["content"])
        for part in ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'"] {
            #expect(policy.contains(part))
        }
        // It must come before anything it is to govern.
        let order = try page(name).elements.map(\.name)
        #expect(try #require(order.firstIndex(of: "meta")) < (try #require(order.firstIndex(of: "style"))))
    }

    @Test(arguments: Results.names) func everyLinkLeadsSomewhereAndEveryNameIsItsOwn(_ name: String) throws {
        let page = try page(name)
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        for link in page.all("a") {
            let target = try #require(link.attributes["href"])
            #expect(ids.contains(String(target.dropFirst())), "\(target)")
        }
        for section in page.elements {
            if let label = section.attributes["aria-labelledby"] { #expect(ids.contains(label)) }
        }
    }

    @Test(arguments: Results.names) func staysUnderTwoHundredKilobytes(_ name: String) throws {
        let result = try #require(Results.named(name))
        #expect(HTMLReport.render(result).utf8.count < 200_000)
    }

    @Test(arguments: Results.names) func canBeReadWithoutSeeingIt(_ name: String) throws {
        let page = try page(name)
        #expect(page.all("html").first?.attributes["lang"] == "en")
        #expect(page.all("h1").count == 1)
        for drawing in page.all("svg") where drawing.attributes["aria-hidden"] == nil {
            #expect(drawing.attributes["role"] == "img")
            #expect(drawing.attributes["aria-label"]?.isEmpty == false)
        }
        #expect(page.all("table").count == page.all("caption").count)
        for cell in page.all("th") { #expect(cell.attributes["scope"] != nil) }
        for region in page.elements where region.attributes["role"] == "region" {
            #expect(region.attributes["aria-label"] != nil && region.attributes["tabindex"] == "0")
        }
        for landmark in ["main", "nav", "footer"] { #expect(page.all(landmark).count == 1) }
    }

    @Test func hostileTextIsShownAndNotRead() throws {
        let page = try page("hostile")
        let shown = page.text(outside: ["style"])
        for text in [
            "<script>alert(1)</script>", "</style><b>bold</b>", "]]>", "javascript:alert(3)",
            "&lt;already&gt;",
        ] {
            #expect(shown.contains(text), "\(text)")
        }
        let spans = page.all("span").filter { $0.attributes["class"] == "esc" }.map(\.text)
        for escape in [
            "\\u{202E}", "\\u{1B}", "\\u{0}", "\\u{2066}", "\\u{200B}", "\\u{FFFE}", "\\u{E0041}", "\\u{9B}",
        ] {
            #expect(spans.contains(escape), "\(escape)")
        }
        let document = HTMLReport.render(Results.hostile)
        let hidden = document.unicodeScalars.filter(\.isUnseen)
        #expect(hidden.isEmpty)
    }

    @Test func longTextsAreCutAndTheCutIsCounted() throws {
        let notes = try page("hostile").all("span").filter { $0.attributes["class"] == "cut" }.map(\.text)
        // 75,000 times 14 characters, of which an answer shows 2,400.
        #expect(notes.contains(" … 1,047,600 of 1,050,000 characters not shown"))
    }

    @Test func whatDoesNotFitIsCounted() throws {
        let text = try page("huge").text(outside: ["style"])
        #expect(text.contains("of 2,500 slices"))
        #expect(text.contains("more examples are in the JSON report"))
        #expect(text.contains("150 labels"))
    }

    @Test func sameResultSameBytes() {
        for item in Results.all { #expect(HTMLReport.render(item.result) == HTMLReport.render(item.result)) }
    }

    @Test func everyGateShowsMethodAndCount() throws {
        let rows = try page("block-retrieval").all("td").filter {
            $0.path.contains("table") && $0.attributes["class"] == "n"
        }
        #expect(rows.contains { $0.text.contains("480") })
        let methods = try page("block-retrieval").all("li").filter {
            $0.attributes["id"]?.hasPrefix("method-") == true
        }
        #expect(
            methods.contains {
                $0.text.contains("paired BCa bootstrap, 10,000 resamples, seed 20261120, 90 %")
            })
        let leads = try page("block-retrieval").text(outside: ["style"])
        #expect(
            leads.contains("Intervals cover 90 % on two sides: each end alone is a one-sided bound at 95 %"))
    }

    @Test func drawingsCarryAxesUnitsAndLimits() throws {
        let page = try page("block-retrieval")
        let labels = page.all("text").map(\.text)
        for label in [
            "0", "×1", "≤ 3500ms", "−0.020", "share of examples", "ms", "p95 ≤ 3500ms", "20 %", "2,000",
        ] {
            #expect(labels.contains(label), "\(label)")
        }
        #expect(page.all("figcaption").first?.text.contains("n 512 → 512") == true)
    }

    /// Writes the pages to a folder, to be looked at: there is no other way to judge them.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_REPORT_FOLDER"] != nil))
    func pagesCanBeLookedAt() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["SLUICE_REPORT_FOLDER"])
        for item in Results.all {
            let files = [
                ("html", HTMLReport.render(item.result)), ("md", MarkdownReport.render(item.result)),
                ("xml", JUnitReport.render(item.result)), ("json", JSONReport.render(item.result)),
            ]
            for (kind, text) in files {
                try Data(text.utf8).write(
                    to: URL(fileURLWithPath: folder).appendingPathComponent(item.name + "." + kind))
            }
        }
    }
}
