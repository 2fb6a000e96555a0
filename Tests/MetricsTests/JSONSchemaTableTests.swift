import Foundation
import Notation
import Testing

@testable import Metrics

/// JSON Schema 2020-12 by our own cases from the specification, each with its section; see Fixtures/SOURCE.md.
@Suite struct JSONSchemaTableTests {
    @Test func everyCaseIsAsTheSpecificationSays() throws {
        var rows = try Fixtures.rows("json-schema-2020-12.jsonl")
        var remotes: [String: JSONValue] = [:]
        for member in rows.removeFirst()["remotes"]?.objectValue?.members ?? [] {
            remotes[member.key] = member.value
        }
        var cases = 0
        for row in rows {
            let label = "\(row["section"]?.stringValue ?? ""): \(row["about"]?.stringValue ?? "")"
            let schema = try #require(row["schema"], "\(label)")
            let options = JSONSchema.Options(assertsFormat: row["format"] == true)
            let compiled: JSONSchema
            do {
                compiled = try JSONSchema.compile(
                    schema, resources: row["refs"] == true ? remotes : [:], options: options,
                    patterns: SchemaPatterns.compile)
            } catch {
                Issue.record("\(label): \(error)")
                continue
            }
            for (member, isValid) in [("valid", true), ("invalid", false)] {
                for value in row[member]?.arrayValue ?? [] {
                    cases += 1
                    let violations = compiled.validate(value)
                    #expect(violations.isEmpty == isValid, "\(label): \(value): \(violations)")
                    #expect(compiled.isValid(value) == isValid, "\(label): \(value)")
                }
            }
        }
        #expect(rows.count >= 200 && cases >= 850, "\(rows.count) schemas, \(cases) cases")
    }

    /// A schema beside the table that the standard calls wrong is refused, with its place.
    @Test(arguments: [
        (##"{"$id":"https://e.org/a#frag"}"##, "$id"), (##"{"$anchor":"1a"}"##, "$anchor"),
        (##"{"$defs":{"a":{"$anchor":"x"},"b":{"$dynamicAnchor":"x"}}}"##, "x"),
        (##"{"minItems":1.5}"##, "minItems"), (##"{"multipleOf":-1}"##, "multipleOf"),
        (##"{"prefixItems":[]}"##, "prefixItems"), (##"{"$ref":"https://e.org/nowhere.json"}"##, "nowhere"),
        (##"{"$ref":"#/$defs/a~2"}"##, "$ref"),
    ])
    func whatIsNoSchemaIsRefused(text: String, place: String) throws {
        let schema = try JSONValue.parse(text)
        let error = #expect(throws: JSONSchemaError.self) {
            try JSONSchema.compile(schema, patterns: SchemaPatterns.compile)
        }
        #expect(error?.description.contains(place) == true, "\(String(describing: error))")
    }
}
