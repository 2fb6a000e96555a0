import Domain

/// The time the app spent in one of its own stages: `stage_latency[retrieval]`.
///
/// The sum where the stage occurs more than once. Not applicable where the app shows stages but did not pass
/// this one; failed where it shows none.
enum StageLatency {
    static let family = MetricFamily(
        name: "stage_latency", members: .names,
        needs: [.observed("stages")],
        summary: "Time spent in one of the app's own stages.",
        source: "The app's own timings.",
        example: #"stage_latency[retrieval]: {"stages": {"routing": 4, "retrieval": 31}} → 31"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let stage = try MetricName(request.name).member ?? ""
        return MetricDefinition(request, of: family, .spent(.milliseconds)) { input in
            guard let stages = input.answer?.stages else { return input.notShown("stages") }
            var sum: Double?
            for timing in stages where timing.name == stage { sum = (sum ?? 0) + timing.milliseconds }
            guard let sum else { return .notApplicable("the app did not pass the stage '\(stage)'") }
            return .value(sum)
        }
    }
}
