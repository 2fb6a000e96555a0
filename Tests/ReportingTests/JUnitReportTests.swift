import Domain
import Reporting
import Testing

/// The rules of `Fixtures/junit.xsd`, held without a schema processor.
@Suite struct JUnitReportTests {
    private static let attributes: [String: Set<String>] = [
        "testsuites": ["name", "tests", "failures", "errors", "time"],
        "testsuite": ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"],
        "properties": [], "property": ["name", "value"], "testcase": ["name", "classname"],
        "failure": ["message", "type"], "error": ["message", "type"], "skipped": ["message"],
        "system-out": [],
    ]
    private static let parents: [String: Set<String>] = [
        "testsuite": ["testsuites"], "properties": ["testsuite"], "property": ["properties"],
        "testcase": ["testsuite"], "failure": ["testcase"], "error": ["testcase"], "skipped": ["testcase"],
        "system-out": ["testcase"],
    ]

    private func page(_ name: String) throws -> Page {
        Page(JUnitReport.render(try #require(Results.named(name))))
    }

    @Test(arguments: Results.names) func hasTheFormThatJenkinsReads(_ name: String) throws {
        let page = try page(name)
        #expect(page.problem == nil)
        #expect(page.elements.first?.name == "testsuites")
        for element in page.elements {
            let known = try #require(Self.attributes[element.name], "\(element.name)")
            #expect(Set(element.attributes.keys) == known)
            if let parents = Self.parents[element.name] { #expect(parents.contains(element.path.last ?? "")) }
        }
    }

    @Test(arguments: Results.names) func countsAreThoseOfItsCases(_ name: String) throws {
        let page = try page(name)
        let whole = try #require(page.all("testsuites").first).attributes
        #expect(whole["tests"] == String(page.all("testcase").count))
        #expect(whole["failures"] == String(page.all("failure").count))
        #expect(whole["errors"] == String(page.all("error").count))
        let suites = page.all("testsuite")
        #expect(
            suites.compactMap { Int($0.attributes["tests"] ?? "") }.reduce(0, +) == page.all("testcase").count
        )
        #expect(
            suites.compactMap { Int($0.attributes["skipped"] ?? "") }.reduce(0, +)
                == page.all("skipped").count)
        let result = try #require(Results.named(name))
        #expect(page.all("testcase").count == 1 + result.gates.count + result.shown.count)
    }

    @Test(arguments: Results.names) func noTwoCasesShareAName(_ name: String) throws {
        let names = try page(name).all("testcase").map {
            ($0.attributes["classname"] ?? "") + "\u{0}" + ($0.attributes["name"] ?? "")
        }
        #expect(Set(names).count == names.count)
    }

    /// A green status beside red tests, or the other way round, would be believed by nobody.
    @Test(arguments: Results.names) func isGreenExactlyWhereTheVerdictIsShip(_ name: String) throws {
        let page = try page(name)
        let isGreen = page.all("failure").isEmpty && page.all("error").isEmpty
        #expect(isGreen == (try #require(Results.named(name)).verdict == .ship))
    }

    @Test func whatXMLCannotHoldIsShownAsAnEscape() throws {
        let text = JUnitReport.render(Results.hostile)
        for escape in ["\\u{0}", "\\u{FFFE}", "\\u{1B}"] { #expect(text.contains(escape)) }
        #expect(!text.unicodeScalars.contains { $0.isUnseen })
        #expect(!text.contains("]]>"))
    }

    @Test func aReservedGateOfAShippedRunIsSkippedWithItsSettler() throws {
        var result = Results.ship
        result.gates[2] = Results.tokenGate(.unsure)
        result.reservations = [
            Reservation(
                gate: "token_f1 no worse than baseline by 0.01", why: "undecided", settledBy: "shadow")
        ]
        let skipped = Page(JUnitReport.render(result)).all("skipped")
        #expect(skipped.count == 1)
        #expect(skipped.first?.attributes["message"]?.hasSuffix("to be settled by shadow") == true)
    }
}
