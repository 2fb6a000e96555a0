/// A compiled JSON Schema, draft 7 or 2020-12, that tells what is wrong with a value.
///
/// What it does not understand is an error of `compile`, never a silent pass: an unknown `$schema` or
/// required vocabulary, a reference that leads nowhere, a malformed keyword, and, unless told otherwise, a
/// keyword that the draft does not know.
///
/// Sources: JSON Schema Core and Validation, 2020-12 (draft-bhutton-json-schema-01) and draft 7
/// (draft-handrews-json-schema-01).
public struct JSONSchema: Sendable {
    /// A search for a pattern in a text: true where it is found anywhere, nil where the search gave up.
    public typealias Pattern = @Sendable (String) -> Bool?
    /// Makes a pattern (ECMA-262 dialect) searchable; what it throws is shown as the problem's words.
    public typealias PatternCompiler = @Sendable (String) throws -> Pattern

    public struct Options: Sendable {
        /// What becomes of a keyword that the draft does not know. Names that begin with `x-` are always
        /// annotations, as are those that draft and tools use for documentation alone.
        public enum UnknownKeywords: Sendable {
            case refuse
            case ignore
        }

        public var unknownKeywords: UnknownKeywords
        /// Whether `format` is held to; else it is an annotation, as 2020-12 has it. Where it is, a format
        /// that is not known here is an error of `compile`.
        public var assertsFormat: Bool

        public init(unknownKeywords: UnknownKeywords = .refuse, assertsFormat: Bool = false) {
            self.unknownKeywords = unknownKeywords
            self.assertsFormat = assertsFormat
        }
    }

    /// One thing that is wrong with a value.
    public struct Violation: Sendable, Hashable, CustomStringConvertible {
        /// Where in the value.
        public let instance: JSONPointer
        /// The keyword that is not met, such as `required`.
        public let keyword: String
        /// The schema that holds the keyword, as URI and JSON Pointer.
        public let schema: String
        /// What is wrong, without a full stop; it never quotes the value's texts.
        public let message: String

        public var description: String {
            "\(instance.tokens.isEmpty ? "the value" : instance.description) \(message) (\(keyword))"
        }
    }

    let nodes: [SchemaNode]
    let dynamicAnchors: [[String: Int]]
    let tracksEvaluation: Bool

    /// Compiles a schema.
    ///
    /// - Parameters:
    ///   - schema: Without `$schema` it is taken as 2020-12.
    ///   - resources: Further schemas by the URI that `$ref` or `$schema` names them by. Nothing is fetched.
    ///   - baseURI: Where the schema was found, against which relative references resolve.
    ///   - patterns: Makes the schema's patterns searchable.
    /// - Throws: Every problem at once, each with its place in the schema.
    public static func compile(
        _ schema: JSONValue, resources: [String: JSONValue] = [:], baseURI: String = "",
        options: Options = Options(), patterns: @escaping PatternCompiler
    ) throws(JSONSchemaError) -> JSONSchema {
        var compiler = SchemaCompiler(resources: resources, options: options, patterns: patterns)
        return try compiler.compile(schema, baseURI: baseURI)
    }

    /// All that is wrong with a value; empty where it is valid.
    ///
    /// A check that could not be finished (nesting, work, a pattern that gave up) is a violation too. The
    /// time is bounded by a budget of 10 million steps; nesting by 1,000 schemas, 1 KB of stack each.
    public func validate(_ value: JSONValue) -> [Violation] {
        var evaluator = SchemaEvaluator(schema: self, reports: true)
        return evaluator.run(value)
    }

    /// Whether a value is valid; faster than `validate` where it is not.
    public func isValid(_ value: JSONValue) -> Bool {
        var evaluator = SchemaEvaluator(schema: self, reports: false)
        return evaluator.run(value).isEmpty
    }
}

/// Why a schema cannot be used: all that is wrong with it.
public struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The place as URI and JSON Pointer, for example `#/properties/id/type`.
        public let place: String
        public let message: String
        public var description: String { "\(place): \(message)" }
    }

    public let problems: [Problem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
