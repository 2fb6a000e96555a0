import Domain

/// A run's whole story as one file: no script, no request, nothing outside itself.
///
/// Under 200 kB whatever the run: long texts, tables and examples are cut, and each cut is counted on the
/// page.
public enum HTMLReport {
    /// Bytes that the page may take.
    public static let limit = 195_000

    /// The same bytes for the same result. UTF-8; also well-formed XML.
    public static func render(_ result: RunResult) -> String {
        let notes = MethodNotes(result)
        var before = HTMLBuilder()
        var after = HTMLBuilder()
        if let trust = result.trust { TrustWords.write(trust, &before) }
        if !result.gates.isEmpty || result.trust?.isRefused != true {
            HTMLGates(result, notes).write(&before)
        }
        if !result.stages.isEmpty { HTMLStages(result, notes).write(&before) }
        if let diff = result.diff { HTMLDiff.write(diff, &before) }
        HTMLSlices(result, notes).write(&before)
        HTMLConfusions.write(result, &after)
        HTMLDistributions(result, notes).write(&after)
        HTMLMetrics(result, notes).write(&after)
        let end = HTMLAfter(result, notes)
        if result.trust?.isRefused != true { end.measurement(&after) }
        end.doubts(&after)
        end.layers(&after)
        end.again(&after)
        end.methods(&after)
        let head = HTMLHead(result)
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in meta(result, &html) }
            html.raw("\n")
            html.element("body") { html in
                html.raw("<a class=\"skip\" href=\"#main\">Skip to the findings</a>")
                html.raw(HTMLStyle.patterns)
                head.banner(&html)
                navigation(result, &html)
                html.element("main", .id("main")) { html in
                    head.cards(&html)
                    html.append(before)
                    let used = html.bytes.count + after.bytes.count
                    HTMLExamples(result).write(&html, room: max(4_000, limit - used - 6_000))
                    html.append(after)
                }
                html.element("footer") { html in
                    html.text("sluice \(VisibleText.excerpt(result.manifest.sluiceVersion, to: 40)) · run ")
                    html.text(VisibleText.excerpt(result.manifest.runID, to: 60))
                    html.text(
                        " · the app's answers are shown as data: nothing on this page runs or loads anything")
                }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static func meta(_ result: RunResult, _ html: inout HTMLBuilder) {
        let manifest = result.manifest
        var title = "\(result.verdict.rawValue) · \(VisibleText.excerpt(manifest.project, to: 60))"
        if !manifest.title.isEmpty { title += " · " + VisibleText.excerpt(manifest.title, to: 100) }
        head(title, &html) { _ in }
    }

    /// The head of a page that loads and runs nothing, in the reports' style.
    ///
    /// - Parameter style: Writes what the page adds to it.
    static func head(_ title: String, _ html: inout HTMLBuilder, style: (inout HTMLBuilder) -> Void) {
        html.raw("<meta charset=\"utf-8\"/>")
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        html.raw("style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>")
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
        html.raw("<meta name=\"color-scheme\" content=\"light dark\"/>")
        html.raw("<meta name=\"referrer\" content=\"no-referrer\"/>")
        html.raw("<link rel=\"icon\" href=\"data:,\"/>")
        html.element("title") { $0.plainText(title) }
        html.raw("<style>")
        html.raw(HTMLStyle.sheet)
        style(&html)
        html.raw("</style>")
    }

    private static func navigation(_ result: RunResult, _ html: inout HTMLBuilder) {
        var links = result.trust == nil ? [] : [("trust", "Trust")]
        let wasAsked = result.trust?.isRefused != true
        if wasAsked { links.append(("gates", "Gates")) }
        if !result.stages.isEmpty { links.append(("where", "Where it broke")) }
        if !result.slices.isEmpty { links.append(("slices", "Slices")) }
        if !result.shown.isEmpty || result.movement.newlyFailingCount > 0 {
            links.append(("examples", "Examples"))
        }
        if !result.confusions.isEmpty { links.append(("confusion", "Confusion")) }
        if !result.distributions.isEmpty { links.append(("distributions", "Distributions")) }
        if !result.metrics.isEmpty { links.append(("metrics", "All metrics")) }
        if wasAsked { links.append(("measured", "Measured")) }
        links += [("again", "Do it again"), ("methods", "Methods")]
        html.element("nav", .label("Parts of this report")) { html in
            html.element("span", .class("nv"), text: result.verdict.rawValue)
            for (id, name) in links { html.element("a", .to(id), text: name) }
        }
    }
}
