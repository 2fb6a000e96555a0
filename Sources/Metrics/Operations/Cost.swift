import Domain

/// The money one example costs, all turns of its conversation together.
///
/// As the app says (`usage.cost`), else from its tokens and `app.prices`; cached input tokens are part of the input
/// tokens and are charged once. Failed where a turn says neither.
enum Cost {
    static let family = MetricFamily(
        name: "cost",
        needs: [.observed("usage")],
        summary: "Money spent on one example, as the app says or from its tokens and the prices.",
        source: "Token prices per million, cached input at its own price.",
        example: "1,000 input tokens (400 cached), 200 output at 0.15/M, 0.075/M, 0.60/M → 0.00024",
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let prices = resources.prices
        return MetricDefinition(
            name: request.name, summary: family.summary, unit: .money, lowest: 0, direction: .lower,
            tier: .business, stage: .operation, source: family.source,
            measure: { input in
                guard let cost = Spending.cost(input.observation, prices) else {
                    return .notShown("cost, nor tokens and prices to work it out")
                }
                return .value(cost)
            })
    }
}
