import Domain

/// The money spent for each success: the costs of all examples over the number of those that succeeded.
///
/// A success is an answer that misses nothing its example expects (see `Success`). Answers that failed their
/// example cost and do not count; so do examples whose app failed, at no known cost. No value without a
/// success. Not applicable to examples that expect nothing of the answer.
enum CostPerSuccess {
    static let family = MetricFamily(
        name: "cost_per_success",
        needs: [.observed("usage"), .anyExpectation],
        summary: "Money spent for each example that succeeded.",
        source: "Ratio of sums: costs over successes.",
        example: #"[{"expected_intent": "a", "intent": "a", "usage": {"cost": 0.01}}, "#
            + #"{"expected_intent": "a", "intent": "b", "usage": {"cost": 0.03}}] → 0.04"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let prices = resources.prices
        let catalogues = Catalogues(resources.catalogues)
        let nature = Nature.sums(2, .spent(.money, tier: .business)) { sums in
            sums[1] > 0 ? sums[0] / sums[1] : nil
        }
        return MetricDefinition(
            request, of: family, nature,
            whenAppFailed: .worst { input in
                Success.isExpected(input.example)
                    ? .values([0, 0]) : .notExpected("expectation of the answer")
            },
            measure: { input in
                let success = input.success(catalogues)
                if success == .notExpected { return .notExpected("expectation of the answer") }
                if case .unknown(let why) = success { return .failed(why) }
                guard let cost = Spending.cost(input.observation, prices) else {
                    return input.notShown("usage", "cost, nor tokens and prices to work it out")
                }
                return .values([cost, success == .yes ? 1 : 0])
            })
    }
}
