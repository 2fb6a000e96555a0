import Deployment
import Domain

/// Journeys as one file: no script, no request, nothing outside itself.
public enum JourneyPage {
    /// UTF-8; also well-formed XML.
    public static func render(_ report: JourneyReport, version: String) -> String {
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                let project = VisibleText.excerpt(report.project, to: 60)
                HTMLReport.head("\(report.verdict.rawValue) · journeys · \(project)", &html) { html in
                    html.raw(sheet)
                }
            }
            html.raw("\n")
            html.element("body") { html in
                head(report, &html)
                html.element("main", .id("main")) { html in
                    for journey in report.journeys { write(journey, &html) }
                    if !report.leftovers.isEmpty { write(report.leftovers, &html) }
                }
                html.element("footer") { html in
                    html.text("sluice \(VisibleText.excerpt(version, to: 40)) · ")
                    html.text("answers are shown as data: nothing on this page runs or loads anything")
                }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static let sheet: StaticString = """
        .jr td details{margin:6px 0}
        .jr td details>p,.jr td details>ul,.jr td details>pre{margin:0 14px 10px}
        .jr td details ul{padding-left:18px}
        .jr td p+details{margin-top:8px}
        .jr td:first-child{width:96px}
        .jr td:nth-child(2){width:22%;font-weight:500}
        .jr .undo td{color:var(--soft);background:var(--card)}
        .jr .undo td:first-child,.jr .undo pre{color:var(--ink)}
        .jr td pre{margin:6px 0 0}
        """

    private static func head(_ report: JourneyReport, _ html: inout HTMLBuilder) {
        let css: HTMLBuilder.Attribute =
            switch report.verdict {
            case .ship: .class("verdict pass")
            case .block, .couldNotMeasure: .class("verdict fail")
            case .cannotTell: .class("verdict unsure")
            }
        html.element("header", css) { html in
            html.element(
                "div", .class("stamp"), .fixed("aria-hidden", "true"), text: ReportWords.mark(report.verdict))
            html.element("div") { html in
                html.element("p", .class("what")) { html in
                    html.element("b", text: VisibleText.excerpt(report.project, to: 80))
                    html.text(" · " + ReportWords.count(report.journeys.count, "journey", "journeys"))
                }
                html.element("h1", text: report.verdict.rawValue)
                let bad =
                    report.journeys.first { $0.outcome == .fails }
                    ?? report.journeys.first { $0.outcome != .holds }
                let words = bad.map { $0.name + ": " + $0.headline } ?? report.journeys.first?.headline ?? ""
                html.element(
                    "p", .class("headline"), .fixed("dir", "auto"), text: VisibleText.excerpt(words, to: 400))
                var facts = ["run " + VisibleText.excerpt(report.run, to: 60)]
                if !report.startedAt.isEmpty { facts.append(HistoryWords.moment(report.startedAt) + " UTC") }
                facts.append(CheckWords.seconds(report.seconds))
                html.element("p", .class("meta"), text: facts.joined(separator: " · "))
            }
        }
    }

    private static func write(_ journey: JourneyResult, _ html: inout HTMLBuilder) {
        let name = VisibleText.excerpt(journey.name, to: 100)
        html.section("journey-" + name, name, VisibleText.excerpt(journey.headline, to: 600)) { html in
            html.table("plain jr", caption: "Steps of \(name)") { html in
                html.headings(["", "step", "what was seen", "#time"])
                html.element("tbody") { html in
                    for step in journey.steps { row(step, &html) }
                    for cleanUp in journey.cleanUps { row(cleanUp, &html) }
                }
            }
        }
    }

    private static func row(_ step: StepResult, _ html: inout HTMLBuilder) {
        html.element("tr") { html in
            html.element("td") { mark(step.outcome, &$0) }
            html.element("td", text: VisibleText.excerpt(step.name, to: 100))
            html.element("td") { html in
                if let why = step.why { html.element("p", text: VisibleText.excerpt(why, to: 400)) }
                for look in step.looks { write(look, &html) }
            }
            html.number(step.outcome == .skipped ? nil : CheckWords.seconds(step.seconds))
        }
        html.raw("\n")
    }

    private static func write(_ look: LookResult, _ html: inout HTMLBuilder) {
        // What does not hold is to be read without a click.
        html.group("details", look.outcome == .holds ? [] : [.fixed("open", "open")]) { html in
            html.element("summary") { html in
                html.element("b", text: look.kind.rawValue)
                html.text(" " + (look.call.map { VisibleText.excerpt(CheckWords.head($0), to: 300) } ?? ""))
                if look.polls > 1 { html.text(", \(look.polls) looks") }
            }
            if let why = look.why { html.element("p", text: VisibleText.excerpt(why, to: 600)) }
            html.element("ul") { html in
                for condition in look.conditions {
                    html.element("li") { html in
                        html.text(CheckWords.mark(condition.holds ? .holds : .fails) + " ")
                        html.element("code", text: VisibleText.excerpt(condition.condition, to: 200))
                        html.text("  " + VisibleText.excerpt(condition.seen, to: 300))
                    }
                }
                for value in look.captured {
                    html.element("li") { html in
                        html.text("captured ")
                        html.element("code", text: value.name)
                        html.text(" = " + VisibleText.excerpt(value.value, to: 200))
                    }
                }
            }
            if let call = look.call {
                for line in CheckWords.lines(call).dropFirst() {
                    html.element("pre", text: VisibleText.excerpt(line, to: 600))
                }
            }
        }
    }

    private static func row(_ cleanUp: CleanUpResult, _ html: inout HTMLBuilder) {
        html.element("tr", .class("undo")) { html in
            html.element("td") { mark(cleanUp.outcome, &$0) }
            html.element("td", text: "clean up " + VisibleText.excerpt(cleanUp.step, to: 100))
            html.element("td") { html in
                html.text(VisibleText.excerpt(cleanUp.how, to: 400))
                if let call = cleanUp.call {
                    html.element("pre", text: VisibleText.excerpt(CheckWords.head(call), to: 400))
                }
            }
            html.number(cleanUp.seconds.map(CheckWords.seconds))
        }
        html.raw("\n")
    }

    private static func write(_ leftovers: [JourneyReport.Leftover], _ html: inout HTMLBuilder) {
        html.section("leftovers", "Left by earlier runs") { html in
            html.table("plain jr", caption: "Clean-ups of earlier runs") { html in
                html.headings(["", "journey", "what became of it", "#time"])
                html.element("tbody") { html in
                    for leftover in leftovers {
                        for cleanUp in leftover.cleanUps { row(cleanUp, &html) }
                        if let problem = leftover.problem {
                            html.element("tr") { html in
                                html.element("td") { mark(.open, &$0) }
                                html.element("td", text: VisibleText.excerpt(leftover.file, to: 200))
                                html.element("td", text: VisibleText.excerpt(problem, to: 400))
                                html.number(nil)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func mark(_ outcome: CheckOutcome, _ html: inout HTMLBuilder) {
        switch outcome {
        case .holds: html.outcome(.passes)
        case .fails: html.outcome(.fails)
        case .open: html.outcome(.unsure)
        case .skipped: html.outcome(.notJudged)
        }
    }
}
