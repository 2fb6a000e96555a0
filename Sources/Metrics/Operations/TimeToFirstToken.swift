import Domain

/// The time from sending the last turn's request to the first piece of a streamed answer's text.
///
/// Not applicable to an answer that was not streamed.
enum TimeToFirstToken {
    static let family = MetricFamily(
        name: "ttft",
        needs: [.observed("stream")],
        summary: "Time from request to the first piece of a streamed answer.",
        source: "Measured at the client, monotonic clock.",
        example: #"{"ttft": 140} → 140"#,
        nature: .spent(.milliseconds),
        measure: { input in
            guard let first = input.answer?.timeToFirstTokenMilliseconds else {
                return .notApplicable("the answer was not streamed")
            }
            return .value(first)
        })
}
