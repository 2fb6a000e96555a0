import Domain

/// How many tools the app called for one answer: its steps.
///
/// An answer without a call has 0; failed where it shows no tools.
enum StepCount {
    static let family = MetricFamily(
        name: "step_count", needs: [.observed("tools")],
        summary: "Tool calls made for an answer.",
        source: "A count.",
        example: #"{"tools": ["find", "check", "book"]} → 3"#,
        nature: Nature(unit: .count, direction: .lower, tier: .efficiency, stage: .operation),
        measure: { input in
            guard let made = input.answer?.tools else { return input.notShown("tools") }
            return .value(Double(made.count))
        })
}
