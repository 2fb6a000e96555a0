import Domain
import Notation

/// Whether the answer is valid by a JSON Schema, draft 7 or 2020-12.
///
/// `schema: FILE`, an inline schema, or a mapping of options (see ``SchemaOptions``); without `of` the whole body is
/// checked. A body or text that is no JSON is invalid. What the schema says and Sluice does not understand is
/// refused when the policy is read. A check that could not be finished counts as invalid. Failed where the
/// part is not there.
enum MatchesSchema {
    static let family = MetricFamily(
        name: "schema", parameter: .value(words: SchemaOptions.words),
        needs: [],
        summary: "Whether the answer is valid by a JSON Schema.",
        source: "JSON Schema 2020-12 and draft 7.",
        example: #"schema {"required": ["total"]}: {"body": {"sum": 3}} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try SchemaOptions(request, resources)
        let schema = options.schema
        let ofText = options.part == .text
        return MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                guard let answer = input.answer else { return input.notShown("body") }
                if ofText {
                    guard let text = answer.text else { return input.notShown("text") }
                    guard let value = try? JSONValue.parse(text) else { return .value(0) }
                    return .share(schema.isValid(value))
                }
                if let body = answer.body { return .share(schema.isValid(body)) }
                return answer.bodyProblem != nil ? .value(0) : .failed("the answer shows no body")
            })
    }
}
