import Foundation
import Notation
import Testing
import Text

/// Held to what V8 makes of the same patterns; see Fixtures/SOURCE.md.
@Suite struct ECMAPatternTests {
    static func rows() throws -> [JSONValue] {
        var rows: [JSONValue] = []
        var splitter = JSONLineSplitter()
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/ecma/patterns.jsonl")
        let take = { (_: Int, line: UnsafeBufferPointer<UInt8>) in rows.append(try JSONValue.parse(line)) }
        try splitter.feed([UInt8](Data(contentsOf: file)), take)
        try splitter.finish(take)
        return rows
    }

    @Test func patternsAreWhatV8MakesOfThem() throws {
        let rows = try Self.rows()
        #expect(rows.count >= 900)
        var searches = 0
        for row in rows {
            let source = try #require(row["pattern"]?.stringValue)
            guard row["valid"]?.boolValue == true else {
                let problem = #expect(throws: PatternProblem.self, "\(source)") {
                    try Pattern(source, dialect: .ecma)
                }
                #expect(problem?.isSyntax == true, "\(source)")
                continue
            }
            let pattern: Pattern
            do throws(PatternProblem) { pattern = try Pattern(source, dialect: .ecma) } catch {
                Issue.record("\(source): \(error)")
                continue
            }
            for (key, found) in [("found", true), ("not", false)] {
                for text in row[key]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                    searches += 1
                    let did = try pattern.matches(text)
                    #expect(did == found, "\(source) in \(text.debugDescription)")
                }
            }
        }
        #expect(searches > 30_000)
    }

    /// Valid by ECMA-262, and beyond what PCRE2 searches with: told apart from a mistake.
    @Test(arguments: ["(?<=a+)b", "(?<!a*)b"])
    func whatCannotBeSearchedWithIsNoMistake(_ source: String) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(source, dialect: .ecma) }
        #expect(problem?.isSyntax == false)
    }

    /// Written without the flag `u`, as most patterns are.
    @Test(arguments: [
        (#"^\d{3}\-\d{2}$"#, "123-45", true), (#"^{.*}$"#, "{a}", true), (#"a]"#, "a]", true),
        (#"\@"#, "@", true),
        (#"[\w-.]+"#, "-", true), (#"x{,3}"#, "x{,3}", true),
    ])
    func signsMayBeEscapedOrStandForThemselves(_ source: String, _ text: String, _ found: Bool) throws {
        #expect(try Pattern(source, dialect: .ecma).matches(text) == found)
    }

    @Test(arguments: [("a(b", 1), ("ab)", 2), ("a**", 2), ("[b-a]", 1), (#"é\a"#, 1), ("x{3,1}", 2)])
    func aMistakeIsShownWhereItStands(_ source: String, _ offset: Int) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(source, dialect: .ecma) }
        #expect(problem?.offset == offset)
    }

    @Test func nestingAndLengthAreBounded() throws {
        let deep = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
        #expect(throws: PatternProblem.self) { try Pattern(deep, dialect: .ecma) }
        #expect(throws: PatternProblem.self) { try Pattern("a{99999999999999999999}", dialect: .ecma) }
    }
}
