import Domain
import Ledger
import Reporting
import Testing

/// A history as a page: what it promises of its size, and what its curves say.
@Suite struct HistoryPageTests {
    private static func metric(_ name: String, _ value: Double, unit: String = "ratio") -> RunSummary.Metric {
        RunSummary.Metric(
            name: name, unit: unit, direction: "higher", tier: "quality", value: value, lower: value - 0.02,
            upper: value + 0.02, confidence: 0.9, method: "Student t", n: 500)
    }

    private static func run(
        _ number: Int, project: String = "helpdesk", title: String = "", metrics: [RunSummary.Metric]
    ) -> RunSummary {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        var run = RunSummary(id: "r-\(100_000 + number)")
        run.project = project
        let (day, minute) = (number / 1440, number % 1440)
        run.startedAt =
            "20\(two(20 + day / 300))-\(two(1 + day / 25 % 12))-\(two(1 + day % 25))T\(two(minute / 60)):\(two(minute % 60)):00Z"
        run.verdict = number % 7 == 0 ? .block : .ship
        run.title = title
        run.dataset = Manifest.DatasetFacts(
            digest: "sha256:\(number / 50)", count: 500, files: [], version: nil)
        run.versions = [RunSummary.Fact(name: "prompt", value: "v\(number / 3)")]
        run.gates = [
            RunSummary.Gate(
                rule: "m0 >= 0.8", outcome: number % 7 == 0 ? "fails" : "passes", baseline: 0.8,
                candidate: 0.7, note: title)
        ]
        run.metrics = metrics
        return run
    }

    private func page(_ runs: [RunSummary], metrics: [String] = [], problems: [String] = []) -> String {
        HistoryHTML.render(
            HistoryReport(
                place: "team.db", filter: "", runs: runs, notes: [], metrics: metrics, problems: problems,
                version: "1"))
    }

    @Test func tenThousandRunsOfSixtyMetricsStayUnderTwoHundredKilobytes() {
        let runs = (0..<10_000).map { number in
            Self.run(
                number,
                metrics: (0..<60).map {
                    Self.metric("m\($0)", Double((number * 7919 + $0 * 31) % 1000) / 1000)
                })
        }
        let usual = page(runs)
        #expect(usual.utf8.count < 200_000 && usual.contains("<svg"), "\(usual.utf8.count)")
        let asked = page(runs, metrics: (0..<60).map { "m\($0)" })
        #expect(asked.utf8.count < 200_000, "\(asked.utf8.count)")
    }

    /// Names are other people's: of any length, of any letters, over any number of projects.
    @Test func hostileNamesStayUnderTwoHundredKilobytes() {
        let title = String(repeating: "\u{202E}<\"&", count: 400)
        let runs = (0..<600).map { number in
            Self.run(
                number, project: "p\(number % 30) " + title, title: title,
                metrics: (0..<20).map { Self.metric("m\($0)" + title, Double(number % 10) / 10) })
        }
        let text = page(runs, problems: Array(repeating: title, count: 50))
        #expect(text.utf8.count < 200_000, "\(text.utf8.count)")
        #expect(text.contains("more projects in the JSON"))
        #expect(Page(text).problem == nil)
    }

    @Test func runsOfOneDayAreToldApartByTheirHour() {
        let runs = (0..<10).map { Self.run($0 * 60, metrics: [Self.metric("m", 0.5 + Double($0) / 40)]) }
        let text = page(runs)
        #expect(text.contains(">09:00<") && text.contains(">00:00<"), "hours")
        #expect(text.contains("2020-01-01, UTC"))
        #expect(text.contains("Key of the curves") && text.contains(">ships<"))
        for tick in [">0.50<", ">0.60<", ">0.70<"] { #expect(text.contains(tick), "\(tick)") }
    }

    /// The 5th percentile of passes is 0 or 1 and tells nothing.
    @Test func percentilesOfSharesGetNoCard() {
        let runs = (0..<5).map { number in
            Self.run(
                number,
                metrics: [
                    Self.metric("exact_match", 0.8), Self.metric("exact_match.p5", 0),
                    Self.metric("exact_match.p95", 1), Self.metric("latency.p95", 900, unit: "milliseconds"),
                ])
        }
        let text = page(runs)
        #expect(!text.contains("<b>exact_match.p5</b>") && text.contains("<b>latency.p95</b>"))
        #expect(text.contains("2 more metrics"))
        #expect(page(runs, metrics: ["exact_match.p5"]).contains("<b>exact_match.p5</b>"))
    }
}
