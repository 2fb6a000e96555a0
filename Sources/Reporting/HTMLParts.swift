import Domain

/// Parts that every section of the page is made of.
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
        case .passes: outcomeMark("o pass", mark, "passes")
        case .fails: outcomeMark("o fail", mark, "fails")
        case .unsure: outcomeMark("o unsure", mark, "unsure")
        case .notJudged: outcomeMark("o none", mark, "not judged")
        }
    }

    /// Likewise of a gate, whose failure may be waived.
    mutating func outcome(of gate: GateResult) {
        if gate.waiver == nil { return outcome(gate.outcome) }
        outcomeMark("o unsure", ReportWords.mark(gate), "waived")
    }

    private mutating func outcomeMark(_ css: StaticString, _ mark: String, _ word: String) {
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
                        html.element(
                            "th", .fixed("scope", "col"), .class("n"), text: String(name.dropFirst()))
                    } else {
                        html.element("th", .fixed("scope", "col"), text: name)
                    }
                }
            }
        }
    }

    /// A cell with a number, or with a word for its absence.
    mutating func number(_ text: String?, else absent: String = "–") {
        if reader == .markdown {
            // Sites keep no classes.
            element("td", .fixed("align", "right"), text: text ?? absent)
        } else if let text {
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
        element(
            "p", .class("lead"),
            text: "\(Figure.count(count)) more \(count == 1 ? one : many) \(verb) in the JSON report.")
    }

    mutating func cutNote(left: Int, of all: Int) {
        element(
            "span", .class("cut"),
            text: " … \(Figure.count(left)) of \(Figure.count(all)) characters not shown")
    }
}
