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
        example: #"{"latency": 812} → 812"#,
        nature: .spent(.milliseconds),
        measure: { input in
            guard let answer = input.answer else { return input.notShown("answer") }
            return answer.latencyMilliseconds.map { .value($0) } ?? input.notShown("latency")
        })
}
