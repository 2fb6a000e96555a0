import Domain
import Reporting
import Testing

@Suite struct TerminalReportTests {
    @Test(arguments: Results.names, [80, 100, 137, 200])
    func noLineIsWiderThanTheTerminal(_ name: String, _ width: Int) throws {
        let result = try #require(Results.named(name))
        let text = TerminalReport.render(result, width: width, colour: false, report: "reports/r.html")
        for line in text.split(separator: "\n") {
            #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
    }

    @Test(arguments: Results.names) func nothingButLineFeedsControlsTheTerminal(_ name: String) throws {
        let result = try #require(Results.named(name))
        let text = TerminalReport.render(result, width: 100, colour: false)
        let controls = text.unicodeScalars.filter { $0.isUnseen || $0 == "\t" }
        #expect(controls.isEmpty)
    }

    @Test func colourAddsOnlyItsOwnSequences() throws {
        let result = try #require(Results.named("hostile"))
        let plain = TerminalReport.render(result, width: 100, colour: false)
        var coloured = TerminalReport.render(result, width: 100, colour: true)
        for code in ["0", "1", "2", "34", "1;31", "33"] {
            coloured = coloured.split(separator: "\u{1B}[\(code)m", omittingEmptySubsequences: false).joined()
        }
        #expect(coloured == plain)
    }

    @Test func colourIsThereOnlyWhenAsked() throws {
        let result = try #require(Results.named("ship"))
        #expect(TerminalReport.render(result, width: 100, colour: true).contains("\u{1B}["))
        #expect(!TerminalReport.render(result, width: 100, colour: false).contains("\u{1B}"))
    }

    @Test func aWidthBeyondItsLimitsIsHeldToThem() throws {
        let result = try #require(Results.named("ship"))
        let narrow = TerminalReport.render(result, width: 10, colour: false)
        #expect(narrow == TerminalReport.render(result, width: 80, colour: false))
        let wide = TerminalReport.render(result, width: 999, colour: false)
        #expect(wide == TerminalReport.render(result, width: 200, colour: false))
    }

    @Test func whatFailsStandsFirst() throws {
        let result = try #require(Results.named("block-retrieval"))
        let lines = TerminalReport.render(result, width: 160, colour: false).split(separator: "\n")
        let marks = lines.compactMap { line in "✗?✓".contains(line.first ?? " ") ? line.first : nil }
        #expect(marks == ["✗", "?", "✓", "✓", "✓", "✓", "✓", "✓"])
    }
}
