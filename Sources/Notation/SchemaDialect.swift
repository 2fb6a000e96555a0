/// Which keywords a schema resource may use and what they mean.
struct SchemaDialect: Sendable, Hashable {
    enum Draft: String, Sendable {
        case draft7 = "draft 7"
        case draft202012 = "2020-12"
    }

    enum Vocabulary: String, Sendable, CaseIterable {
        case core
        case applicator
        case unevaluated
        case validation
        case metadata = "meta-data"
        case formatAnnotation = "format-annotation"
        case formatAssertion = "format-assertion"
        case content
    }

    /// Where subschemas stand within a keyword's value.
    enum Shape {
        case none
        case schema
        case list
        case map
        /// Draft 7's `items`.
        case schemaOrList
        /// `dependencies`: schemas beside lists of names.
        case mapOfSchemasOrNames
    }

    enum Status {
        case active
        /// Of a vocabulary that the meta-schema leaves out.
        case inactive
        case otherDraft
        case unknown
    }

    let draft: Draft
    let vocabularies: Set<Vocabulary>

    static let draft7 = SchemaDialect(draft: .draft7, vocabularies: [])
    static let draft202012 = SchemaDialect(
        draft: .draft202012, vocabularies: Set(Vocabulary.allCases).subtracting([.formatAssertion]))

    /// The dialect of a well-known meta-schema.
    static func standard(_ uri: String) -> SchemaDialect? {
        switch uri.hasSuffix("#") ? String(uri.dropLast()) : uri {
        case "https://json-schema.org/draft/2020-12/schema": .draft202012
        case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema": .draft7
        default: nil
        }
    }

    static let vocabularyPrefix = "https://json-schema.org/draft/2020-12/vocab/"

    var assertsFormat: Bool { vocabularies.contains(.formatAssertion) }

    func status(of keyword: String) -> Status {
        let newer = Self.vocabularyOfKeyword[keyword]
        let older = Self.draft7Keywords.contains(keyword)
        switch draft {
        case .draft7: return older ? .active : newer == nil ? .unknown : .otherDraft
        case .draft202012:
            guard let newer else { return older ? .otherDraft : .unknown }
            if newer == .formatAnnotation, vocabularies.contains(.formatAssertion) { return .active }
            return vocabularies.contains(newer) ? .active : .inactive
        }
    }

    /// The keyword that a name was probably meant to be: one sign too many, too few, other, or two in exchange.
    func keyword(near name: String) -> String? {
        let known = draft == .draft7 ? Self.draft7Keywords : Set(Self.vocabularyOfKeyword.keys)
        let given = Array(name.lowercased().utf8)
        guard given.count >= 4 else { return nil }
        let near = known.filter { Self.isNear(given, Array($0.lowercased().utf8)) }
        return near.min()
    }

    private static func isNear(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard abs(left.count - right.count) <= 1 else { return false }
        let same = zip(left, right).prefix { $0 == $1 }.count
        let (a, b) = (left.dropFirst(same), right.dropFirst(same))
        if a.dropFirst() == b.dropFirst() || a.dropFirst() == b || a == b.dropFirst() { return true }
        guard let first = a.first, let second = a.dropFirst().first else { return false }
        return b.first == second && b.dropFirst().first == first && a.dropFirst(2) == b.dropFirst(2)
    }

    func shape(of keyword: String) -> Shape {
        switch keyword {
        case "properties", "patternProperties", "definitions", "$defs": return .map
        case "dependencies": return .mapOfSchemasOrNames
        case "allOf", "anyOf", "oneOf": return .list
        case "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else": return .schema
        case "items": return draft == .draft7 ? .schemaOrList : .schema
        case "additionalItems": return draft == .draft7 ? .schema : .none
        case "prefixItems": return draft == .draft7 ? .none : .list
        case "dependentSchemas": return draft == .draft7 ? .none : .map
        case "unevaluatedItems", "unevaluatedProperties", "contentSchema":
            return draft == .draft7 ? .none : .schema
        default: return .none
        }
    }

    /// Words that tools write for people to read; they say nothing of what is valid.
    static let documentation: Set<String> = [
        "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly",
        "$comment",
        "markdownDescription", "enumNames", "externalDocs", "$defs",
    ]

    static let draft7Keywords: Set<String> = [
        "$id", "$schema", "$ref", "$comment", "definitions", "title", "description", "default", "readOnly",
        "writeOnly", "examples", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "additionalItems", "items", "maxItems", "minItems",
        "uniqueItems",
        "contains", "maxProperties", "minProperties", "required", "additionalProperties", "properties",
        "patternProperties", "dependencies", "propertyNames", "const", "enum", "type", "format",
        "contentMediaType", "contentEncoding", "if", "then", "else", "allOf", "anyOf", "oneOf", "not",
    ]

    /// Also `definitions` and `dependencies`, which 2020-12 keeps in its meta-schema for compatibility.
    static let vocabularyOfKeyword: [String: Vocabulary] = {
        let table: [(Vocabulary, [String])] = [
            (
                .core,
                [
                    "$id", "$schema", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary",
                    "$comment",
                    "$defs", "definitions",
                ]
            ),
            (
                .applicator,
                [
                    "prefixItems", "items", "contains", "additionalProperties", "properties",
                    "patternProperties",
                    "dependentSchemas", "propertyNames", "if", "then", "else", "allOf", "anyOf", "oneOf",
                    "not",
                    "dependencies",
                ]
            ),
            (.unevaluated, ["unevaluatedItems", "unevaluatedProperties"]),
            (
                .validation,
                [
                    "type", "const", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
                    "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
                    "uniqueItems",
                    "maxContains", "minContains", "maxProperties", "minProperties", "required",
                    "dependentRequired",
                ]
            ),
            (
                .metadata,
                ["title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"]
            ),
            (.formatAnnotation, ["format"]),
            (.content, ["contentEncoding", "contentMediaType", "contentSchema"]),
        ]
        var result: [String: Vocabulary] = [:]
        for (vocabulary, keywords) in table {
            for keyword in keywords { result[keyword] = vocabulary }
        }
        return result
    }()
}
