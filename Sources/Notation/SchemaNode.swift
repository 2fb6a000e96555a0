/// One subschema as the evaluator wants it; other subschemas are named by their index.
struct SchemaNode: Sendable {
    /// URI and JSON Pointer.
    let location: String
    /// The resource it belongs to, for the dynamic scope.
    let resource: Int
    /// Set where the schema is `true` or `false`.
    var boolean: Bool?
    /// In the order in which they are evaluated: what needs the others' results is last.
    var keywords: [SchemaKeyword] = []
}

/// A keyword with its value checked and made ready.
enum SchemaKeyword: Sendable {
    case type(SchemaTypes)
    case enumeration([JSONValue], name: String)
    case bound(JSONValue, kind: Bound)
    case multipleOf(JSONValue)
    case length(Int, kind: Length)
    case pattern(JSONSchema.Pattern, source: String)
    case format(SchemaFormat)
    case uniqueItems
    case required([String])
    /// `dependentRequired`, `dependentSchemas`, and draft 7's `dependencies`, which is both.
    case dependencies(required: [(key: String, names: [String])], schemas: [(key: String, schema: Int)])
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case condition(test: Int, then: Int?, otherwise: Int?)
    case reference(Int)
    /// `initial` is where it leads statically; with an anchor the outermost resource that has it wins.
    case dynamicReference(initial: Int, anchor: String?)
    case properties(Properties)
    case propertyNames(Int)
    case items(prefix: [Int], rest: Int?, prefixName: String, restName: String)
    case contains(Int, least: Int, most: Int?)
    case unevaluatedItems(Int)
    case unevaluatedProperties(Int)

    enum Bound: String, Sendable {
        case minimum, maximum, exclusiveMinimum, exclusiveMaximum
    }

    enum Length: String, Sendable {
        case minLength, maxLength, minItems, maxItems, minProperties, maxProperties
    }

    /// `properties`, `patternProperties` and `additionalProperties`, which look at each other.
    struct Properties: Sendable {
        var named: [ByteKey: Int] = [:]
        var patterns: [(pattern: JSONSchema.Pattern, schema: Int)] = []
        var additional: Int?
    }

    var isUnevaluated: Bool {
        switch self {
        case .unevaluatedItems, .unevaluatedProperties: true
        default: false
        }
    }

    /// The subschemas that are applied to the same value.
    var inPlace: [Int] {
        switch self {
        case .dependencies(_, let entries): entries.map(\.schema)
        case .allOf(let schemas), .anyOf(let schemas), .oneOf(let schemas): schemas
        case .not(let schema), .reference(let schema), .dynamicReference(let schema, _): [schema]
        case .condition(let test, let then, let otherwise): [test] + [then, otherwise].compactMap { $0 }
        default: []
        }
    }
}

/// The types that `type` allows.
struct SchemaTypes: Sendable {
    let names: [String]

    static let all = ["null", "boolean", "object", "array", "number", "string", "integer"]

    func admits(_ value: JSONValue) -> Bool {
        let name = value.typeName
        if names.contains(name) { return true }
        switch value {
        case .integer: return names.contains("number")
        // A number without a fraction is an integer, however it was written.
        case .number(let number): return names.contains("integer") && number == number.rounded()
        default: return false
        }
    }
}
