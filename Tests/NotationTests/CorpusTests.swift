import Foundation
import Testing

@testable import Notation

/// The whole of the shared oracles; `make test-corpora` runs them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] != nil))
struct CorpusNotationTests {
    private func lines(_ path: String) throws -> [JSONValue] {
        let folder = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] ?? ""
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(path)))
        var rows: [JSONValue] = []
        var splitter = JSONLineSplitter()
        try splitter.feed(bytes) { _, line in rows.append(try JSONValue.parse(line)) }
        try splitter.finish { _, line in rows.append(try JSONValue.parse(line)) }
        return rows
    }

    @Test func everyJSONTextIsReadOrRefused() throws {
        let rows = try lines("json-parsing-suite/cases.jsonl")
        #expect(rows.count >= 340)
        for row in rows {
            let data = try #require(Data(base64Encoded: row["base64"]?.stringValue ?? ""))
            let read = (try? JSONValue.parse([UInt8](data))) != nil
            switch row["expect"]?.stringValue {
            case "y": #expect(read, "\(row["name"]?.stringValue ?? "")")
            case "n": #expect(!read, "\(row["name"]?.stringValue ?? "")")
            default: break
            }
        }
    }

    @Test func everyRequiredSchemaCaseHolds() throws {
        let remotes = try JSONSchemaSuiteTests.remotes()
        let groups = try lines("json-schema-test-suite/draft7.jsonl")
        #expect(groups.count >= 321)
        for group in groups {
            let file = group["file"]?.stringValue ?? ""
            guard !file.hasPrefix("optional/"), var schema = group["schema"] else { continue }
            if case .object(var object) = schema, object["$schema"] == nil {
                object["$schema"] = "http://json-schema.org/draft-07/schema#"
                schema = .object(object)
            }
            let compiled = try JSONSchema.compile(schema, resources: remotes, patterns: icuPattern)
            for test in group["tests"]?.arrayValue ?? [] {
                let valid = try compiled.isValid(#require(test["data"]))
                #expect(
                    valid == test["valid"]?.boolValue, "\(file): \(test["description"]?.stringValue ?? "")")
            }
        }
    }
}
