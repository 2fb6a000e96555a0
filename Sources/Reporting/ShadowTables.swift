import Domain
import Shadowing
import Statistics
import Text

/// The tables of a shadow page.
struct ShadowTables {
    private let words: ShadowWords
    private var report: ShadowReport { words.report }
    private var result: ShadowResult { report.result }

    init(_ words: ShadowWords) { self.words = words }

    /// A number with its interval under it, so that tables stay narrow.
    private func cell(_ text: String, _ html: inout HTMLBuilder) {
        guard let bracket = text.firstIndex(of: "["), bracket != text.startIndex else {
            return html.number(text)
        }
        html.element("td", .class("n")) { html in
            html.text(String(text[..<bracket]))
            html.element("small", text: String(text[bracket...]))
        }
    }

    private func cell(_ text: String?, _ html: inout HTMLBuilder) {
        if let text { cell(text, &html) } else { html.number(nil) }
    }

    // MARK: Join

    func journey(_ html: inout HTMLBuilder) {
        let lead =
            "What was not compared is counted, never taken for an answer. A timeout or a reset is the candidate's own "
            + "failure; a copy that was never sent is nobody's."
        html.section("joined", "How requests became pairs", lead) { html in
            html.element("dl", .class("tiles")) { html in
                for line in words.journey.prefix(12) {
                    html.element("div", .class("tile")) { html in
                        html.element("dt", text: line.words)
                        html.element("dd", text: Figure.count(line.count))
                    }
                }
            }
        }
    }

    // MARK: Routing

    func categories(_ html: inout HTMLBuilder) {
        let shown = result.categories.filter { $0.labels.count > 1 || $0.name == "intent" }
        guard !shown.isEmpty else { return }
        let lead =
            "Rows: production. Columns: the candidate, for the same requests. On the diagonal nothing changed. "
            + "Counts are requests; shares and tests are over keys."
        html.section("routing", "Routing matrix", lead) { html in
            let drawn = shown.filter { $0.labels.count <= CategoryLimit.matrix }
            html.element("div", .class("matrices")) { html in
                for category in drawn where category.labels.count <= 6 { matrix(category, &html) }
            }
            html.element("div", .class("matrices wide")) { html in
                for category in drawn where category.labels.count > 6 { matrix(category, &html) }
            }
            for category in shown where category.rates.contains(where: { words.isProven($0.adjusted) }) {
                rateTable(category.rates, "How often each \(category.name) is chosen", &html)
            }
        }
    }

    private enum CategoryLimit { static let matrix = 14 }

    private func matrix(_ category: CategoryChange, _ html: inout HTMLBuilder) {
        html.element("div") { html in
            var caption = "\(category.name): another in \(words.share(category.changed))"
            if let noise = category.noise { caption += "; production with itself \(words.share(noise))" }
            if let pValue = words.probability(category.adjusted) { caption += "; p " + pValue }
            caption += "; n \(Figure.count(category.keys))"
            html.element("h3", text: VisibleText.excerpt(category.name, to: 40))
            html.element("p", .class("note"), text: VisibleText.excerpt(caption, to: 240))
            html.table("cm", caption: VisibleText.excerpt(category.summary, to: 120)) { html in
                html.element("thead") { html in
                    html.element("tr") { html in
                        html.raw("<td class=\"corner\"></td>")
                        for label in category.labels {
                            html.element("th", .fixed("scope", "col")) { html in
                                html.element("span", text: VisibleText.excerpt(label, to: 28))
                            }
                        }
                    }
                }
                html.element("tbody") { html in
                    for (row, label) in category.labels.enumerated() {
                        html.element("tr") { html in
                            html.element(
                                "th", .fixed("scope", "row"), text: VisibleText.excerpt(label, to: 28))
                            cells(category.cells[row], row, &html)
                        }
                    }
                }
            }
        }
    }

    private func cells(_ cells: [Int], _ row: Int, _ html: inout HTMLBuilder) {
        let total = max(1, cells.reduce(0, +))
        for (column, count) in cells.enumerated() {
            guard count > 0 else {
                html.element("td", text: "")
                continue
            }
            let share = Double(count) / Double(total)
            let css: HTMLBuilder.Attribute
            if row == column {
                css = share >= 0.8 ? .class("d2") : .class("d1")
            } else {
                switch share {
                case ..<0.02: css = .class("b0")
                case ..<0.05: css = .class("b1")
                case ..<0.12: css = .class("b2")
                case ..<0.25: css = .class("b3")
                default: css = .class("b4")
                }
            }
            html.element("td", css, text: Figure.count(count))
        }
    }

    // MARK: Rates

    func rates(_ html: inout HTMLBuilder) {
        guard !result.rates.isEmpty else { return }
        let lead =
            "Over the same requests; \(words.coverage) intervals; points are candidate minus production."
        html.section("rates", "Rates", lead) { html in
            // What is so in neither arm says nothing.
            let shown = result.rates.filter { $0.production.value > 0 || $0.candidate.value > 0 }
            rateTable(shown, "Rates of both arms", &html)
            let quiet = result.rates.filter { $0.production.value == 0 && $0.candidate.value == 0 }
            if !quiet.isEmpty {
                html.element(
                    "p", .class("lead"),
                    text: "In no answer of either arm: " + Prose.listed(quiet.map(\.name)) + ".")
            }
        }
    }

    private func rateTable(_ rates: [RateChange], _ caption: String, _ html: inout HTMLBuilder) {
        guard !rates.isEmpty else { return }
        var reach = 0.0
        for rate in rates {
            for end in [
                rate.difference.interval?.lower, rate.difference.interval?.upper, rate.difference.value,
            ] {
                reach = max(reach, abs(end ?? 0))
            }
        }
        html.table("plain sh", caption: VisibleText.excerpt(caption, to: 120)) { html in
            html.headings([
                "", "#production", "#candidate", "#Δ points", "Δ", "#relative", "#more · fewer keys", "#p",
                "#n",
            ])
            html.element("tbody") { html in
                for rate in rates.prefix(40) {
                    let isProven = words.isProven(rate.adjusted)
                    row(isProven, &html) { html in
                        html.element("th", .fixed("scope", "row"), .title(VisibleText.line(rate.summary))) {
                            html in
                            html.text(VisibleText.excerpt(rate.name, to: 60))
                        }
                        cell(words.share(rate.production), &html)
                        cell(words.share(rate.candidate), &html)
                        cell(words.points(rate.difference), &html)
                        bar(rate.difference, reach, isProven, rate.name, &html)
                        cell(words.relative(rate.relative), &html)
                        html.number("\(Figure.count(rate.gained)) · \(Figure.count(rate.lost))")
                        html.number(words.probability(rate.adjusted))
                        html.number(Figure.count(rate.keys))
                    }
                }
            }
        }
        html.left(rates.count - 40, "row", "rows")
    }

    private func row(_ isProven: Bool, _ html: inout HTMLBuilder, content: (inout HTMLBuilder) -> Void) {
        if isProven {
            html.element("tr", .class("proven"), content: content)
        } else {
            html.element("tr", content: content)
        }
    }

    private func bar(
        _ reading: Reading, _ reach: Double, _ isProven: Bool, _ name: String, _ html: inout HTMLBuilder
    ) {
        html.element("td") { html in
            ShadowBar(
                reach: reach, value: reading.value, interval: reading.interval, isProven: isProven,
                label: "difference of \(VisibleText.excerpt(name, to: 60)): \(words.points(reading)) points"
            ).write(&html)
        }
    }

    // MARK: Numbers

    func numbers(_ html: inout HTMLBuilder) {
        guard !result.numbers.isEmpty else { return }
        html.section(
            "numbers", "Numbers", "Filled: candidate. Dashed line: production. \(words.coverage) intervals."
        ) {
            html in
            html.table("plain sh", caption: "Means over keys") { html in
                html.headings([
                    "", "#production", "#candidate", "#Δ", "#relative", "#p of the mean", "#p of the curve",
                    "#curves apart", "#n",
                ])
                html.element("tbody") { html in
                    for number in result.numbers {
                        let figure = words.figure(number)
                        row(words.isProven(number.adjustedMean), &html) { html in
                            html.element("th", .fixed("scope", "row"), text: number.name)
                            cell(words.value(number.production, figure), &html)
                            cell(words.value(number.candidate, figure), &html)
                            cell(words.change(number), &html)
                            cell(words.relative(number.relative), &html)
                            html.number(words.probability(number.adjustedMean))
                            html.number(words.probability(number.adjustedCurve))
                            html.number(number.curveTest?.statistic.map { Numbers.fixed($0, 3) })
                            html.number(Figure.count(number.keys))
                        }
                    }
                }
            }
            html.element("div", .class("two")) { html in
                for number in result.numbers.prefix(8) { figure(number, &html) }
            }
        }
    }

    private func figure(_ number: NumberChange, _ html: inout HTMLBuilder) {
        let unit = number.unit == "currency" ? "money" : number.unit
        let distribution = DistributionResult(
            metric: number.name, unit: unit, edges: number.edges, baseline: number.productionCounts,
            candidate: number.candidateCounts, percentiles: [])
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("b", text: number.name)
                html.text(" \(number.summary), \(Prose.counted(number.pairs, "request"))")
            }
            if number.production.value == number.candidate.value, number.edges.count <= 2 {
                html.element("p", .class("none"), text: "Every value is the same.")
            } else {
                Histogram(distribution, currency: report.facts.currency, limits: [], of: "share of requests")?
                    .write(&html)
            }
            let figure = words.figure(number)
            html.table("plain sh", caption: "Percentiles of \(number.name)") { html in
                html.headings(["", "#production", "#candidate", "#Δ"])
                html.element("tbody") { html in
                    for percentile in number.percentiles {
                        html.element("tr") { html in
                            html.element("th", .fixed("scope", "row"), text: percentile.name)
                            cell(words.value(percentile.production, figure), &html)
                            cell(words.value(percentile.candidate, figure), &html)
                            cell(words.change(percentile.difference, figure, unit: number.unit), &html)
                        }
                    }
                }
            }
        }
    }

    // MARK: Likeness

    func overlaps(_ html: inout HTMLBuilder) {
        guard !result.overlaps.isEmpty else { return }
        let lead =
            "1: the same. Beside it, where production was asked twice, how alike its own two answers are: the noise "
            + "floor that the candidate is held against."
        html.section("likeness", "Likeness of answers", lead) { html in
            html.table("plain sh", caption: "Means over keys") { html in
                html.headings([
                    "", "#candidate with production", "#production with itself", "#Δ", "#p", "#n",
                ])
                html.element("tbody") { html in
                    for overlap in result.overlaps {
                        row(words.isProven(overlap.adjusted), &html) { html in
                            html.element("th", .fixed("scope", "row")) { html in
                                html.text(overlap.name)
                                html.element("small", text: overlap.summary)
                            }
                            cell(words.likeness(overlap.candidate), &html)
                            cell(overlap.noise.map { words.likeness($0) }, &html)
                            cell(overlap.difference.map { words.signedLikeness($0) }, &html)
                            html.number(words.probability(overlap.adjusted))
                            html.number(Figure.count(overlap.keys))
                        }
                    }
                }
            }
        }
    }

    // MARK: Fields

    func fields(_ html: inout HTMLBuilder) {
        guard result.fieldPairs > 0 else { return }
        let lead =
            "\(Prose.counted(result.fieldPairs, "pair")) of JSON bodies with one status, "
            + "\(Prose.counted(result.fieldKeys, "key")). An asterisk stands for every index of a list."
        html.section("fields", "Fields", lead) { html in
            guard !result.fields.isEmpty else {
                html.element("p", .class("lead"), text: "No field differs anywhere.")
                return
            }
            html.table("plain sh", caption: "Differences by place and kind, proven ones first") { html in
                html.headings([
                    "place", "kind", "#share of requests, over keys", "#production with itself", "#requests",
                    "#p", "",
                    "for example",
                ])
                html.element("tbody") { html in
                    for field in result.fields.prefix(ShadowPage.shownFields) { self.field(field, &html) }
                }
            }
            html.left(result.fields.count - ShadowPage.shownFields, "field", "fields")
            if result.fieldsBeyond > 0 {
                html.element(
                    "p", .class("lead"),
                    text:
                        "\(Prose.counted(result.fieldsBeyond, "change")) at places beyond the first 4,000 are counted "
                        + "here alone.")
            }
        }
    }

    private func field(_ field: FieldFinding, _ html: inout HTMLBuilder) {
        row(field.standing == .proven, &html) { html in
            html.element("th", .fixed("scope", "row"), .class("path")) { html in
                html.element("code", text: ShadowWords.path(field))
            }
            html.element("td", text: field.kind.rawValue)
            cell(words.share(field.share), &html)
            cell(field.noise.map { words.share($0) }, &html)
            html.number(Figure.count(field.pairs))
            html.number(words.probability(field.adjusted))
            html.element("td") { html in
                let word = ShadowWords.standing(field.standing)
                switch field.standing {
                case .proven: html.element("b", .class("unsure"), text: word)
                case .noise, .few, .unattributed: html.element("span", .class("none"), text: word)
                }
            }
            html.element("td", .class("why"), .fixed("dir", "auto"), text: words.example(field))
        }
    }

    // MARK: Slices

    func slices(_ html: inout HTMLBuilder) {
        guard !result.slices.isEmpty else { return }
        let lead =
            "Points: candidate minus production. Below \(result.options.leastKeys) keys a slice is shown, and nothing "
            + "is claimed of it."
        let ordered = result.slices.sorted { first, second in
            if first.isSupported != second.isSupported { return first.isSupported }
            return false
        }
        html.section("slices", "Slices", lead) { html in
            html.table("plain sh", caption: "By label") { html in
                html.headings([
                    "slice", "#errors", "#Δ points", "#p", "#blocks", "#Δ points", "#p", "#latency", "#Δ",
                    "#p",
                    "#keys",
                ])
                html.element("tbody") { html in
                    for slice in ordered.prefix(ShadowPage.shownSlices) { self.slice(slice, &html) }
                }
            }
            html.left(ordered.count + result.slicesBeyond - ShadowPage.shownSlices, "slice", "slices")
        }
    }

    private func slice(_ slice: SliceChange, _ html: inout HTMLBuilder) {
        let isProven =
            slice.rates.contains { words.isProven($0.adjusted) } || words.isProven(slice.adjustedLatency)
        row(isProven, &html) { html in
            html.element(
                "th", .fixed("scope", "row"), .fixed("dir", "auto"), text: ShadowWords.label(slice.label))
            for name in ["errors", "guardrail blocks"] {
                let rate = slice.rates.first { $0.name == name }
                html.number(
                    rate.map {
                        "\(Numbers.percent($0.production.value)) → \(Numbers.percent($0.candidate.value))"
                    })
                cell(rate.map { words.points($0.difference) }, &html)
                html.number(words.probability(rate?.adjusted))
            }
            if let before = slice.latencyProduction, let after = slice.latency, let step = slice.latencyChange
            {
                let figure = Figure(unit: "milliseconds", numbers: [before.value, after.value])
                html.number("\(figure.bare(before.value)) → \(figure.value(after.value))")
                cell(words.change(step, figure, unit: "milliseconds"), &html)
                html.number(words.probability(slice.adjustedLatency))
            } else {
                for _ in 0..<3 { html.number(nil) }
            }
            html.number(Figure.count(slice.keys))
        }
    }
}
