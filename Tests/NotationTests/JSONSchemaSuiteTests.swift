import Foundation
import Testing

@testable import Notation

/// Searches with ICU's expressions, so that this room's tests need no room of patterns.
@Sendable func icuPattern(_ source: String) throws -> JSONSchema.Pattern {
    let expression = try NSRegularExpression(pattern: source)
    return { text in
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}

/// Held to JSON-Schema-Test-Suite; see Fixtures/json-schema-test-suite/SOURCE.md.
struct JSONSchemaSuiteTests {
    struct Group {
        let file: String
        let description: String
        let schema: JSONValue
        let tests: [JSONValue]
    }

    static func groups(_ name: String) throws -> [Group] {
        var groups: [Group] = []
        var splitter = JSONLineSplitter()
        let take = { (number: Int, line: UnsafeBufferPointer<UInt8>) in
            let row = try JSONValue.parse(line)
            let group = Group(
                file: row["file"]?.stringValue ?? "", description: row["description"]?.stringValue ?? "",
                schema: row["schema"] ?? .null, tests: row["tests"]?.arrayValue ?? [])
            groups.append(group)
        }
        try splitter.feed([UInt8](fixture("json-schema-test-suite/\(name).jsonl")), take)
        try splitter.finish(take)
        return groups
    }

    static func remotes() throws -> [String: JSONValue] {
        let all = try JSONValue.parse([UInt8](fixture("json-schema-test-suite/remotes.json")))
        var result: [String: JSONValue] = [:]
        for member in all.objectValue?.members ?? [] { result[member.key] = member.value }
        return result
    }

    /// What optional files ask for and is not offered: each is refused, not passed over.
    static let refused: Set<String> = [
        // Draft 2019-09 is not read.
        "optional/cross-draft.json: refs to future drafts are processed as future drafts",
        "optional/cross-draft.json: refs to historic drafts are processed as historic drafts",
    ]

    /// The dialect of patterns is that of another room; MetricsTests hold it to these.
    static func isOfPatterns(_ file: String) -> Bool { file.contains("ecmascript-regex") }

    /// Contents are notes, as 2020-12 has it; draft 7 leaves it open whether they are held to.
    static func isOfContents(_ file: String) -> Bool { file == "optional/content.json" }

    @Test(arguments: [("draft7", 927), ("draft2020-12", 1257)])
    func everyRequiredCaseIsAsTheSuiteSays(name: String, cases: Int) throws {
        let ran = try run(name, assertsFormat: false) { !$0.hasPrefix("optional/") }
        #expect(ran == cases)
    }

    @Test(arguments: ["draft7", "draft2020-12"])
    func optionalCasesAreAsTheSuiteSays(name: String) throws {
        let ran = try run(name, assertsFormat: false) {
            $0.hasPrefix("optional/") && !$0.hasPrefix("optional/format") && !Self.isOfPatterns($0)
                && !Self.isOfContents($0)
        }
        #expect(ran > 0)
    }

    @Test(arguments: ["draft7", "draft2020-12"])
    func formatsAreHeldToWhereAsked(name: String) throws {
        let ran = try run(name, assertsFormat: true) {
            $0.hasPrefix("optional/format/") && !Self.isOfPatterns($0)
        }
        #expect(ran > 0)
    }

    private func run(_ name: String, assertsFormat: Bool, _ wanted: (String) -> Bool) throws -> Int {
        let remotes = try Self.remotes()
        let draft7 = name == "draft7"
        var ran = 0
        for group in try Self.groups(name) where wanted(group.file) {
            let label = "\(group.file): \(group.description)"
            var schema = group.schema
            if draft7, case .object(var object) = schema, object["$schema"] == nil {
                object["$schema"] = "http://json-schema.org/draft-07/schema#"
                schema = .object(object)
            }
            let options = JSONSchema.Options(assertsFormat: assertsFormat)
            let compiled: JSONSchema
            do {
                compiled = try JSONSchema.compile(
                    schema, resources: remotes, options: options, patterns: icuPattern)
            } catch {
                #expect(Self.refused.contains(label), "\(label): \(error)")
                continue
            }
            #expect(!Self.refused.contains(label))
            for test in group.tests {
                ran += 1
                let data = try #require(test["data"])
                let violations = compiled.validate(data)
                let valid = test["valid"]?.boolValue
                let words = "\(label): \(test["description"]?.stringValue ?? ""): \(violations)"
                #expect(violations.isEmpty == valid, "\(words)")
                #expect(compiled.isValid(data) == valid, "\(words)")
            }
        }
        return ran
    }
}
