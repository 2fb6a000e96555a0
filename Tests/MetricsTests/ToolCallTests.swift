import Domain
import Foundation
import Metrics
import Notation
import Testing

/// The Berkeley leaderboard's accepted calls: what is accepted scores 1, and each way of being wrong 0.
struct LeaderboardRows {
    let rows: [JSONValue]

    init(_ text: String) throws {
        rows = try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    static func score(_ name: String, _ expected: JSONValue, _ calls: [ToolCall]) throws -> Double? {
        try measure(name, example: { $0.expectedResult = expected }, answer: { $0.tools = calls }).number
    }

    /// A call made of the n-th accepted value of each argument; one that may be left out is where `""` is chosen.
    static func call(_ expected: JSONValue, _ choice: Int) throws -> ToolCall {
        let only = try #require(expected.objectValue?.members.first)
        var arguments = JSONObject()
        for member in only.value.objectValue?.members ?? [] {
            let values = member.value.arrayValue ?? []
            guard !values.isEmpty else { continue }
            let value = values[choice % values.count]
            if value != "" || values.count == 1 { arguments[member.key] = Self.plain(value) }
        }
        return ToolCall(name: only.key, arguments: .object(arguments))
    }

    /// The members of an accepted object are lists of accepted values in their turn.
    private static func plain(_ value: JSONValue) -> JSONValue {
        guard let object = value.objectValue else { return value }
        var out = JSONObject()
        for member in object.members {
            if let first = member.value.arrayValue?.first {
                if first != "" { out[member.key] = plain(first) }
            } else if member.value.arrayValue == nil {
                out[member.key] = member.value
            }
        }
        return .object(out)
    }

    func check() throws -> Int {
        var checked = 0
        for row in rows {
            let expected = try #require(row["ground_truth"])
            let calls = expected.arrayValue ?? []
            for choice in 0..<3 {
                let made = try calls.map { try Self.call($0, choice) }
                #expect(try Self.score("tool_call_accuracy", expected, made) == 1, "\(row["id"] ?? .null)")
                #expect(try Self.score("tool_call_f1", expected, made) == 1)
                #expect(try Self.score("trajectory", expected, made) == 1)
                checked += 3
                // In another order the calls are still right, where they are more than one.
                #expect(try Self.score("tool_call_accuracy", expected, made.reversed()) == 1)
                guard let first = made.first else {
                    let stray = [ToolCall(name: "any", arguments: [:])]
                    #expect(try Self.score("tool_call_accuracy", expected, stray) == 0)
                    continue
                }
                let rest = Array(made.dropFirst())
                var more = first.arguments.objectValue ?? JSONObject()
                more["unheard_of"] = 1
                let wrong: [[ToolCall]] = [
                    rest, made + [first],
                    [ToolCall(name: first.name + "_", arguments: first.arguments)] + rest,
                    [ToolCall(name: first.name, arguments: .object(more))] + rest,
                ]
                for calls in wrong {
                    #expect(try Self.score("tool_call_accuracy", expected, calls) == 0)
                    checked += 1
                }
            }
        }
        return checked
    }
}

@Suite(.enabled(if: Fixtures.corpora != nil)) struct CorpusToolCallTests {
    @Test(arguments: [("simple_python", 150), ("live_simple", 258)])
    func acceptedCallsAreRightAndOthersAreNot(_ file: String, _ count: Int) throws {
        let rows = try LeaderboardRows(Fixtures.corpus("bfcl-tool-calls/\(file).jsonl"))
        #expect(rows.rows.count == count)
        #expect(try rows.check() > 7 * count)
    }
}

@Suite struct ToolCallTests {
    private let expected: JSONValue = [
        ["name": "find", "arguments": ["city": "Rome"]],
        ["name": "book", "accepted": ["seats": [2, 3], "aisle": ["", true]]],
    ]

    private func call(_ name: String, _ arguments: JSONValue = [:]) -> ToolCall {
        ToolCall(name: name, arguments: arguments)
    }

    @Test func namesArgumentsAndOrderAreToldApart() throws {
        let right = [call("find", ["city": "Rome"]), call("book", ["seats": 3])]
        let swapped: [ToolCall] = right.reversed()
        #expect(try LeaderboardRows.score("tool_call_accuracy", expected, right) == 1)
        #expect(try LeaderboardRows.score("tool_call_accuracy", expected, swapped) == 1)
        #expect(try LeaderboardRows.score("trajectory", expected, swapped) == 0)
        #expect(try LeaderboardRows.score("tool_names", expected, swapped) == 1)
        let other = [call("find", ["city": "Oslo"]), call("book", ["seats": 3])]
        #expect(try LeaderboardRows.score("tool_call_accuracy", expected, other) == 0)
        #expect(try LeaderboardRows.score("tool_call_f1", expected, other) == 0.5)
        #expect(try LeaderboardRows.score("trajectory", expected, other) == 1)
    }

    @Test func eachExpectedCallIsMatchedOnceAndAsManyAsCanBe() throws {
        // The first could take either call, the second only one of them.
        let expected: JSONValue = [["a": ["x": [1, 2]]], ["a": ["x": [1]]]]
        #expect(
            try LeaderboardRows.score("tool_call_f1", expected, [call("a", ["x": 1]), call("a", ["x": 2])])
                == 1)
    }

    @Test(arguments: [("exact", 0.0), ("in_order", 1.0), ("any_order", 1.0), ("subset", 0.0)])
    func strangersBetweenAreJudgedByTheOrderAskedFor(_ order: String, _ score: Double) throws {
        let made = [call("find"), call("check"), call("book")]
        let value = try measure(
            "trajectory", .string(order), example: { $0.expectedResult = expected },
            answer: { $0.tools = made })
        #expect(value.number == score)
    }

    @Test func whatIsNotExpectedIsNotApplicableAndWhatIsNotShownFailed() throws {
        #expect(try measure("tool_call_f1", answer: { $0.tools = [] }).isNotApplicable)
        #expect(try measure("tool_call_f1", example: { $0.expectedResult = ["total": 3] }).isNotApplicable)
        #expect(try measure("tool_call_f1", example: { $0.expectedResult = expected }).isFailed)
        #expect(try LeaderboardRows.score("tool_call_f1", [], []) == 1)
        #expect(try LeaderboardRows.score("tool_call_accuracy", [], [call("x")]) == 0)
    }
}
