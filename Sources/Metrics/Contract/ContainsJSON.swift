import Domain
import Notation

/// Whether a JSON object or array stands somewhere in the answer's text, in a Markdown fence or amid prose.
///
/// `contains_json: FILE` or an inline schema, with the options of `schema`: then one that is valid by it. Failed without a
/// text, where the text has more brackets than can be looked at, and where none is found and one could not be checked.
enum ContainsJSON {
    static let family = MetricFamily(
        name: "contains_json", parameter: .value(words: SchemaOptions.words),
        needs: [.observed("text")],
        summary: "Whether a JSON object or array stands in the answer.",
        source: "RFC 8259; JSON Schema 2020-12 and draft 7.",
        example: #"{"text": "Here it is: {\"total\": 12}. Anything else?"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let schema = request.parameter == nil ? nil : try SchemaOptions(request, resources).schema
        return MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                guard let text = input.answer?.text else { return input.notShown("text") }
                do throws(JSONFinder.TooMany) {
                    var undecided: Measurement?
                    let found = try JSONFinder.first(in: text) { value in
                        guard let schema else { return true }
                        let verdict = schema.verdict(of: value)
                        if case .undecided = verdict { undecided = undecided ?? Measurement(verdict) }
                        return verdict == .valid
                    }
                    return found == nil ? undecided ?? .value(0) : .value(1)
                } catch { return .failed("the answer has more brackets than can be looked at") }
            })
    }
}
