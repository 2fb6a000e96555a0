import Domain

/// The share of the example's required elements that are present.
///
/// Kinds: a text, any of several, a pattern, a text so many times, an entry of a catalogue. Not applicable
/// without required elements; failed without a text, where a pattern or catalogue cannot be used, and where
/// an element needs a judge.
enum RequiredElements {
    static let family = MetricFamily(
        name: "required",
        needs: [.observed("text"), .expected("required_elements")],
        summary: "Share of the required elements that the answer has.",
        source: "Plain share; PCRE2 for patterns.",
        example:
            #"{"required": ["Refund", {"regex": "[0-9]+ days"}], "text": "A refund takes a week."} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let catalogues = Catalogues(resources.catalogues)
        return MetricDefinition(
            request, of: family, .share(.generation),
            whenAppFailed: .worst(0, where: "required elements") { !$0.required.isEmpty },
            measure: { input in
                let elements = input.example.required
                if elements.isEmpty { return .notExpected("required elements") }
                if input.answer?.text == nil { return input.notShown("text") }
                var present = 0
                for element in elements {
                    switch ElementCheck.find(element, &input, catalogues) {
                    case .present: present += 1
                    case .absent: break
                    case .unknown(let why): return .failed(why)
                    }
                }
                return .value(Double(present) / Double(elements.count))
            })
    }
}
