import Domain
import Foundation
import Reporting
import Testing

@Suite struct TerminalReportTests {
    @Test func show() throws {
        guard let folder = ProcessInfo.processInfo.environment["SLUICE_REPORT_DUMP"] else { return }
        for item in Results.all {
            let html = HTMLReport.render(item.result)
            print(item.name, html.utf8.count)
            try html.write(toFile: folder + "/" + item.name + ".html", atomically: true, encoding: .utf8)
        }
    }
}
