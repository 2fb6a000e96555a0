import Domain
import Reporting
import Testing

@Suite struct TerminalReportTests {
    @Test func show() {
        for item in Results.all.prefix(5) { print(TerminalReport.render(item.result, width: 120, colour: false, report: ".sluice/runs/r-0192/report.html")) }
    }
}
