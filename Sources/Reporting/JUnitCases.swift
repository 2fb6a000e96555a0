/// JUnit XML of checks that are no gates of a run: contracts, journeys.
///
/// Valid against the schema that Jenkins' JUnit plugin publishes.
struct JUnitCases {
    struct Case {
        enum State { case passes, failure, error, skipped }

        let name: String
        let state: State
        let message: String
        let detail: String
        let seconds: Double?
    }

    struct Suite {
        let name: String
        let cases: [Case]
        let seconds: Double
    }

    private static let textLimit = 4_000

    /// UTF-8, with its declaration; the same bytes for the same suites.
    static func render(_ title: String, _ suites: [Suite], startedAt: String) -> String {
        var xml = HTMLBuilder(for: .xml)
        xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        let all = suites.flatMap(\.cases)
        xml.element(
            "testsuites", .data("name", title), .count("tests", all.count),
            .count("failures", count(all, .failure)), .count("errors", count(all, .error)),
            .data("time", span(suites.reduce(0) { $0 + $1.seconds }))
        ) { xml in
            xml.raw("\n")
            for suite in suites { write(suite, startedAt, &xml) }
        }
        xml.raw("\n")
        return xml.string
    }

    private static func write(_ suite: Suite, _ startedAt: String, _ xml: inout HTMLBuilder) {
        let name = VisibleText.excerpt(suite.name, to: 200)
        xml.element(
            "testsuite", .data("name", name), .count("tests", suite.cases.count),
            .count("failures", count(suite.cases, .failure)), .count("errors", count(suite.cases, .error)),
            .count("skipped", count(suite.cases, .skipped)), .data("time", span(suite.seconds)),
            .data("timestamp", startedAt)
        ) { xml in
            xml.raw("\n")
            for item in suite.cases { write(item, name, &xml) }
        }
        xml.raw("\n")
    }

    private static func write(_ item: Case, _ suite: String, _ xml: inout HTMLBuilder) {
        let detail = VisibleText.cut(VisibleText.lines(item.detail), to: textLimit).head
        let message = VisibleText.excerpt(item.message, to: 400)
        var attributes: [HTMLBuilder.Attribute] = [
            .data("name", VisibleText.excerpt(item.name, to: 300)), .data("classname", suite),
        ]
        if let seconds = item.seconds { attributes.append(.data("time", span(seconds))) }
        xml.group("testcase", attributes) { xml in
            switch item.state {
            case .passes: if !detail.isEmpty { xml.element("system-out", text: detail) }
            case .failure:
                xml.element("failure", .data("message", message), .fixed("type", "check"), text: detail)
            case .error:
                xml.element("error", .data("message", message), .fixed("type", "unmeasured"), text: detail)
            case .skipped: xml.void("skipped", .data("message", message))
            }
        }
        xml.raw("\n")
    }

    private static func count(_ cases: [Case], _ state: Case.State) -> Int {
        cases.count { $0.state == state }
    }

    private static func span(_ seconds: Double) -> String { Figure.fixed(max(0, seconds), decimals: 3) }
}
