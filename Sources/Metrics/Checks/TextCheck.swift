import Domain
import Notation
import Text

/// What checks of an answer's text for given words share: where the words come from and what an app that failed is worth.
///
/// The words are the metric's parameter, one text or a list; without it, the example's references. Not applicable where
/// neither gives any; failed without a text. An empty text to look for is refused: it would be found everywhere.
enum TextCheck {
    static let words = "a text or a list of texts; without it, the example's references"

    /// Makes a pass/fail metric of a test of the text against the words.
    static func family(
        _ name: String, summary: String, source: String = "Plain check.", example: String,
        _ holds: @escaping @Sendable (_ text: String, _ words: [String]) -> Bool
    ) -> MetricFamily {
        MetricFamily(
            name: name, parameter: .value(words: words), needs: [.observed("text")], summary: summary,
            source: source, example: example
        ) { request, _ throws(MetricProblem) in
            let fixed = try request.labels()
            if fixed?.contains("") ?? false { throw MetricProblem("'\(name)' cannot look for an empty text") }
            return MetricDefinition(
                name: request.name, summary: summary, source: source, nature: .passFail(.generation),
                whenAppFailed: .worst(0, where: "reference") { fixed != nil || !$0.references.isEmpty },
                measure: { input in
                    let wanted = fixed ?? input.example.references
                    if wanted.isEmpty { return .notExpected("reference") }
                    if wanted.contains("") { return .notApplicable("a reference is empty") }
                    guard let text = input.answer?.text else { return input.notShown("text") }
                    return .share(holds(text, wanted))
                })
        }
    }

    /// Letter case, white space and normal form aside.
    static func folded(_ text: String) -> String { foldingCase(foldingSpace(text)) }
}
