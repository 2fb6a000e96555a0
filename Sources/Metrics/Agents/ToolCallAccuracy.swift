import Domain

/// Whether the app made exactly the expected tool calls, names and arguments, in any order: 1 or 0.
///
/// A call too many is as wrong as one too few. What an expectation may look like: ``ExpectedCalls``.
enum ToolCallAccuracy {
    static let family = ToolMetric.family(
        "tool_call_accuracy", summary: "Whether the tool calls are the expected ones, by name and arguments.",
        source: "Berkeley Function-Calling Leaderboard v4, value by value.",
        example: #"{"expected_tool_calls": [{"book": {"seats": [2, 3], "aisle": [true, ""]}}], "#
            + #""tools": [{"name": "book", "arguments": {"seats": 3}}]} → 1"#,
        nature: .passFail(.generation)
    ) { expected, made in
        guard expected.calls.count == made.count else { return .value(0) }
        return .share(expected.matches(made) { $0.isMet(by: $1) } == made.count)
    }
}
