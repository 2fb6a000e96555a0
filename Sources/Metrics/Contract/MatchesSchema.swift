import Domain
import Notation

/// Whether the answer is valid by a JSON Schema, draft 7 or 2020-12.
///
/// `schema: FILE`, an inline schema, or a mapping of options (see ``SchemaOptions``); without `of` the whole body is
/// checked. A body or text that is no JSON is invalid. What the schema says and Sluice does not understand is
/// refused when the policy is read; keywords unknown to the draft are notes. Failed where the part is not there, and
/// where the check could not be finished: a pattern beyond its steps, nesting, work.
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
        var definition = MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                guard let answer = input.answer else { return input.notShown("body") }
                if ofText {
                    guard let text = answer.text else { return input.notShown("text") }
                    guard let value = try? JSONValue.parse(text) else { return .value(0) }
                    return Measurement(schema.verdict(of: value))
                }
                if let body = answer.body { return Measurement(schema.verdict(of: body)) }
                return answer.bodyProblem != nil ? .value(0) : .failed("the answer shows no body")
            })
        definition.hints = schema.hints.map(\.description)
        return definition
    }
}

extension Measurement {
    /// 1 or 0, or failed with the reason.
    init(_ verdict: JSONSchema.Verdict) {
        switch verdict {
        case .valid: self = .value(1)
        case .invalid: self = .value(0)
        case .undecided(let reason): self = .failed("the schema could not be checked: \(reason)")
        }
    }
}
