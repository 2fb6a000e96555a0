import Domain
import Notation

/// A JSON Schema as a metric's parameter gives it, compiled.
///
/// A file, the schema itself, or `{ file, of, formats, unknown, refs }`: `formats: assert` holds `format` to its word,
/// where the standard has it as a note; `unknown: refuse` refuses keywords that the draft does not know, which the
/// standard has as notes, since a mistyped one checks nothing (one that is nearly a keyword is warned of in any case);
/// `refs` maps the URIs of further schemas to files, since nothing is ever fetched.
struct SchemaOptions {
    static let words =
        "a file, a schema, or { file, of: text | body, formats: annotate | assert, unknown: ignore | refuse, "
        + "refs: { URI: FILE } }"

    enum Formats: String, CaseIterable { case annotate, assert }

    enum Unknown: String, CaseIterable { case refuse, ignore }

    let schema: JSONSchema
    let part: ParsesAsJSON.Part

    init(_ request: MetricRequest, _ resources: MetricResources) throws(MetricProblem) {
        let name = request.name
        guard let parameter = request.parameter else {
            throw MetricProblem(
                "'\(name)' needs a file or a schema", suggestion: "\(name): schemas/answer.json")
        }
        var part = ParsesAsJSON.Part.body
        var formats = Formats.annotate
        var unknown = Unknown.ignore
        var source = parameter
        var refs: [(uri: String, file: JSONValue)] = []
        let own = ["file", "of", "formats", "unknown", "refs", "schema"]
        if let options = parameter.objectValue, own.contains(where: { options[$0] != nil }),
            options["type"] == nil
        {
            _ = try request.options(own)
            part = try options.choice("of", of: name, default: .body)
            formats = try options.choice("formats", of: name, default: .annotate)
            unknown = try options.choice("unknown", of: name, default: .ignore)
            guard let given = options["file"] ?? options["schema"] else {
                throw MetricProblem("'\(name)' with options needs 'file', or 'schema' with the schema itself")
            }
            source = given
            for member in options["refs"]?.objectValue?.members ?? [] {
                refs.append((member.key, member.value))
            }
        }
        var place = "the policy"
        if let file = source.stringValue {
            source = try Self.read(file, resources)
            place = file
        }
        var others: [String: JSONValue] = [:]
        for (uri, file) in refs {
            guard let file = file.stringValue else {
                throw MetricProblem("'refs' of '\(name)' maps URIs to files")
            }
            others[uri] = try Self.read(file, resources)
        }
        self.part = part
        schema = try Self.compile(
            source, place, others,
            JSONSchema.Options(
                unknownKeywords: unknown == .ignore ? .ignore : .refuse, assertsFormat: formats == .assert))
    }

    private static func read(_ file: String, _ resources: MetricResources) throws(MetricProblem) -> JSONValue
    {
        guard let read = resources.files[file] else {
            throw MetricProblem("cannot read the schema '\(file)'")
        }
        return read
    }

    private static func compile(
        _ source: JSONValue, _ place: String, _ others: [String: JSONValue], _ options: JSONSchema.Options
    ) throws(MetricProblem) -> JSONSchema {
        do throws(JSONSchemaError) {
            return try JSONSchema.compile(
                source, resources: others, options: options, patterns: SchemaPatterns.compile)
        } catch {
            let first = error.problems.prefix(3).map(\.description).joined(separator: "; ")
            throw MetricProblem("the schema of \(place) cannot be used: \(first)")
        }
    }
}

extension MetricRequest {
    /// Files that the parameter names, of metrics that take JSON files: a schema, and those that it refers to.
    public var namedFiles: [String] {
        guard let parameter, ["schema", "is_json", "contains_json"].contains(name) else { return [] }
        if let file = parameter.stringValue { return [file] }
        var files = [parameter["file"]?.stringValue ?? parameter["schema"]?.stringValue].compactMap { $0 }
        files += (parameter["refs"]?.objectValue?.members ?? []).compactMap(\.value.stringValue)
        return files
    }
}
