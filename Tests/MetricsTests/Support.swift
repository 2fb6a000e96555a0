import Domain
import Metrics
import Notation

/// A definition by its name, for tests that know it exists.
func metric(
    _ name: String, _ parameter: JSONValue? = nil, resources: MetricResources = MetricResources()
) throws -> MetricDefinition {
    var resources = resources
    if resources.external == nil { resources.external = scoredElsewhere }
    if resources.composites.isEmpty {
        let part = CompositeMetric.Part(request: MetricRequest(name: "exact_match"))
        resources.composites = [CompositeMetric(name: "helpful", form: .allOf, parts: [part])]
    }
    if resources.customs.isEmpty {
        resources.customs = [
            CustomMetric(
                name: "tone", source: .command(["tone"]), unit: "ratio", lowest: 0, highest: 1,
                better: "higher", isPassFail: false, timeoutSeconds: 1)
        ]
    }
    return try MetricCatalogue.define(
        MetricRequest(name: name, parameter: parameter), resources: resources)
}

/// A file that gives the example of these tests a faithfulness of 0.8.
private let scoredElsewhere = ExternalScores(
    metrics: [
        ExternalMetric(
            name: "faithfulness", column: "faithfulness", unit: "ratio", lowest: 0, highest: 1,
            better: "higher", isPassFail: false)
    ], sources: [[0]],
    provenance: [
        ExternalProvenance(
            file: "ragas.jsonl", digest: nil, madeAt: nil, scorer: nil, scores: 1, problems: [])
    ],
    rows: [
        ExternalScores.Row(
            metric: 0, source: 0, example: "e", arm: .candidate, repetition: nil, answer: nil, versions: [],
            score: 0.8, problem: nil)
    ])

/// Measures one made-up observation.
func measure(
    _ name: String, _ parameter: JSONValue? = nil, resources: MetricResources = MetricResources(),
    example: (inout Example) -> Void = { _ in }, answer: (inout Answer) -> Void = { _ in }
) throws -> Measurement {
    var made = Example(id: "e", query: "q")
    example(&made)
    var said = Answer(latencyMilliseconds: 100)
    answer(&said)
    let observation = Observation(example: "e", arm: .candidate, repetition: 0, outcome: .answered(said))
    var input = MeasureInput(example: made, observation: observation)
    return try metric(name, parameter, resources: resources).measured(&input)
}

/// Measures an observation whose app failed.
func measureFailure(
    _ name: String, _ cause: Failure.Cause, attempts: Int = 1, throttled: Int = 0,
    example: (inout Example) -> Void = { _ in }
) throws -> Measurement {
    var made = Example(id: "e", query: "q")
    example(&made)
    let failure = Failure(cause: cause, detail: "it \(cause)")
    let observation = Observation(
        example: "e", arm: .candidate, repetition: 0, outcome: .failed(failure), attempts: attempts,
        throttled: throttled)
    var input = MeasureInput(example: made, observation: observation)
    return try metric(name).measured(&input)
}

extension Measurement {
    var number: Double? {
        if case .value(let value) = self { return value }
        return nil
    }

    var isNotApplicable: Bool {
        if case .notApplicable = self { return true }
        return false
    }

    var isFailed: Bool {
        if case .failed = self { return true }
        return false
    }
}
