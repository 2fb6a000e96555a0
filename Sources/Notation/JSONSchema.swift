/// A compiled JSON Schema, draft 7 or 2020-12, that tells what is wrong with a value.
///
/// What it does not understand is an error of `compile`, never a silent pass: an unknown `$schema` or
/// required vocabulary, a reference that leads nowhere, a malformed keyword. A keyword that the draft does not
/// know is an annotation, as the standard has it (Core, section 6.5); one that looks mistyped is told of in
/// `hints`. The meta-schemas of both drafts are at hand, whether a `$ref` or a `$schema` names them.
///
/// Sources: JSON Schema Core and Validation, 2020-12 (draft-bhutton-json-schema-01) and draft 7
/// (draft-handrews-json-schema-01).
public struct JSONSchema: Sendable {
    /// A search for a pattern in a text: true where it is found anywhere, nil where the search gave up.
    public typealias Pattern = @Sendable (String) -> Bool?
    /// Makes a pattern (ECMA-262 dialect) searchable; what it throws is shown as the problem's words.
    public typealias PatternCompiler = @Sendable (String) throws -> Pattern

    public struct Options: Sendable {
        /// What becomes of a keyword that the draft does not know, or that draft 7 passes over beside `$ref`.
        /// Names that begin with `x-` are always annotations, as are those that draft and tools use for
        /// documentation alone.
        public enum UnknownKeywords: Sendable {
            case refuse
            case ignore
        }

        public var unknownKeywords: UnknownKeywords
        /// Whether `format` is held to; else it is an annotation, as 2020-12 has it. A format that is not known
        /// here holds nothing (Validation, section 7.2.1) and is told of in `hints`, or refused where unknown
        /// keywords are.
        public var assertsFormat: Bool

        public init(unknownKeywords: UnknownKeywords = .ignore, assertsFormat: Bool = false) {
            self.unknownKeywords = unknownKeywords
            self.assertsFormat = assertsFormat
        }
    }

    /// What a pattern compiler throws of a pattern that is well formed and cannot be searched with.
    public struct UnsupportedPattern: Error, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Whether a value is valid, where that could be found out.
    public enum Verdict: Sendable, Hashable {
        case valid
        case invalid
        /// The check could not be finished; with the reason, as a whole sentence without its full stop.
        case undecided(String)
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
    /// What is doubtful about the schema, and changes no verdict: a keyword that is nearly one, a keyword of the
    /// other draft, a format that is not known though formats are held to.
    public let hints: [JSONSchemaError.Problem]

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

    /// Whether a value is valid, told apart from a check that could not be finished.
    ///
    /// A value that is invalid for another reason, found first, is invalid.
    public func verdict(of value: JSONValue) -> Verdict {
        var evaluator = SchemaEvaluator(schema: self, reports: false)
        return evaluator.verdict(of: value)
    }

    /// Whether a value is valid; false where the check could not be finished. Faster than `validate` where it is not.
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
