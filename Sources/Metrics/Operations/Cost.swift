import Domain

/// The money one example costs, all turns of its conversation together.
///
/// As the app says (`usage.cost`), else from its tokens and `app.prices`; cached input tokens are part of the
/// input tokens and are charged once. Failed where a turn says neither.
enum Cost {
    static let family = MetricFamily(
        name: "cost",
        needs: [.observed("usage")],
        summary: "Money spent on one example, as the app says or from its tokens and the prices.",
        source: "Token prices per million, cached input at its own price.",
        example: #"{"usage": {"input_tokens": 1000, "output_tokens": 200, "cost": 0.00024}} → 0.00024"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let prices = resources.prices
        return MetricDefinition(request, of: family, .spent(.money, tier: .business)) { input in
            guard let cost = Spending.cost(input.observation, prices) else {
                return input.notShown("usage", "cost, nor tokens and prices to work it out")
            }
            return .value(cost)
        }
    }
}
