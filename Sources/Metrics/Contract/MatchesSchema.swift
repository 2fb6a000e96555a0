import Domain
import Notation
import Text

/// Whether the answer is valid by a JSON Schema, draft 7 or 2020-12.
///
/// `schema: FILE`, an inline schema, or `{ file: FILE, of: text | body }`; without `of` the whole body is
/// checked. A body or text that is no JSON is invalid. What the schema says and Sluice does not understand is
/// refused when the policy is read. A check that could not be finished counts as invalid. Failed where the
/// part is not there.
enum MatchesSchema {
    static let family = MetricFamily(
        name: "schema", parameter: .value(words: "a file, a schema, or { file, of: text | body }"),
        needs: [],
        summary: "Whether the answer is valid by a JSON Schema.",
        source: "JSON Schema 2020-12 and draft 7.",
        example: #"schema {"required": ["total"]}: {"body": {"sum": 3}} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        guard let parameter = request.parameter else {
            throw MetricProblem(
                "'schema' needs a file or a schema", suggestion: "schema: schemas/answer.json")
        }
        var part = ParsesAsJSON.Part.body
        var source = parameter
        var place = "the policy"
        if let options = parameter.objectValue, options["file"] != nil || options["of"] != nil {
            _ = try request.options(["file", "of"])
            part = try options.choice("of", of: "schema", default: .body)
            guard let file = options["file"] else { throw MetricProblem("'schema' with 'of' needs 'file'") }
            source = file
        }
        if let file = source.stringValue {
            guard let read = resources.files[file] else {
                throw MetricProblem("cannot read the schema '\(file)'")
            }
            source = read
            place = file
        }
        let schema = try compile(source, place)
        let ofText = part == .text
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

    private static func compile(_ source: JSONValue, _ place: String) throws(MetricProblem) -> JSONSchema {
        do throws(JSONSchemaError) {
            return try JSONSchema.compile(source) { text in
                let pattern = try Pattern(text, dialect: .ecma)
                return { subject in try? pattern.matches(subject) }
            }
        } catch {
            let first = error.problems.prefix(3).map(\.description).joined(separator: "; ")
            throw MetricProblem("the schema of \(place) cannot be used: \(first)")
        }
    }
}
