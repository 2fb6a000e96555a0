import Domain

/// The frame of every metric over tool calls: what is expected, what was called.
///
/// Not applicable where the example expects no tool calls (an empty list expects that none is made); failed where the
/// answer shows no tools. An app that failed made no call.
enum ToolMetric {
    static let needs: [MetricFamily.Need] = [.observed("tools"), .expected("expected_tool_calls")]

    static func family(
        _ name: String, summary: String, source: String, example: String, nature: Nature,
        worst: @escaping @Sendable (ExpectedCalls) -> Double = { _ in 0 },
        _ score: @escaping @Sendable (ExpectedCalls, [ToolCall]) -> Measurement
    ) -> MetricFamily {
        MetricFamily(
            name: name, needs: needs, summary: summary, source: source, example: example, nature: nature,
            whenAppFailed: .worst { input in
                guard let expected = ExpectedCalls(input.example.expectedResult) else {
                    return .notExpected("expected tool calls")
                }
                return .value(worst(expected))
            },
            measure: { input in
                guard let expected = ExpectedCalls(input.example.expectedResult) else {
                    return .notExpected("expected tool calls")
                }
                guard let made = input.answer?.tools else { return input.notShown("tools") }
                return score(expected, made)
            })
    }
}
