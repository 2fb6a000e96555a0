import Domain

/// F1 of tool calls: how many of the expected calls were made, and how many of the made ones were expected.
///
/// A call counts where name and arguments are right; each is matched once. Where none is expected, it is 1 if none was
/// made, else 0.
enum ToolCallF1 {
    static let family = ToolMetric.family(
        "tool_call_f1", summary: "F1 of the tool calls made against the expected ones.",
        source: "Harmonic mean of precision and recall over calls.",
        example:
            #"{"expected_tool_calls": [{"name": "a", "arguments": {}}, {"name": "b", "arguments": {}}], "#
            + #""tools": ["a"]} → 0.6666666666666666"#,
        nature: .share(.generation)
    ) { expected, made in
        let all = expected.calls.count + made.count
        guard all > 0 else { return .value(1) }
        return .value(2 * Double(expected.matches(made) { $0.isMet(by: $1) }) / Double(all))
    }
}
