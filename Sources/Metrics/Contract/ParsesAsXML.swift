import Domain
import Notation

/// Whether the answer's text is a well-formed XML document.
///
/// XML 1.0; nothing is fetched and no entity expanded. A Markdown fence round the document is no XML. Failed without a
/// text.
enum ParsesAsXML {
    static let family = MetricFamily(
        name: "is_xml", needs: [.observed("text")],
        summary: "Whether the answer is well-formed XML.",
        source: "Extensible Markup Language 1.0, fifth edition (W3C, 2008).",
        example: #"{"text": "<order><id>7</order>"} → 0"#,
        nature: .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
        measure: { input in
            guard let text = input.answer?.text else { return input.notShown("text") }
            return .share(XMLCheck.problem(in: text) == nil)
        })
}
