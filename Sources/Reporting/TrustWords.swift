import Domain

/// What came of holding a change's policy against the trusted one, in the words that every face shares.
public enum TrustWords {
    /// Loosenings shown in full; the rest is counted.
    static let limit = 20

    /// One sentence: what holds.
    public static func summary(_ trust: TrustReport) -> String {
        let source = "policy from \(trust.source)"
        let count = trust.loosenings.count
        guard count > 0 else { return "\(source): the change loosens nothing" }
        let ways = ReportWords.count(count, "loosening", "loosenings")
        guard let approval = trust.approval else {
            return "\(source): \(ways) of it that nobody has approved"
        }
        let until = approval.until.map { ", until \($0)" } ?? ""
        return "\(source): \(ways) of it, approved by \(approval.approver)\(until): \(approval.why)"
    }

    /// A loosening in one line, digests cut as people compare them.
    public static func line(_ item: Loosening) -> String {
        Loosening(
            item.kind, item.subject, before: item.before.map(short), after: item.after.map(short)
        ).words
    }

    private static func short(_ text: String) -> String {
        guard text.hasPrefix("sha256:"), text.utf8.count >= 71 else { return text }
        return "sha256:" + text.dropFirst(7).prefix(12) + "…" + text.dropFirst(71)
    }

    /// All of it as plain lines, for logs.
    public static func lines(_ trust: TrustReport) -> [String] {
        var lines = [summary(trust)]
        lines += trust.loosenings.map { "- " + line($0) }
        if trust.isRefused { lines += ["may approve: " + trust.whoMayApprove, mend(trust)] }
        return lines + notes(trust)
    }

    /// Why the change is held back: the headline of such a run.
    public static func headline(_ trust: TrustReport) -> String {
        let first = trust.loosenings.first.map { line($0) } ?? "nothing"
        let more = trust.loosenings.count - 1
        let rest = more > 0 ? " and \(ReportWords.count(more, "more loosening", "more loosenings"))" : ""
        return "the change loosens the policy that judges it: \(VisibleText.excerpt(first, to: 240))\(rest); "
            + "nothing was asked, and \(VisibleText.excerpt(trust.whoMayApprove, to: 120)) may approve it"
    }

    /// How to approve, for the person who may.
    static func mend(_ trust: TrustReport) -> String {
        "read the list, then: sluice approve \(trust.digest) --why \"…\""
    }

    /// Everything else that a reader should know, a line each.
    static func notes(_ trust: TrustReport) -> [String] {
        var lines = trust.rejected.map { "does not count: " + $0 }
        let shown = trust.stricter.prefix(8)
        if !shown.isEmpty {
            let left = trust.stricter.count - shown.count
            lines.append(
                "stricter from the merge on: " + shown.joined(separator: "; ")
                    + (left > 0 ? "; and \(left) more" : ""))
        }
        return lines + trust.notes
    }

    /// Who answers for a threshold: `owner search team, approved by J. Doe, review 2027-01-31`; nil where none does.
    static func people(_ rule: GateRule) -> String? {
        var parts: [String] = []
        if let owner = rule.owner { parts.append("owner " + owner) }
        if let approver = rule.approvedBy { parts.append("approved by " + approver) }
        if let review = rule.review { parts.append("review \(review)") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `waived until 2027-01-31 by search team: the index is being rebuilt`.
    static func waiver(_ waiver: Waiver) -> String {
        "waived until \(waiver.until) by \(waiver.owner): \(waiver.why)"
    }

    // MARK: faces

    static func write(_ trust: TrustReport, _ text: inout TerminalText) {
        let style: TerminalText.Style = trust.isRefused ? .bad : trust.isApproved ? .unsure : .plain
        text.paragraph(
            [("trust: ", .bold), (VisibleText.excerpt(summary(trust), to: 400), style)], hanging: 4)
        for item in trust.loosenings.prefix(limit) {
            text.paragraph(
                [("- ", .dim), (VisibleText.excerpt(line(item), to: 400), style)], indent: 4, hanging: 6)
        }
        let left = trust.loosenings.count - limit
        if left > 0 { text.paragraph([("and \(left) more, see the report", .dim)], indent: 4, hanging: 6) }
        if trust.isRefused {
            text.paragraph(
                [("may approve: ", .bold), (VisibleText.excerpt(trust.whoMayApprove, to: 300), .plain)],
                indent: 4, hanging: 6)
            text.paragraph([(mend(trust), .plain)], indent: 4, hanging: 6)
        }
        for note in notes(trust) {
            text.paragraph([(VisibleText.excerpt(note, to: 400), .dim)], indent: 4, hanging: 6)
        }
    }

    static func write(_ trust: TrustReport, _ html: inout HTMLBuilder) {
        html.section(
            "trust", "Trust",
            "A change is hostile until reviewed: it cannot loosen the policy that judges it."
        ) { html in
            html.element(
                "p", trust.isRefused ? .class("warn") : .class("lead"),
                text: VisibleText.excerpt(summary(trust), to: 600))
            if !trust.loosenings.isEmpty {
                html.table("plain", caption: "What the change loosens") { html in
                    html.headings(["what", "where", "was", "would be"])
                    html.element("tbody") { html in
                        for item in trust.loosenings.prefix(30) {
                            html.element("tr") { html in
                                html.element("th", .fixed("scope", "row"), text: item.kind.rawValue)
                                html.element("td") {
                                    $0.element("code", text: VisibleText.excerpt(item.subject, to: 240))
                                }
                                html.element(
                                    "td", .fixed("dir", "auto"),
                                    text: VisibleText.excerpt(item.before.map(short) ?? "–", to: 200))
                                html.element(
                                    "td", .fixed("dir", "auto"),
                                    text: VisibleText.excerpt(item.after.map(short) ?? "–", to: 200))
                            }
                        }
                    }
                }
                html.left(trust.loosenings.count - 30, "loosening", "loosenings")
                html.element("p", .class("lead")) { html in
                    html.text("Exactly these together are ")
                    html.element("code", text: VisibleText.excerpt(trust.digest, to: 80))
                    if trust.isRefused {
                        html.text(
                            "; " + VisibleText.excerpt(trust.whoMayApprove, to: 200) + " may approve them.")
                    }
                }
            }
            let lines = notes(trust)
            if !lines.isEmpty {
                html.element("ul", .class("notes")) { html in
                    for line in lines.prefix(40) {
                        html.element("li", .fixed("dir", "auto"), text: VisibleText.excerpt(line, to: 400))
                    }
                }
            }
        }
    }

    /// The part of the pull-request comment.
    static func writeComment(_ trust: TrustReport, _ out: inout HTMLBuilder) {
        out.element("p") { out in
            out.raw("<b>Trust:</b> ")
            out.prose(summary(trust), to: 400)
        }
        out.raw("\n")
        if !trust.loosenings.isEmpty {
            out.raw("<ul>\n")
            for item in trust.loosenings.prefix(limit) {
                out.element("li") { $0.prose(line(item), to: 300) }
                out.raw("\n")
            }
            let left = trust.loosenings.count - limit
            if left > 0 { out.element("li", text: "and \(left) more, see the HTML report") }
            out.raw("</ul>\n")
        }
        if trust.isRefused {
            out.element("p") { out in
                out.prose(trust.whoMayApprove + " may approve exactly this", to: 240)
                out.text(": ")
                out.element("code", text: "sluice approve " + VisibleText.excerpt(trust.digest, to: 80))
            }
            out.raw("\n")
        }
        for note in notes(trust).prefix(10) {
            out.element("p") { $0.prose(note, to: 300) }
            out.raw("\n")
        }
    }
}
