import Domain
import Text

/// What stands behind the numbers: measurement, reservations, layers, how to do it again, methods.
struct HTMLAfter {
    static let policyLimit = 8_000
    let result: RunResult
    let notes: MethodNotes
    private var manifest: Manifest { result.manifest }

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
    }

    func measurement(_ html: inout HTMLBuilder) {
        let counts = result.measurement
        html.section(
            "measured", "What was measured",
            "Whose failure it was is never mixed: the app's own count against it, others leave a gap."
        ) { html in
            html.element("dl", .class("tiles")) { html in
                tile("planned", counts.planned, &html)
                tile("answered", counts.answered, &html)
                tile("app failures (scored worst)", counts.appFailures, &html)
                tile("unmeasured", counts.unmeasured, &html)
                tile("metric failures", counts.metricFailures, &html)
                tile("retried", counts.retried, &html)
                tile("throttled", counts.throttled, &html)
                tile("from cache", counts.fromCache, &html)
            }
            if let words = ReportWords.cache(result) {
                html.element("p", .class("lead"), text: "The cache had " + words + ".")
            }
            for use in result.models {
                html.element("p", .class("lead"), text: "Models: " + ModelWords.line(use) + ".")
            }
            if counts.planned > 0, counts.unmeasured > 0 {
                let share = Double(counts.unmeasured) / Double(counts.planned)
                html.element(
                    "p", .class("warn"), text: Numbers.percent(share) + " of what was planned is unmeasured.")
            }
            guard !counts.causes.isEmpty else { return }
            html.table("plain", caption: "Failures by cause") { html in
                html.headings(["arm", "cause", "#count", "such as"])
                html.element("tbody") { html in
                    for cause in counts.causes.prefix(30) {
                        html.element("tr") { html in
                            html.element("td", text: cause.arm.rawValue)
                            html.element("td") {
                                $0.element("code", text: VisibleText.excerpt(cause.cause, to: 60))
                            }
                            html.number(Figure.count(cause.count))
                            html.element(
                                "td", .class("why"), .fixed("dir", "auto"),
                                text: VisibleText.excerpt(cause.detail, to: 240))
                        }
                    }
                }
            }
            if counts.causes.count > 30 {
                html.element("p", .class("lead"), text: "and \(counts.causes.count - 30) more causes")
            }
        }
    }

    private func tile(_ name: String, _ count: Int, _ html: inout HTMLBuilder) {
        html.element("div", count == 0 ? .class("tile zero") : .class("tile")) { html in
            html.element("dt", text: name)
            html.element("dd", text: Figure.count(count))
        }
    }

    func doubts(_ html: inout HTMLBuilder) {
        guard !result.reservations.isEmpty || !result.warnings.isEmpty else { return }
        html.section("open", "Reservations and notes") { html in
            if !result.reservations.isEmpty {
                html.table("plain", caption: "Gates left open, and who must settle them") { html in
                    html.headings(["gate", "why", "settled by"])
                    html.element("tbody") { html in
                        for reservation in result.reservations.prefix(40) {
                            html.element("tr") { html in
                                html.element("th", .fixed("scope", "row")) {
                                    $0.element("code", text: VisibleText.excerpt(reservation.gate, to: 200))
                                }
                                html.element(
                                    "td", .fixed("dir", "auto"),
                                    text: VisibleText.excerpt(reservation.why, to: 300))
                                html.element("td", text: VisibleText.excerpt(reservation.settledBy, to: 60))
                            }
                        }
                    }
                }
            }
            list(result.warnings, 40, &html)
        }
    }

    func layers(_ html: inout HTMLBuilder) {
        guard !result.layers.isEmpty else { return }
        html.section("layers", "Layers this change must pass") { html in
            html.element("ol", .class("track")) { html in
                for layer in result.layers {
                    let isHere = layer.layer == .golden
                    html.element("li", isHere ? .class("here") : .class("later")) { html in
                        html.element("b", text: layer.layer.rawValue)
                        html.text(isHere ? " this run" : " still to come")
                        if !layer.askedBy.isEmpty {
                            html.element(
                                "small", text: "asked by " + ReportWords.list(layer.askedBy.map(\.rawValue)))
                        }
                    }
                }
            }
        }
    }

    private func list(_ items: [String], _ limit: Int, _ html: inout HTMLBuilder) {
        guard !items.isEmpty else { return }
        html.element("ul", .class("notes")) { html in
            for item in items.prefix(limit) {
                html.element("li", .fixed("dir", "auto"), text: VisibleText.excerpt(item, to: 400))
            }
            if items.count > limit {
                html.element("li", text: "and \(Figure.count(items.count - limit)) more in the JSON report")
            }
        }
    }

    func again(_ html: inout HTMLBuilder) {
        html.section("again", "Do it again") { html in
            html.element("pre", .class("cmd")) { html in
                html.text("sluice eval --reproduce " + ReportWords.shellWord(manifest.runID))
            }
            html.element(
                "p", .class("lead"),
                text:
                    "Rescores the recorded answers and says whether the bytes agree. Asking the app anew is a new run."
            )
            if !result.changes.isEmpty {
                html.element("h3", text: "What changed between the arms")
                list(result.changes, 40, &html)
            }
            html.element("h3", text: "Manifest")
            html.element("dl", .class("facts")) { html in facts(&html) }
            html.element("details") { html in
                html.element(
                    "summary", text: "Policy as it was: " + VisibleText.excerpt(manifest.policyPath, to: 120))
                html.element("pre", .fixed("tabindex", "0"), .fixed("dir", "auto")) {
                    $0.cutText(manifest.policyText, to: Self.policyLimit)
                }
            }
        }
    }

    private func facts(_ html: inout HTMLBuilder) {
        fact("run", manifest.runID, &html)
        fact("sluice", manifest.sluiceVersion, &html)
        fact(
            "kinds of change",
            manifest.changes.isEmpty ? "not said" : ReportWords.list(manifest.changes.map(\.rawValue)), &html)
        fact("policy", manifest.policyPath + ", " + manifest.policyDigest, &html)
        let files = manifest.dataset.files.prefix(8).joined(separator: ", ")
        let more = manifest.dataset.files.count > 8 ? " and \(manifest.dataset.files.count - 8) more" : ""
        fact(
            "data set",
            "\(Figure.count(manifest.dataset.count)) examples, \(manifest.dataset.digest), from \(files + more)",
            &html)
        fact("repeats", String(manifest.repeats), &html)
        fact("seed", String(manifest.seed), &html)
        fact(
            "started", "\(manifest.startedAt), took \(ReportWords.duration(manifest.durationSeconds))", &html)
        fact("cost", ReportWords.cost(manifest) ?? "not known", &html)
        fact("attempt on this pair", String(manifest.attempt), &html)
        arm("baseline", manifest.baseline, &html)
        arm("candidate", manifest.candidate, &html)
        let environment = manifest.environment
        fact(
            "environment", "\(environment.system), \(environment.processor), kernels \(environment.kernels)",
            &html)
        fact("repository", environment.git ?? "not in a repository", &html)
    }

    private func arm(_ name: String, _ facts: Manifest.TargetFacts?, _ html: inout HTMLBuilder) {
        guard let facts else {
            fact(name, "none", &html)
            return
        }
        let identity = facts.identity
        var words = "\(identity.kind) \(identity.address), configuration \(identity.configuration)"
        if let blessed = facts.blessed { words += ", blessed: " + blessed }
        fact(name, words, &html)
        guard !facts.versions.isEmpty else {
            fact(name + " versions", "none observed", &html)
            return
        }
        var versions: [String] = []
        for version in facts.versions.prefix(20) {
            let values = version.values.prefix(4).joined(separator: " | ")
            versions.append("\(version.name) \(values)" + (version.values.count > 4 ? " …" : ""))
        }
        fact(name + " versions", versions.joined(separator: ", "), &html)
    }

    private func fact(_ name: String, _ value: String, _ html: inout HTMLBuilder) {
        html.element("dt", text: name)
        html.element("dd", .fixed("dir", "auto"), text: VisibleText.excerpt(value, to: 500))
    }

    func methods(_ html: inout HTMLBuilder) {
        let coverage = ReportWords.confidence(of: result)
        html.section("methods", "Methods") { html in
            html.element(
                "p", .class("lead"),
                text:
                    "Intervals cover \(ReportWords.coverage(coverage)) on two sides: each end alone is a one-sided bound "
                    + "at \(ReportWords.oneSided(coverage)), which is what gates use. n counts examples, never requests "
                    + "or repeats; Δ is candidate minus baseline, paired by example. Not applicable and failed are "
                    + "counted, never scored as 0. Failures of the app score worst; failures of others leave a gap "
                    + "that no gate takes for good."
            )
            methodList(&html)
        }
    }

    /// The methods that the footnotes lead to.
    func methodList(_ html: inout HTMLBuilder) {
        html.element("ol", .class("methods")) { html in
            for (index, method) in notes.methods.prefix(80).enumerated() {
                html.element("li", .id("method-\(index + 1)"), text: VisibleText.excerpt(method, to: 240))
            }
        }
    }
}
