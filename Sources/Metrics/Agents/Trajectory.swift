import Domain
import Notation

/// Whether the tools were called in the expected order, by name: 1 or 0.
///
/// `trajectory: exact` (the default) wants the same calls and no other; `in_order` lets others stand between, before and
/// after; `any_order` wants each to be made, whenever; `subset` wants nothing but expected ones. With
/// `trajectory: { order: …, arguments: true }` arguments count too.
enum Trajectory {
    enum Order: String, CaseIterable {
        case exact
        case inOrder = "in_order"
        case anyOrder = "any_order"
        case subset
    }

    static let family = MetricFamily(
        name: "trajectory",
        parameter: .value(words: "exact | in_order | any_order | subset, or { order, arguments: bool }"),
        needs: ToolMetric.needs,
        summary: "Whether the tools were called in the expected order.",
        source: "Equality, subsequence or inclusion of sequences of calls.",
        example:
            #"trajectory "in_order": {"expected_tool_calls": ["find", "book"], "tools": ["find", "check", "book"]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        var order = Order.exact
        var comparesArguments = false
        if let word = request.parameter?.stringValue {
            var options = JSONObject()
            options["order"] = .string(word)
            order = try options.choice("order", of: request.name, default: .exact)
        } else {
            let options = try request.options(["order", "arguments"])
            order = try options.choice("order", of: request.name, default: .exact)
            comparesArguments = try options.flag("arguments", of: request.name, default: false)
        }
        let (wanted, holdsArguments) = (order, comparesArguments)
        return MetricDefinition(
            request, of: family, .passFail(.generation),
            whenAppFailed: .worst { input in
                ExpectedCalls(input.example.expectedResult) == nil
                    ? .notExpected("expected tool calls") : .value(0)
            },
            measure: { input in
                guard let expected = ExpectedCalls(input.example.expectedResult) else {
                    return .notExpected("expected tool calls")
                }
                guard let made = input.answer?.tools else { return input.notShown("tools") }
                return .share(
                    holds(wanted, expected, made) { call, tool in
                        holdsArguments ? call.isMet(by: tool) : call.name == tool.name
                    })
            })
    }

    private static func holds(
        _ order: Order, _ expected: ExpectedCalls, _ made: [ToolCall],
        _ isMet: (ExpectedCalls.Call, ToolCall) -> Bool
    ) -> Bool {
        switch order {
        case .exact:
            return expected.calls.count == made.count
                && zip(expected.calls, made).allSatisfy { isMet($0, $1) }
        case .inOrder:
            var rest = expected.calls[...]
            for tool in made {
                if let first = rest.first, isMet(first, tool) { rest = rest.dropFirst() }
            }
            return rest.isEmpty
        case .anyOrder: return expected.matches(made, isMet) == expected.calls.count
        case .subset: return expected.matches(made, isMet) == made.count
        }
    }
}
