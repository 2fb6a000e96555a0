import Domain
import Metrics
import Notation

/// What the policy's metrics are, for the checks of its rules: unit, range, direction, what they need.
struct MetricLookup {
    enum Found {
        case known(MetricFamily, MetricDefinition)
        /// A name that is planned and not built.
        case notYet
        case problem(Diagnostic.Kind, String, mend: String?)
    }

    private let resources: MetricResources
    /// Requests of `metrics:` by their definition's name.
    private(set) var declared: [String: MetricRequest] = [:]
    /// Their names in the order in which they were asked for.
    private(set) var order: [String] = []
    private var cache: [String: Found] = [:]

    init(
        catalogues: [String: [String]], prices: ReleasePolicy.Prices?, external: [ExternalSource] = [],
        composites: [CompositeMetric] = [], customs: [CustomMetric] = [],
        judge: JudgePolicy? = nil
    ) {
        var resources = MetricResources(
            catalogues: catalogues, prices: prices, external: ExternalScores(declared: external))
        resources.composites = composites
        resources.customs = customs
        if let judge { resources.judging = JudgeSettings(judge) }
        self.resources = resources
    }

    /// Whether `metrics:` named it, or a rule asked for it before.
    func isDeclared(_ name: String) -> Bool { declared[name] != nil }

    mutating func declare(_ request: MetricRequest) {
        if declared.updateValue(request, forKey: request.name) == nil { order.append(request.name) }
        cache[request.name] = nil
    }

    /// The metric that a rule measures by, made without reading any file.
    mutating func find(_ reference: MetricReference) -> Found {
        find(named: MetricCatalogue.definitionName(for: reference))
    }

    mutating func find(named name: String) -> Found {
        if let known = cache[name] { return known }
        let found = make(name)
        cache[name] = found
        return found
    }

    private func make(_ name: String) -> Found {
        guard let family = MetricCatalogue.family(of: name) ?? Self.own(name) else {
            let base = String(name.prefix { $0 != "@" && $0 != "[" && $0 != "." })
            if LaterMetrics.contains(base) { return .notYet }
            if let bare = MetricCatalogue.quotedFamily(name) {
                return .problem(
                    .unknownMetric,
                    "\(Printable.quoted(name)) is one text in quotes, so that its options are part of the name",
                    mend: "write it without quotes around the whole: '- \(bare): …'")
            }
            let near = MetricCatalogue.unknown(base).suggestion
            let rest = name.dropFirst(base.count)
            return .problem(
                .unknownMetric, "unknown metric \(Printable.quoted(name))",
                mend: near.map { mend($0, rest) } ?? "'sluice metrics' lists all")
        }
        let request = declared[name] ?? MetricRequest(name: name)
        do {
            let definition =
                family.name == "kpi" && MetricCatalogue.family(of: "kpi") == nil
                ? try family.make(request, resources)
                : try MetricCatalogue.define(request, resources: supplied(request, family))
            return .known(family, definition)
        } catch {
            return .problem(.impossible, Printable.text(error.message), mend: mend(error, request, family))
        }
    }

    /// A parameter that is needed and missing belongs to `metrics`, wherever the name was written.
    private func mend(_ problem: MetricProblem, _ request: MetricRequest, _ family: MetricFamily) -> String? {
        if problem.suggestion == nil, family.members == .names, (try? MetricName(request.name))?.member == nil
        {
            return "write " + named(family).map { "'\($0)'" }.joined(separator: " or ")
        }
        if case .value = family.parameter, request.parameter == nil {
            return "add '- \(problem.suggestion ?? "\(family.name): …")' to metrics"
        }
        return problem.suggestion.map { "did you mean '\($0)'?" }
    }

    /// Members of a family that can be asked for, as far as they are known here: an example of them at least.
    private func named(_ family: MetricFamily) -> [String] {
        switch family.name {
        case "rubric": resources.judging.rubrics.map { "rubric[\($0.name)]" } + ["rubric[example]"]
        case "context_recall", "context_precision":
            ["id", "text", "embedding"].map { "\(family.name)[\($0)]" }
        default: [WorkedExample(family)?.name ?? "\(family.name)[NAME]"]
        }
    }

    private func mend(_ near: String, _ rest: Substring) -> String {
        var rest = String(rest)
        if case .cutoff = MetricCatalogue.family(of: near)?.parameter, !rest.hasPrefix("@") {
            rest = "@3" + rest
        }
        return "did you mean '\(near)\(Printable.text(rest))'?"
    }

    /// A file that a metric names is read later, by those who may: an empty one stands in for it here.
    private func supplied(_ request: MetricRequest, _ family: MetricFamily) -> MetricResources {
        var supplied = resources
        for part in resources.composites.flatMap(\.parts) {
            for path in part.request.namedFiles { supplied.files[path] = .object(JSONObject()) }
        }
        guard case .value = family.parameter else { return supplied }
        for path in request.namedFiles { supplied.files[path] = .object(JSONObject()) }
        return supplied
    }

    /// The weighted indicator, whose value is made of other metrics' values.
    private static func own(_ name: String) -> MetricFamily? { name == "kpi" ? .kpi : nil }
}
