import Domain

/// A number of the app's own that the policy maps by name (`observe.values`): `value[toxicity]`.
///
/// Neither direction is better: gates compare it with a bound or with the baseline's. Failed where the answer
/// lacks it.
enum NamedNumber {
    static let family = MetricFamily(
        name: "value", members: .names,
        needs: [.observed("values")],
        summary: "A number of the app's own, mapped by name.",
        source: "The app's own number.",
        example: #"value[toxicity]: {"values": {"toxicity": 0.02}} → 0.02"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let name = try MetricName(request.name).member ?? ""
        let nature = Nature(unit: .count, lowest: nil, direction: .neither, tier: .quality)
        return MetricDefinition(request, of: family, nature) { input in
            guard let value = input.answer?.values.first(where: { $0.name == name }) else {
                return input.notShown("values.\(name)", "value '\(name)'")
            }
            return .value(value.value)
        }
    }
}
