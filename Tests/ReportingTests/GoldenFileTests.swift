import Domain
import Reporting
import Testing

/// Every face of every run, as it was last read and approved.
@Suite struct GoldenFileTests {
    static let small = Results.all.filter { $0.name != "huge" && $0.name != "hostile" }.map(\.name)
    static let withHostile = small + ["hostile"]

    private func result(_ name: String) throws -> RunResult { try #require(Results.named(name)) }

    @Test(arguments: withHostile) func terminalIsAsApproved(_ name: String) throws {
        let text = TerminalReport.render(
            try result(name), width: 120, colour: false, report: ".sluice/runs/r-0192/report.html")
        try Golden.expect(text, name + ".txt")
    }

    @Test(arguments: withHostile) func markdownIsAsApproved(_ name: String) throws {
        try Golden.expect(
            MarkdownReport.render(try result(name), report: "artefact sluice-report"), name + ".md")
    }

    @Test(arguments: withHostile) func jUnitIsAsApproved(_ name: String) throws {
        try Golden.expect(JUnitReport.render(try result(name)), name + ".xml")
    }

    @Test(arguments: small) func jsonIsAsApproved(_ name: String) throws {
        try Golden.expect(JSONReport.render(try result(name)), name + ".json")
    }
}
