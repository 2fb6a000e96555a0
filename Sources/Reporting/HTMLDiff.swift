/// The change itself: a unified diff, its lines coloured and marked by their own signs.
enum HTMLDiff {
    /// Lines shown; the rest is counted.
    private static let limit = 400

    static func write(_ diff: String, _ html: inout HTMLBuilder) {
        let lines = diff.split(separator: "\n", omittingEmptySubsequences: false)
        html.section("change", "The change") { html in
            html.element("pre", .class("diff")) { html in
                for line in lines.prefix(limit) {
                    let text = VisibleText.excerpt(String(line), to: 300) + "\n"
                    switch line.utf8.first {
                    case UInt8(ascii: "+"): html.element("ins", text: text)
                    case UInt8(ascii: "-"): html.element("del", text: text)
                    default: html.text(text)
                    }
                }
            }
            if lines.count > limit {
                html.element("p", .class("lead"), text: "and \(Figure.count(lines.count - limit)) more lines")
            }
        }
    }
}
