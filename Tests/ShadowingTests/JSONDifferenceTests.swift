import Notation
import Shadowing
import Testing

@Suite struct JSONDifferenceTests {
    struct Case: Sendable {
        let before: String
        let after: String
        /// `kind path`, in order.
        let expected: [String]
    }

    @Test(arguments: [
        Case(before: #"{"a": 1}"#, after: #"{"a": 1.0}"#, expected: []),
        Case(before: #"{"a": 1, "b": 2}"#, after: #"{"b": 2, "a": 1}"#, expected: []),
        Case(before: #"{"a": 1}"#, after: #"{"a": 2}"#, expected: ["value /a"]),
        Case(before: #"{"a": 1}"#, after: #"{"a": "1"}"#, expected: ["type /a"]),
        Case(before: #"{"a": null}"#, after: #"{"a": "x"}"#, expected: ["type /a"]),
        Case(before: #"{"a": 1, "b": 2}"#, after: #"{"a": 1}"#, expected: ["missing /b"]),
        Case(before: #"{"a": 1}"#, after: #"{"a": 1, "b": {"c": 2}}"#, expected: ["extra /b"]),
        Case(before: #"{"a": [1, 2, 3]}"#, after: #"{"a": [3, 1, 2]}"#, expected: ["order /a"]),
        Case(
            before: #"{"a": [1, 2, 3]}"#, after: #"{"a": [1, 2, 3, 4]}"#,
            expected: ["length /a", "extra /a/*"]),
        // Something put in at the front leaves the rest as it was.
        Case(before: #"[2, 3]"#, after: #"[1, 2, 3]"#, expected: ["length ", "extra /*"]),
        Case(before: #"[1, 2, 3]"#, after: #"[1, 3]"#, expected: ["length ", "missing /*"]),
        Case(before: #"[1, 2, 3]"#, after: #"[1, 9, 3]"#, expected: ["value /*"]),
        // Elements with names are matched by them, wherever they stand.
        Case(
            before: #"{"items": [{"id": "x", "price": 1}, {"id": "y", "price": 2}]}"#,
            after: #"{"items": [{"id": "y", "price": 2}, {"id": "x", "price": 3}]}"#,
            expected: ["value /items/*/price", "order /items"]),
        Case(
            before: #"{"items": [{"id": "x", "price": 1}, {"id": "y"}]}"#,
            after: #"{"items": [{"id": "x", "price": "1"}]}"#,
            expected: ["length /items", "type /items/*/price", "missing /items/*"]),
        // Without names, place by place.
        Case(
            before: #"[{"price": 1}, {"price": 2}]"#, after: #"[{"price": 1}, {"price": 5}]"#,
            expected: ["value /*/price"]),
        Case(
            before: #"{"a/b": 1, "c~d": 1}"#, after: #"{"a/b": 2, "c~d": 2}"#,
            expected: ["value /a~1b", "value /c~0d"]),
        Case(before: "1", after: "[]", expected: ["type "]),
        Case(before: #"{"a": [[1], [2]]}"#, after: #"{"a": [[1], [3]]}"#, expected: ["value /a/*/*"]),
    ])
    func changesAreNamedByKindAndPlace(_ example: Case) throws {
        let before = try JSONValue.parse(Array(example.before.utf8))
        let after = try JSONValue.parse(Array(example.after.utf8))
        let found = JSONDifference(before, after).changes.map { "\($0.kind.rawValue) \($0.path)" }
        #expect(found == example.expected)
        #expect(JSONDifference(before, before).changes.isEmpty)
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #"{"a": "x"}"#), (#"{"a": 1}"#, #"{"a": 2}"#), (#"{"a": [1]}"#, #"{"a": [1, 2]}"#),
        (#"{"a": 1}"#, #"{}"#), (#"{"a": true}"#, #"{"a": false}"#),
    ])
    func theOtherWayRoundTheDirectionTurns(_ first: String, _ second: String) throws {
        let one = try JSONValue.parse(Array(first.utf8))
        let other = try JSONValue.parse(Array(second.utf8))
        let there = JSONDifference(one, other).changes
        let back = JSONDifference(other, one).changes
        #expect(there.map(\.direction) == back.map { -$0.direction })
        #expect(there.allSatisfy { $0.direction != 0 })
    }

    @Test func whatIsTooMuchIsCutAndSaid() throws {
        let many = JSONValue.array((0..<1000).map { .integer($0) })
        let other = JSONValue.array((0..<1000).map { .integer($0 + 5000) })
        let difference = JSONDifference(many, other, limit: 10)
        #expect(difference.changes.count == 10)
        #expect(difference.isCut)
    }

    @Test func hostileTextIsShownAsOneHarmlessLine() throws {
        let before = JSONValue.object(JSONObject())
        var object = JSONObject()
        object["x"] = .string("\u{1B}[31m\nevil\u{202E}" + String(repeating: "y", count: 500))
        let change = try #require(JSONDifference(before, .object(object)).changes.first)
        let words = try #require(change.after)
        #expect(!words.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        #expect(words.unicodeScalars.count <= 62)
    }
}
