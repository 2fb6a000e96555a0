import Domain

/// A run as one pull-request comment, which is found again by the marker on its first line and then replaced.
///
/// At most 60,000 bytes, for GitHub takes 65,536 characters. The comment is one block of HTML without a blank
/// line, so that no Markdown in a text is read as such; and texts that are not ours stand in `code` or `pre`,
/// where the site makes no mentions, links, issue references or emoji of them.
public enum MarkdownReport {
    public static let limit = 60_000

    /// `<!-- sluice:helpdesk -->`: what a workflow looks for to find its own comment.
    public static func marker(project: String) -> String {
        var name = ""
        for byte in project.utf8.prefix(200) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "-") where !name.hasSuffix("-"):
                name += "-"
            default:
                name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "<!-- sluice:\(name) -->"
    }

    /// - Parameter report: Where the HTML report can be had, in words: `artefact sluice-report`.
    /// - Returns: The comment, with the marker on its first line; the same bytes for the same result.
    public static func render(_ result: RunResult, report: String? = nil) -> String {
        let parts = MarkdownParts(result)
        var out = HTMLBuilder(for: .markdown)
        parts.head(&out)
        if let trust = result.trust { TrustWords.writeComment(trust, &out) }
        let foot = parts.foot(report)
        var room = limit - foot.bytes.count - 400
        room -= marker(project: result.manifest.project).utf8.count
        parts.gates(&out, room: room * 2 / 3)
        // Nothing was asked where the change is held back, so there is nothing to find.
        if result.trust?.isRefused != true { parts.findings(&out) }
        var left = 0
        for section in parts.sections() {
            if out.bytes.count + section.bytes.count <= room { out.append(section) } else { left += 1 }
        }
        if left > 0 {
            out.element(
                "p",
                text:
                    "\(ReportWords.count(left, "more part", "more parts")) did not fit into a comment: see the HTML report."
            )
            out.raw("\n")
        }
        out.append(foot)
        return marker(project: result.manifest.project) + "\n" + out.string
    }
}
