import Domain
import Gating
import Metrics

/// The metrics a run measures: those the policy lists, those its rules speak of, and the members of families whose
/// names only the app knows.
///
/// The one place that says what a policy or a rule of it measures, and so what that wants of models.
public struct MetricSelection: Sendable {
    public let definitions: [MetricDefinition]
    /// The weighted indicator: no column of its own, its parts are among the definitions.
    public let kpi: KPIDefinition?

    /// - Parameter seen: First observations, for the names of stages, values and versions.
    /// - Throws: What is wrong with the first metric that cannot be made.
    public init(
        requests: [MetricRequest], rules: [GateRule], seen: [Observation] = [], resources: MetricResources
    ) throws(MetricProblem) {
        var definitions: [MetricDefinition] = []
        var names = Set<String>()
        func add(_ request: MetricRequest) throws(MetricProblem) {
            guard names.insert(request.name).inserted else { return }
            definitions.append(try MetricCatalogue.define(request, resources: resources))
        }
        kpi = requests.first { $0.name == KPIMetric.name }?.kpi
        for request in requests where request.name != KPIMetric.name {
            for expanded in MetricSelection.expanded(request, seen, resources) { try add(expanded) }
        }
        for rule in rules where rule.metric.name != KPIMetric.name {
            try add(MetricRequest(name: GoldenJudge.measuredName(of: rule), place: rule.place))
        }
        for part in kpi?.parts ?? [] {
            try add(MetricRequest(name: MetricCatalogue.definitionName(for: part.metric)))
        }
        self.definitions = definitions
    }

    /// Whether a metric wants something of models.
    public var wantsModels: Bool { definitions.contains { $0.models != nil } }

    /// The judged metrics behind them, each once, in their order.
    public var judged: [MetricDefinition.ModelNeed.Judged] {
        var found: [MetricDefinition.ModelNeed.Judged] = []
        for judged in definitions.flatMap({ $0.models?.judged ?? [] })
        where !found.contains(where: { $0.name == judged.name }) {
            found.append(judged)
        }
        return found
    }

    private static func expanded(
        _ request: MetricRequest, _ seen: [Observation], _ resources: MetricResources
    ) -> [MetricRequest] {
        guard let family = MetricCatalogue.family(of: request.name), family.name == request.name else {
            return [request]
        }
        let names: [String]
        switch (family.members, family.name) {
        case (.names, "stage_latency"): names = unique(seen.flatMap { $0.answer?.stages?.map(\.name) ?? [] })
        case (.names, "value"): names = unique(seen.flatMap { $0.answer?.values.map(\.name) ?? [] })
        case (.names, "composite"): names = resources.composites.map(\.name)
        case (.names, "custom"): names = resources.customs.map(\.name)
        case (.names, "external"): names = resources.external?.metrics.map(\.name) ?? []
        case (.keys, _):
            let all = unique(seen.flatMap { $0.answer?.versions?.map(\.name) ?? [] })
            return all.map { MetricRequest(name: "\(family.name).\($0)", place: request.place) }
        default: return [request]
        }
        return names.map { MetricRequest(name: "\(family.name)[\($0)]", place: request.place) }
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }
}
