import Domain
import Statistics

/// The methods behind a report's numbers, each once and numbered in the order in which the report meets them.
struct MethodNotes {
    private(set) var methods: [String] = []
    private var numbers: [String: Int] = [:]

    init(_ result: RunResult) {
        for gate in ReportWords.byUrgency(result.gates) {
            for method in Self.methods(gate) { add(method) }
            for member in gate.members { member.difference.map { add(Self.words($0)) } }
        }
        for metric in result.metrics {
            for estimate in [metric.baseline, metric.candidate, metric.difference] {
                estimate.map { add(Self.words($0)) }
            }
        }
        for slice in result.slices { slice.difference.map { add(Self.words($0)) } }
        for stage in result.stages { stage.difference.map { add(Self.words($0)) } }
        for distribution in result.distributions {
            for percentile in distribution.percentiles { percentile.interval.map { add(Self.words($0)) } }
        }
    }

    private mutating func add(_ method: String) {
        guard !method.isEmpty, numbers[method] == nil else { return }
        methods.append(method)
        numbers[method] = methods.count
    }

    static func words(_ estimate: Estimate) -> String {
        guard let interval = estimate.interval else { return estimate.method + ", no interval" }
        return estimate.method + "; interval: " + words(interval)
    }

    static func words(_ interval: Interval) -> String {
        interval.method + ", " + ReportWords.coverage(interval.confidence)
    }

    static func methods(_ gate: GateResult) -> [String] {
        let decision = Decision(gate)
        guard let estimate = decision.estimate else { return [gate.method] }
        let words = words(estimate)
        let said = estimate.interval?.method == gate.method || gate.method.isEmpty
        return said ? [words] : [words, "test: " + gate.method]
    }

    /// The numbers of these methods, ascending, each once.
    func references(_ methods: [String]) -> [Int] {
        var found: Set<Int> = []
        for method in methods { numbers[method].map { _ = found.insert($0) } }
        return found.sorted()
    }

    func references(_ estimates: [Estimate?]) -> [Int] {
        references(estimates.compactMap { $0 }.map { Self.words($0) })
    }
}

extension HTMLBuilder {
    /// Footnote marks that lead to the methods.
    mutating func references(_ numbers: [Int]) {
        guard !numbers.isEmpty else { return }
        element("sup", .class("fn")) { html in
            for (index, number) in numbers.enumerated() {
                if index > 0 { html.raw(" ") }
                html.element("a", .to("method-\(number)"), .label("method \(number)"), text: String(number))
            }
        }
    }

    /// A mark and, for those who do not see it, its word.
    mutating func outcome(_ outcome: GateResult.Outcome) {
        let mark = ReportWords.mark(outcome)
        switch outcome {
        case .passes: namedMark("o pass", mark, "passes")
        case .fails: namedMark("o fail", mark, "fails")
        case .unsure: namedMark("o unsure", mark, "unsure")
        case .notJudged: namedMark("o none", mark, "not judged")
        }
    }

    private mutating func namedMark(_ css: StaticString, _ mark: String, _ word: String) {
        element("span", .class(css)) { html in
            html.element("span", .class("m"), .fixed("aria-hidden", "true"), text: mark)
            html.element("span", .class("w"), text: word)
        }
    }

    /// A section with its heading, so that both the outline and the links find it.
    mutating func section(
        _ id: String, _ heading: String, _ lead: String? = nil, content: (inout HTMLBuilder) -> Void
    ) {
        element("section", .id(id), .labelledBy(id + "-h")) { html in
            html.element("h2", .id(id + "-h"), text: heading)
            if let lead { html.element("p", .class("lead"), text: lead) }
            content(&html)
        }
    }

    /// A table that scrolls within its place and can be reached by the keyboard.
    mutating func table(
        _ css: StaticString, caption: String, content: (inout HTMLBuilder) -> Void
    ) {
        element(
            "div", .class("scroll"), .fixed("role", "region"), .fixed("tabindex", "0"), .label(caption)
        ) { html in
            html.element("table", .class(css)) { html in
                html.element("caption", text: caption)
                content(&html)
            }
        }
    }

    /// A row of column headings; those whose name begins with `#` hold numbers.
    mutating func headings(_ names: [String]) {
        element("thead") { html in
            html.element("tr") { html in
                for name in names {
                    if name.hasPrefix("#") {
                        html.element("th", .fixed("scope", "col"), .class("n"), text: String(name.dropFirst()))
                    } else {
                        html.element("th", .fixed("scope", "col"), text: name)
                    }
                }
            }
        }
    }

    mutating func number(_ text: String?, else absent: String = "–") {
        if let text {
            element("td", .class("n"), text: text)
        } else {
            element("td", .class("n none"), text: absent)
        }
    }

    /// A long text, cut, with the count of what was cut.
    mutating func cutText(_ text: String, to limit: Int) {
        let (head, left) = VisibleText.cut(text, to: limit)
        self.text(head)
        if left > 0 { cutNote(left: left, of: left + limit) }
    }

    /// Says how much of a list the page leaves to the JSON report; nothing where that is none.
    mutating func left(_ count: Int, _ one: String, _ many: String) {
        guard count > 0 else { return }
        let verb = count == 1 ? "is" : "are"
        element("p", .class("lead"), text: "\(Figure.count(count)) more \(count == 1 ? one : many) \(verb) in the JSON report.")
    }

    mutating func cutNote(left: Int, of all: Int) {
        element(
            "span", .class("cut"),
            text: " … \(Figure.count(left)) of \(Figure.count(all)) characters not shown")
    }
}
