import Domain
import Notation

/// Whether the answer is JSON: its text where it shows one, else its body.
///
/// RFC 8259 to the letter: nothing before or after the value, no comments, no trailing commas; a text wrapped
/// in a Markdown fence is not JSON. `json: text` and `json: body` name what is meant. Failed where neither is
/// there, and where it is JSON that is nested deeper or longer than is read.
enum ParsesAsJSON {
    static let family = MetricFamily(
        name: "json", parameter: .value(words: "text | body"),
        needs: [],
        summary: "Whether the answer parses as JSON.",
        source: "RFC 8259.",
        example: #"{"text": "{\"total\": 12,}"} → 0"#,
        make: define)

    /// The part of an answer that a contract speaks of.
    enum Part: String, CaseIterable { case text, body }

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        var part: Part?
        if let parameter = request.parameter {
            guard let named = parameter.stringValue.flatMap(Part.init) else {
                throw MetricProblem("'json' is of 'text' or of 'body'")
            }
            part = named
        }
        let wanted = part
        return MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                if wanted != .body, let text = input.answer?.text {
                    return AnswerJSON(text).isJSON
                }
                if wanted == .text { return input.notShown("text") }
                if input.answer?.body != nil { return .value(1) }
                return input.answer?.bodyProblem != nil
                    ? .value(0) : .failed("the answer shows no text and no body")
            })
    }
}
