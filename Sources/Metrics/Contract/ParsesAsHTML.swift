import Domain
import Notation

/// Whether the answer's text is HTML and nothing else.
///
/// Begins and ends with a tag, knows its elements, closes what must be closed; see `HTMLCheck`. Failed without a text.
enum ParsesAsHTML {
    static let family = MetricFamily(
        name: "is_html", needs: [.observed("text")],
        summary: "Whether the answer is HTML, with tags that are known and closed.",
        source: "The elements and end tags of the HTML standard (WHATWG).",
        example: #"{"text": "<p>Your <b>order</p>"} → 0"#,
        nature: .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
        measure: { input in
            guard let text = input.answer?.text else { return input.notShown("text") }
            return .share(HTMLCheck.problem(in: text) == nil)
        })
}
