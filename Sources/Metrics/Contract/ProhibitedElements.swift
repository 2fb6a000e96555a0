import Domain

/// Whether none of the example's prohibited elements is present: 1, else 0.
///
/// One that is present decides, whatever cannot be told of the others. Not applicable without prohibited
/// elements; failed without a text, where a pattern or catalogue cannot be used, and where an element needs a
/// judge: what was not looked for is never taken as absent.
enum ProhibitedElements {
    static let family = MetricFamily(
        name: "prohibited",
        needs: [.observed("text"), .expected("prohibited_elements")],
        summary: "Whether the answer has none of the prohibited elements.",
        source: "Plain check; PCRE2 for patterns.",
        example: #"{"prohibited": ["guaranteed"], "text": "It is GUARANTEED to work."} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let catalogues = Catalogues(resources.catalogues)
        return MetricDefinition(
            request, of: family, .passFail(.generation),
            whenAppFailed: .worst(0, where: "prohibited elements") { !$0.prohibited.isEmpty },
            measure: { input in
                if input.example.prohibited.isEmpty { return .notExpected("prohibited elements") }
                if input.answer?.text == nil { return input.notShown("text") }
                var unknown: String?
                for element in input.example.prohibited {
                    switch ElementCheck.find(element, &input, catalogues) {
                    case .present: return .value(0)
                    case .absent: break
                    case .unknown(let why): unknown = unknown ?? why
                    }
                }
                if let unknown { return .failed(unknown) }
                return .value(1)
            })
    }
}
