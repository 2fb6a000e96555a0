import Domain

/// A version the app says it runs with, as text: `versions.embedding`.
///
/// For the lock `versions.embedding == "minilm-l6-v2"`: it must be the same on every observation. Failed
/// where the answer does not say.
enum ObservedVersion {
    static let family = MetricFamily(
        name: "versions", members: .keys,
        needs: [.observed("versions")],
        summary: "A version the app says it runs with.",
        source: "The app's own words.",
        example: #"versions.embedding: {"versions": {"embedding": "minilm-l6-v2"}} → minilm-l6-v2"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let key = try MetricName(request.name).member ?? ""
        let nature = Nature(
            unit: .text, lowest: nil, direction: .neither, tier: .quality, stage: .operation, aggregate: .text
        )
        return MetricDefinition(request, of: family, nature) { input in
            guard let version = input.answer?.versions?.first(where: { $0.name == key }) else {
                return input.notShown("versions", "version '\(key)'")
            }
            return .labels([version.value])
        }
    }
}
