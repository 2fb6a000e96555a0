import Domain
import Notation

/// Whether the answer's text is JSON: `json: text` under the name that other tools have for it, with a schema where one
/// is given.
///
/// `is_json: FILE`, an inline schema, or the options of `schema`. RFC 8259 to the letter. Failed without a text, and where
/// it is JSON that is nested deeper or longer than is read: the standard leaves such limits to the reader.
enum IsJSON {
    static let family = MetricFamily(
        name: "is_json", parameter: .value(words: SchemaOptions.words),
        needs: [.observed("text")],
        summary: "Whether the answer's text is JSON, and valid by a schema where one is given.",
        source: "RFC 8259; JSON Schema 2020-12 and draft 7.",
        example: #"is_json {"required": ["total"]}: {"text": "{\"sum\": 12}"} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let schema = request.parameter == nil ? nil : try SchemaOptions(request, resources).schema
        return MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                guard let text = input.answer?.text else { return input.notShown("text") }
                let read = AnswerJSON(text)
                guard let schema else { return read.isJSON }
                switch read {
                case .value(let value): return Measurement(schema.verdict(of: value))
                case .unheld(let cause), .beyond(let cause): return .failed(AnswerJSON.undecided(cause))
                case .none: return .value(0)
                }
            })
    }
}
