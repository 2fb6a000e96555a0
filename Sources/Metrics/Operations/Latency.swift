import Domain

/// The time from sending the last turn's request to the end of its answer.
///
/// Of the attempt that was answered; waits between attempts are not part of it. Gates name a percentile:
/// `latency.p95 <= 3500ms`.
enum Latency {
    static let family = MetricFamily(
        name: "latency",
        needs: [],
        summary: "Time from request to the end of the answer.",
        source: "Measured at the client, monotonic clock.",
        example: "answered after 812 ms → 812",
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        MetricDefinition(
            name: request.name, summary: family.summary, unit: .milliseconds, lowest: 0, direction: .lower,
            tier: .efficiency, stage: .operation, source: family.source,
            measure: { input in
                guard let answer = input.answer else { return .notShown("answer") }
                return .value(answer.latencyMilliseconds)
            })
    }
}
