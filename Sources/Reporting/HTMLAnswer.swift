import Text

extension HTMLBuilder {
    /// One arm's answer beside the other's: why it failed, and its text with what differs.
    ///
    /// - Parameters:
    ///   - runs: The text; nil where the answer has none.
    ///   - cut: How much of the text was left out, beyond `limit`.
    mutating func answer(failure: String?, runs: [DiffRun]?, cut: Int, limit: Int) {
        if let failure {
            element(
                "p", .class("failure"), .fixed("dir", "auto"),
                text: "failed: " + VisibleText.excerpt(failure, to: 400))
        }
        guard let runs else {
            return element("p", .class("none"), text: failure == nil ? "no text in the answer" : "no answer")
        }
        element("p", .class("txt"), .fixed("dir", "auto")) { html in
            for run in runs {
                switch run.kind {
                case .equal: html.text(run.text)
                case .insert: html.element("ins", text: run.text)
                case .delete: html.element("del", text: run.text)
                }
            }
            if cut > 0 { html.cutNote(left: cut, of: cut + limit) }
        }
    }
}
