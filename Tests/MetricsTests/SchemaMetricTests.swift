import Domain
import Foundation
import Metrics
import Notation
import Testing

/// Schemas with the patterns that metrics search with, at the defaults that a policy gets.
@Suite struct SchemaMetricTests {
    private static let suite = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("NotationTests/Fixtures/json-schema-test-suite")

    private static func rows(_ name: String) throws -> [JSONValue] {
        try String(contentsOf: suite.appendingPathComponent(name), encoding: .utf8).split(separator: "\n")
            .map { try JSONValue.parse(String($0)) }
    }

    /// Every group of the suite that is not as it says, with the reason.
    static let differences = [
        "optional/cross-draft.json: refs to future drafts are processed as future drafts":
            "draft 2019-09 is not read",
        "optional/cross-draft.json: refs to historic drafts are processed as historic drafts":
            "likewise",
        "optional/content.json: validation of string-encoded content based on media type":
            "contents are notes, which 2020-12 requires and draft 7 allows",
        "optional/content.json: validation of binary string-encoding": "likewise",
        "optional/content.json: validation of binary-encoded media type documents": "likewise",
    ]

    @Test(arguments: [("draft7", 1709, 782), ("draft2020-12", 1905, 648)])
    func everyCaseIsAsTheSuiteSays(draft: String, all: Int, ofOptional: Int) throws {
        let remotes = try #require(
            JSONValue.parse(
                String(contentsOf: Self.suite.appendingPathComponent("remotes.json"), encoding: .utf8)
            )
            .objectValue)
        var resources: [String: JSONValue] = [:]
        for member in remotes.members where !member.key.contains("json-schema.org") {
            resources[member.key] = member.value
        }
        var (ran, optional) = (0, 0)
        for group in try Self.rows(draft + ".jsonl") {
            let file = group["file"]?.stringValue ?? ""
            let label = "\(file): \(group["description"]?.stringValue ?? "")"
            guard Self.differences[label] == nil else { continue }
            var schema = try #require(group["schema"])
            if draft == "draft7", case .object(var object) = schema, object["$schema"] == nil {
                object["$schema"] = "http://json-schema.org/draft-07/schema#"
                schema = .object(object)
            }
            let options = JSONSchema.Options(assertsFormat: file.hasPrefix("optional/format/"))
            let compiled = try JSONSchema.compile(
                schema, resources: resources, options: options, patterns: SchemaPatterns.compile)
            for test in group["tests"]?.arrayValue ?? [] {
                (ran, optional) = (ran + 1, optional + (file.hasPrefix("optional/") ? 1 : 0))
                let verdict = try compiled.verdict(of: #require(test["data"]))
                let expected: JSONSchema.Verdict = test["valid"]?.boolValue == true ? .valid : .invalid
                #expect(verdict == expected, "\(label): \(test["description"]?.stringValue ?? "")")
            }
        }
        #expect(ran == all && optional == ofOptional, "\(ran) cases, \(optional) of them optional")
    }

    @Test func aPatternBeyondItsStepsIsAFailureAndNoZero() throws {
        let definition = try metric("schema", ["properties": ["a": ["pattern": "^(a+)+$"]]])
        let hard = String(repeating: "a", count: 5000) + "b"
        for (name, row): (String, JSONValue) in [
            ("body", ["body": ["a": .string(hard)]]), ("fine", ["body": ["a": "aaa"]]),
            ("invalid", ["body": ["a": "b"]]),
        ] {
            var input = ExampleLine.input(row)
            let measured = definition.measured(&input)
            switch name {
            case "fine": #expect(measured == .value(1))
            case "invalid": #expect(measured == .value(0))
            default:
                guard case .failed(let reason) = measured else {
                    Issue.record("\(measured)")
                    return
                }
                #expect(reason.contains("/a could not be checked: the search for a pattern gave up"))
            }
        }
        var text = ExampleLine.input(["text": .string(#"{"a":"\#(hard)"}"#)])
        for name in ["is_json", "contains_json"] {
            let measured = try metric(name, ["properties": ["a": ["pattern": "^(a+)+$"]]]).measured(&text)
            #expect(measured.isFailed, "\(name): \(measured)")
        }
    }
}

/// Answers that are JSON by its grammar and that nobody here reads.
@Suite struct UnreadJSONTests {
    private static let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)

    @Test(arguments: ["is_json", "json"]) func depthIsNotDecided(name: String) throws {
        let measured = try measure(name, answer: { $0.text = Self.deep })
        #expect("\(measured)".contains("nested more than 256 deep") && measured.isFailed, "\(measured)")
        // Cut off it is no JSON, however deep.
        #expect(try measure(name, answer: { $0.text = String(Self.deep.dropLast()) }).number == 0)
        #expect(try measure(name, answer: { $0.text = String(repeating: "[", count: 5000) }).number == 0)
    }

    @Test func whatOnlyASchemaMustHoldIsJSONWithoutOne() throws {
        for text in ["[1e999]", #"["\ud800"]"#] {
            #expect(try measure("is_json", answer: { $0.text = text }).number == 1, "\(text)")
            let held = try measure("is_json", ["type": "array"], answer: { $0.text = text })
            #expect(held.isFailed, "\(text): \(held)")
        }
        #expect(try measure("is_json", ["type": "array"], answer: { $0.text = Self.deep }).isFailed)
        #expect(try measure("is_json", ["type": "array"], answer: { $0.text = "[NaN]" }).number == 0)
    }
}
