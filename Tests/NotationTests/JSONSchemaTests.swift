import Foundation
import Testing

@testable import Notation

struct JSONSchemaTests {
    private func compile(
        _ text: String, resources: [String: JSONValue] = [:], options: JSONSchema.Options = .init()
    ) throws -> JSONSchema {
        let schema = try JSONValue.parse(text)
        return try JSONSchema.compile(schema, resources: resources, options: options, patterns: icuPattern)
    }

    static let refused: [(text: String, says: String)] = [
        (##"{"$schema":"https://json-schema.org/draft/2019-09/schema"}"##, "#/$schema: the meta-schema"),
        (##"{"$schema":"http://json-schema.org/draft-04/schema#"}"##, "#/$schema: the meta-schema"),
        (
            ##"{"$ref":"#/$defs/none"}"##,
            "#/$ref: '#/$defs/none' leads nowhere: there is no member '$defs' at the top"
        ),
        (##"{"$ref":"#none"}"##, "#/$ref: there is no anchor 'none'"),
        (
            ##"{"properties":{"a":{"$ref":"other.json"}}}"##,
            "#/properties/a/$ref: there is no schema 'other.json'"
        ),
        (##"{"properties":{"a":{"requried":["x"]}}}"##, "#/properties/a: 'requried' is no keyword"),
        (##"{"nullable":true}"##, "#: 'nullable' is no keyword"),
        (##"{"additionalItems":false}"##, "#: 'additionalItems' is no keyword of 2020-12"),
        (
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","prefixItems":[]}"##,
            "is no keyword of draft 7"
        ),
        (
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":{"$ref":"#","maxLength":3}}"##,
            "#/items: 'maxLength' stands beside '$ref', where draft 7 ignores it"
        ),
        (##"{"type":"strng"}"##, "#/type: must be of null, boolean"),
        (##"{"type":[]}"##, "#/type: names no type"),
        (
            ##"{"items":[{"type":"string"}]}"##,
            "#/items: must be one schema; a list of schemas is 'prefixItems'"
        ),
        (##"{"minLength":"5"}"##, "#/minLength: must be a whole number"),
        (##"{"minLength":-1}"##, "must be a whole number"),
        (##"{"maximum":"5"}"##, "#/maximum: must be a number"),
        (##"{"multipleOf":0}"##, "must be a number above 0"),
        (##"{"required":"a"}"##, "#/required: must be a list of names"),
        (##"{"enum":1}"##, "#/enum: must be a list"),
        (##"{"dependentRequired":{"a":[1]}}"##, "#/dependentRequired/a: must be a list of names"),
        (##"{"anyOf":[]}"##, "#/anyOf: must be a list of at least one schema"),
        (##"{"not":5}"##, "#/not: a schema must be"),
        (##"{"pattern":"("}"##, "#/pattern: the pattern cannot be used"),
        (##"{"patternProperties":{"[":true}}"##, "#/patternProperties/[: the pattern cannot be used"),
        (##"{"$id":"a#b"}"##, "#/$id: must not have a fragment"),
        ("5", "a schema must be an object, true or false"),
        (##"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"##, "the anchor 'x' is already set"),
        (##"{"allOf":[{"$ref":"#"}]}"##, "the schema refers to itself without end"),
        (
            ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"not":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"}"##,
            "without end"
        ),
    ]

    @Test(arguments: refused)
    func whatIsNotUnderstoodIsRefused(text: String, says: String) throws {
        let options = JSONSchema.Options(unknownKeywords: .refuse)
        let error = #expect(throws: JSONSchemaError.self) { try compile(text, options: options) }
        let words = error?.description ?? ""
        #expect(words.contains(says), "\(words)")
        #expect(error?.problems.count == 1, "\(words)")
    }

    @Test func allProblemsOfASchemaAreToldAtOnce() throws {
        let error = #expect(throws: JSONSchemaError.self) {
            try compile(#"{"type":"x","properties":{"a":{"minItems":1.5},"b":{"$ref":"b.json"}}}"#)
        }
        let places = error?.problems.map(\.place)
        #expect(places == ["#/type", "#/properties/a/minItems", "#/properties/b/$ref"])
    }

    /// Core, section 6.5, and draft 7, section 8.3: what is not known is a note, whatever it looks like.
    @Test(arguments: [
        (
            ##"{"requried":["x"],"nullable":false,"type":"object"}"##,
            ["#: 'requried' is no keyword; is 'required' meant?"]
        ),
        (##"{"Required":["x"]}"##, ["#: 'Required' is no keyword; is 'required' meant?"]),
        (##"{"propertise":{"a":false}}"##, ["#: 'propertise' is no keyword; is 'properties' meant?"]),
        (
            ##"{"additionalItems":false}"##,
            ["#: 'additionalItems' is no keyword of 2020-12, which this schema is of"]
        ),
        (
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":{"$ref":"#/definitions/a","not":true},"definitions":{"a":true}}"##,
            ["#/items: 'not' stands beside '$ref', where draft 7 ignores it; put both into 'allOf'"]
        ),
        (##"{"x-required":1,"foo":1,"example":[],"definitions":{},"$defs":{}}"##, []),
        (##"{"$schema":"http://json-schema.org/draft-07/schema#","$defs":{"a":true}}"##, []),
        (##"{"properties":{"requried":{"type":"string"}},"enum":[{"minimun":1},{}]}"##, []),
    ])
    func whatTheDraftDoesNotKnowIsANote(text: String, hints: [String]) throws {
        let schema = try compile(text)
        #expect(schema.hints.map(\.description) == hints)
        #expect(
            schema.isValid([:])
                && (text.contains(#""type""#) || schema.isValid([[:]]) || text.contains("enum")))
    }

    @Test func aFormatThatIsNotKnownHoldsNothingAndIsToldOf() throws {
        let options = JSONSchema.Options(assertsFormat: true)
        let schema = try compile(#"{"format":"e-mail"}"#, options: options)
        #expect(schema.isValid("x y"))
        #expect(schema.hints.map(\.place) == ["#/format"])
        #expect(try compile(#"{"format":"e-mail"}"#).hints.isEmpty)
        let strict = JSONSchema.Options(unknownKeywords: .refuse, assertsFormat: true)
        #expect(throws: JSONSchemaError.self) { try compile(#"{"format":"e-mail"}"#, options: strict) }
        #expect(try !compile(#"{"format":"date"}"#, options: options).isValid("2026-02-29"))
        #expect(try compile(#"{"format":"date"}"#).isValid("2026-02-29"))
    }

    /// Nothing but the schema itself is given.
    @Test(arguments: [
        (#"{"$ref":"https://json-schema.org/draft/2020-12/schema"}"#, true),
        (
            #"{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"http://json-schema.org/draft-07/schema#"}"#,
            false
        ),
        (#"{"allOf":[{"$ref":"https://json-schema.org/draft-07/schema"}]}"#, false),
    ])
    func metaSchemasAreAtHand(text: String, isNew: Bool) throws {
        let schema = try compile(text)
        let valid = [
            "true", "{}", #"{"type":["string","null"],"minLength":0}"#,
            #"{"properties":{"a":{"items":{"enum":[]}}}}"#,
        ]
        let invalid = [
            #"{"type":"text"}"#, #"{"minLength":-1}"#, #"{"properties":{"a":{"minLength":"1"}}}"#,
            #"{"allOf":[]}"#,
            #"{"required":["a","a"]}"#, #"{"multipleOf":0}"#,
        ]
        for each in valid { #expect(try schema.isValid(JSONValue.parse(each)), "\(each)") }
        for each in invalid { #expect(try !schema.isValid(JSONValue.parse(each)), "\(each)") }
        // Lists of schemas went from 'items' to 'prefixItems'.
        #expect(try schema.isValid(JSONValue.parse(#"{"items":[true,{}]}"#)) == !isNew)
        #expect(try schema.isValid(JSONValue.parse(#"{"prefixItems":[5]}"#)) == !isNew)
    }

    @Test func metaSchemasAreValidByThemselves() throws {
        for uri in ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema"]
        {
            let meta = try #require(MetaSchemas.named(uri))
            let schema = try JSONSchema.compile(["$ref": .string(uri)], patterns: icuPattern)
            #expect(schema.validate(meta).isEmpty)
            #expect(try JSONSchema.compile(meta, patterns: icuPattern).isValid(meta))
        }
    }

    @Test func whatCouldNotBeCheckedIsNoVerdict() throws {
        let schema = try JSONSchema.compile(["type": "string", "pattern": "x"]) { _ in { _ in nil } }
        #expect(schema.verdict(of: 1) == .invalid)
        guard case .undecided(let why) = schema.verdict(of: "text") else {
            Issue.record("decided")
            return
        }
        #expect(why.contains("the search for a pattern gave up"))
        #expect(try compile(#"{"pattern":"x"}"#).verdict(of: "xy") == .valid)
    }

    @Test func anUnknownVocabularyIsRefusedWhereItIsRequired() throws {
        func meta(_ required: Bool) -> JSONValue {
            [
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$vocabulary": [
                    "https://json-schema.org/draft/2020-12/vocab/core": true,
                    "https://json-schema.org/draft/2020-12/vocab/validation": true,
                    "https://example.org/vocab/own": .bool(required),
                ],
            ]
        }
        let text = #"{"$schema":"https://example.org/meta","type":"string"}"#
        let error = #expect(throws: JSONSchemaError.self) {
            try compile(text, resources: ["https://example.org/meta": meta(true)])
        }
        #expect(
            error?.description.contains("the vocabulary 'https://example.org/vocab/own' is not known") == true
        )
        let schema = try compile(text, resources: ["https://example.org/meta": meta(false)])
        #expect(!schema.isValid(1))
    }

    @Test func violationsNamePlaceKeywordAndCause() throws {
        let schema = try compile(
            """
            {"$id": "https://example.org/answer", "type": "object", "required": ["text", "id"],
             "properties": {
               "text": {"type": "string", "minLength": 3, "pattern": "^[a-z]+$"},
               "list": {"type": "array", "uniqueItems": true, "maxItems": 2,
                         "items": {"$ref": "#/$defs/score"}},
               "kind": {"enum": ["a", "b"]}, "one": {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
               "deep/er": {"contains": {"const": 1}}},
             "additionalProperties": false, "$defs": {"score": {"type": "number", "maximum": 1}}}
            """)
        let value = try JSONValue.parse(
            #"{"text":"A!","list":[0.5,2,"x",0.5],"kind":"c","one":3,"deep/er":[2],"more":1}"#)
        #expect(
            schema.validate(value).map(\.description) == [
                "the value lacks the member 'id' (required)",
                "/text has 2 characters, fewer than 3 (minLength)",
                "/text does not match the pattern '^[a-z]+$' (pattern)",
                "/list has elements that are equal (uniqueItems)",
                "/list has 4 elements, more than 2 (maxItems)",
                "/list/1 is above 1 (maximum)",
                "/list/2 is of type string, not number (type)",
                "/kind is none of the values allowed (enum)",
                "/one matches 2 schemas (0, 1), exactly one is due (oneOf)",
                "/deep~1er has 0 elements of 1 that must match (contains)",
                "/more is not allowed here (additionalProperties)",
            ])
        #expect(schema.validate(value)[5].schema == "https://example.org/answer#/$defs/score")
        #expect(schema.validate("x").map(\.description) == ["the value is of type string, not object (type)"])
        #expect(
            try schema.validate(JSONValue.parse(#"{"text":"abc","id":1}"#)).first?.instance.description
                == "/id")
    }

    @Test func keysAreComparedByTheirBytes() throws {
        let schema = try compile("{\"properties\":{\"\u{E9}\":false},\"required\":[\"e\u{301}\"]}")
        #expect(schema.isValid(["e\u{301}": 1]))
        #expect(schema.validate(["\u{E9}": 1]).count == 2)
    }

    @Test(arguments: [
        (9_007_199_254_740_993, 9_007_199_254_740_992.0, false),
        (9_007_199_254_740_992, 9_007_199_254_740_992.0, true),
        (Int64.max, 9_223_372_036_854_775_808.0, true), (Int64.min, -9_223_372_036_854_775_808.0, true),
    ])
    func boundsAreExactBetweenIntegersAndNumbers(value: Int64, maximum: Double, valid: Bool) throws {
        let schema: JSONValue = ["maximum": .number(maximum)]
        let compiled = try JSONSchema.compile(schema, patterns: icuPattern)
        #expect(compiled.isValid(.integer(value)) == valid)
        let mirrored = try JSONSchema.compile(["exclusiveMinimum": .integer(value)], patterns: icuPattern)
        #expect(
            mirrored.isValid(.number(maximum))
                == (Int64(exactly: maximum).map { $0 > value } ?? (maximum > 0)))
    }

    @Test func aSearchThatGaveUpIsNeverAPass() throws {
        let schema: JSONValue = ["anyOf": [["not": ["pattern": "x"]], true]]
        let compiled = try JSONSchema.compile(schema) { _ in { _ in nil } }
        #expect(compiled.validate("text").map(\.keyword) == ["pattern"])
        #expect(!compiled.isValid("text"))
    }

    /// On a thread with the stack that Linux gives by default.
    private func onThread(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            body()
            done.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        done.wait()
    }

    @Test func nestingOfValuesAndSchemasIsBounded() throws {
        var value: JSONValue = 1
        for _ in 0..<400 { value = ["a": value] }
        let nested = value
        let tree = try compile(##"{"properties":{"a":{"$ref":"#"}},"anyOf":[true]}"##)
        onThread { #expect(tree.isValid(nested)) }
        let deeper = (0..<400).reduce(nested) { value, _ in ["a": value] }
        onThread { #expect(tree.validate(deeper).first?.message.contains("nested too deeply") == true) }

        // A dynamic reference that comes back to itself only while it is evaluated.
        let endless = try compile(
            ##"""
            {"$id": "https://e.org/r", "$ref": "l",
             "$defs": {
               "x": {"$dynamicAnchor": "n", "$ref": "l"},
               "l": {"$id": "l", "$dynamicRef": "#n", "$defs": {"n": {"$dynamicAnchor": "n"}}}}}
            """##
        )
        onThread { #expect(endless.validate(1).first?.message.contains("nested too deeply") == true) }

        var deep = "true"
        for _ in 0..<200 { deep = "{\"not\":\(deep)}" }
        let stacked = try compile(deep)
        onThread { #expect(stacked.isValid(1)) }
    }

    @Test func workIsBounded() throws {
        var defs = JSONObject()
        defs["l0"] = true
        for level in 1...40 {
            let reference: JSONValue = ["$ref": .string("#/$defs/l\(level - 1)")]
            defs["l\(level)"] = ["allOf": [reference, reference]]
        }
        let schema: JSONValue = ["$defs": .object(defs), "$ref": "#/$defs/l40"]
        let compiled = try JSONSchema.compile(schema, patterns: icuPattern)
        var evaluator = SchemaEvaluator(schema: compiled, reports: true, mostSteps: 100_000)
        #expect(evaluator.run(1).first?.message == "takes too much work to check: over 100000 steps")
    }
}
