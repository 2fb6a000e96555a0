import Domain

/// A score made elsewhere, by RAGAS, DeepEval or a program of one's own: `external[faithfulness]`.
///
/// What the file lacks, what is stale, of another answer, version or data set, out of range or contradictory is not
/// measured, in either arm: it lies neither in the answer nor in the app. An app that failed scores worst where the
/// declared range has an end.
enum ExternalScore {
    static let family = MetricFamily(
        name: "external", members: .names, needs: [],
        summary: "A score made elsewhere, read from a file that 'external' names.",
        source: "The file's own; the policy declares unit, range and direction.",
        example: #"external[faithfulness]: {"id": "GD-1", "metric": "faithfulness", "score": 0.8} → 0.8"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let name = try MetricName(request.name).member ?? ""
        let declared = resources.external?.metrics.map(\.name) ?? []
        guard let scores = resources.external, let place = scores.metric(named: name) else {
            let known = declared.isEmpty ? "" : "; declared are " + declared.joined(separator: ", ")
            throw MetricProblem("no entry of 'external' declares the metric '\(name)'\(known)")
        }
        let metric = scores.metrics[place]
        let isLower = metric.better == Direction.lower.rawValue
        let worst = isLower ? metric.highest : metric.lowest
        let made = scores.sources[place].map { scores.provenance[$0].words }
        let nature = Nature(
            unit: MetricUnit(rawValue: metric.unit) ?? .ratio, lowest: metric.lowest,
            highest: metric.highest,
            direction: Direction(rawValue: metric.better) ?? .neither, tier: .quality,
            isPassFail: metric.isPassFail)
        return MetricDefinition(
            name: request.name, summary: "'\(metric.column)', scored elsewhere.",
            source: made.isEmpty ? family.source : made.joined(separator: "; "), nature: nature,
            whenAppFailed: worst.map { value in .worst { _ in .value(value) } } ?? .nothing
        ) { input in
            guard let answer = input.answer else { return .failed("no answer") }
            switch scores.finding(place, input.observation, answer) {
            case .score(let score): return .value(score)
            case .missing(let why): return .unmeasured(why)
            }
        }
    }
}
