import Domain
import Metrics
import Notation

/// Reads `metrics`, `gates`, `changes` and the preset, in that order, since each leans on those before.
struct MetricsAndGates {
    private let log: ProblemLog
    private(set) var policy: ReleasePolicy
    private var metrics: MetricLookup
    private let mapped: MappedParts
    private var kpi: KPIDefinition?

    init(log: ProblemLog, policy: ReleasePolicy) {
        self.log = log
        self.policy = policy
        metrics = MetricLookup(
            catalogues: policy.catalogues, prices: policy.prices, external: policy.external,
            composites: policy.composites, customs: policy.customs, judge: policy.judge)
        mapped = MappedParts([policy.app.candidate].compactMap { $0 }, models: policy.models)
    }

    mutating func read(_ root: YAMLNode) {
        readMetrics(root["metrics"])
        let own = readGates(root["gates"], askedBy: [])
        RulesTogether(log: log).check(own)
        policy.gates = own.map(\.rule)
        mergePreset(at: root["preset"])
        for member in root["changes"]?.members ?? [] {
            guard let kind = member.key.text.flatMap(ChangeKind.init(rawValue:)) else { continue }
            let entries = readGates(member.value["gates"], askedBy: [kind])
            RulesTogether(log: log).check(entries)
            contradictions(entries, own)
            policy.gatesByChange[kind] = entries.map(\.rule)
        }
        policy.metrics = metrics.order.compactMap { metrics.declared[$0] }
        checkGated(root)
    }

    /// Rules are compared with each other, so their number is bounded.
    private static let mostGates = 2000

    private func readerContext() -> RuleChecker.Context {
        RuleChecker.Context(
            hasBaseline: policy.app.baseline != nil || policy.app.blessedBaseline != nil,
            repeats: policy.app.limits.repeats, currency: policy.prices?.currency, kpi: kpi)
    }

    private mutating func readGates(_ node: YAMLNode?, askedBy kinds: [ChangeKind]) -> [RuleReader.Entry] {
        let reader = RuleReader(log: log, context: readerContext(), mapped: mapped)
        var entries: [RuleReader.Entry] = []
        let elements = node?.elements ?? []
        if elements.count > Self.mostGates {
            log.report(
                .badValue, "\(elements.count) gates; a policy holds at most \(Self.mostGates)",
                at: .init(elements[Self.mostGates]))
        }
        for element in elements.prefix(Self.mostGates) {
            guard let entry = reader.read(element, askedBy: kinds, &metrics) else { continue }
            JudgeReader(log: log).checkCalibrated(entry, policy)
            entries.append(entry)
        }
        return entries
    }

    /// A policy without any gate would ship everything.
    private func checkGated(_ root: YAMLNode) {
        guard policy.gates.isEmpty, policy.gatesByChange.isEmpty, !log.found.haveErrors else { return }
        let key = root.members?.first { $0.key.text == "gates" }?.key
        log.report(
            .missingKey, "the policy has no gate, so that everything would ship",
            at: key.map { .init($0) } ?? .init(root.start, width: 1),
            mend: "add a rule to gates, or a preset")
    }

    /// A kind's rule that can never hold beside one that always must.
    private func contradictions(_ entries: [RuleReader.Entry], _ own: [RuleReader.Entry]) {
        for entry in entries {
            let other = own.first {
                $0.rule.slice == entry.rule.slice && $0.rule.metric == entry.rule.metric
                    && Strictness.contradict($0.rule.form, entry.rule.form)
            }
            guard let other else { continue }
            log.report(
                .contradiction, "this rule and one that always holds can never both hold", at: entry.span,
                related: ("the other rule", other.span))
        }
    }

    // MARK: metrics

    private mutating func readMetrics(_ node: YAMLNode?) {
        var places: [String: YAMLNode] = [:]
        for element in node?.elements ?? [] {
            guard let (name, value) = Self.entry(element), let text = name.text else { continue }
            if let first = places[text] {
                log.report(
                    .redundant, "the metric \(Printable.quoted(text)) stands twice", at: .init(name),
                    severity: .warning, mend: "remove one of them", related: ("the first one", .init(first)))
                continue
            }
            places[text] = name
            readMetric(text, name, value)
        }
    }

    private static func entry(_ node: YAMLNode) -> (YAMLNode, YAMLNode?)? {
        if let members = node.members {
            guard members.count == 1, let only = members.first else { return nil }
            return (only.key, only.value)
        }
        guard case .text = node.scalar else { return nil }
        return (node, nil)
    }

    private mutating func readMetric(_ text: String, _ name: YAMLNode, _ value: YAMLNode?) {
        var definition: KPIDefinition?
        if text == "kpi", let value {
            definition = KPIReader(log: log, currency: policy.prices?.currency).read(value, &metrics)
            kpi = definition
        }
        let request = MetricRequest(
            name: text, parameter: value?.json, kpi: definition, place: log.lines.place(name.start))
        metrics.declare(request)
        if let family = Self.wholeFamily(text, value) {
            refuseUndeclared(text, name)
            warnUnmapped(family, nil, text, name)
            return
        }
        switch metrics.find(named: text) {
        case .known(let family, let definition):
            warnUnmapped(family, definition, text, name)
            for hint in definition.hints {
                log.report(
                    .doubtful, "the schema of \(Printable.quoted(text)): \(Printable.text(hint))",
                    at: .init(value ?? name), severity: .warning)
            }
        case .notYet:
            log.report(
                .notYet, "the metric \(Printable.quoted(text)) is not available yet", at: .init(name),
                mend: "remove it; this version does not have that metric")
        case .problem(let kind, let message, let mend): log.report(kind, message, at: .init(name), mend: mend)
        }
    }

    /// All of none: a metric that would silently measure nothing.
    private func refuseUndeclared(_ text: String, _ name: YAMLNode) {
        let none: [String: Bool] = [
            "composite": policy.composites.isEmpty, "custom": policy.customs.isEmpty,
            "external": policy.external.isEmpty,
        ]
        guard none[text] == true else { return }
        log.report(
            .impossible,
            "\(Printable.quoted(text)) stands for all that the policy declares, and it declares none",
            at: .init(name), mend: "declare one under '\(text)', or remove this")
    }

    private func warnUnmapped(
        _ family: MetricFamily, _ definition: MetricDefinition?, _ text: String, _ name: YAMLNode
    ) {
        for mend in mapped.missing(for: family, definition, member: Self.member(of: text)) {
            log.report(
                .unmapped, "nothing produces \(Printable.quoted(text)), so it will not be measured",
                at: .init(name),
                severity: .warning, mend: mend)
        }
    }

    /// The family that stands bare for all its members.
    private static func wholeFamily(_ text: String, _ value: YAMLNode?) -> MetricFamily? {
        guard value == nil, let family = MetricCatalogue.family(of: text), family.name == text else {
            return nil
        }
        return family.standsForAll ? family : nil
    }

    private static func member(of name: String) -> String? { (try? MetricName(name))?.member }

    // MARK: preset

    private mutating func mergePreset(at node: YAMLNode?) {
        guard let node, let preset = policy.preset.flatMap(Preset.named) else { return }
        for (index, name) in preset.metrics.enumerated() where !metrics.isDeclared(name) {
            guard case .known(let family, let definition) = metrics.find(named: name) else { continue }
            guard leftOut(name, family, definition, preset, node) == false else { continue }
            metrics.declare(
                MetricRequest(name: name, place: SourcePlace(file: preset.origin, line: index + 1)))
        }
        let own = policy.gates
        for (index, gate) in preset.gates.enumerated() {
            merge(gate, of: preset, over: own, line: preset.metrics.count + index + 1, node)
        }
    }

    private mutating func merge(
        _ gate: Preset.Gate, of preset: Preset, over own: [GateRule], line: Int, _ node: YAMLNode
    ) {
        guard let parsed = try? RuleParser.parse(gate.rule) else { return }
        let slice = parsed.slice.map { SliceCondition(name: $0.name, value: $0.value) }
        let metric = parsed.metric.reference
        let isReplaced = own.contains { $0.slice == slice && $0.metric == metric }
        guard !isReplaced, case .known(let family, let definition) = metrics.find(metric) else { return }
        guard leftOut(parsed.metric.reference.text, family, definition, preset, node) == false else { return }
        var checker = RuleChecker(
            context: readerContext(), rule: parsed, family: family, definition: definition)
        guard let form = checker.check() else {
            let why = checker.notes.first?.problem.message ?? ""
            log.report(
                .doubtful, "preset \(preset.name): '\(gate.rule)' is left out: \(why)", at: .init(node),
                severity: .warning, mend: checker.notes.first?.problem.mend)
            return
        }
        let place = SourcePlace(file: preset.origin, line: line)
        let name = MetricCatalogue.definitionName(for: metric)
        if !metrics.isDeclared(name) { metrics.declare(MetricRequest(name: name, place: place)) }
        policy.gates.append(
            GateRule(
                text: parsed.text, slice: slice, metric: metric, form: form, place: place, why: gate.source))
    }

    /// Says that a part of the preset does not suit the app as it is mapped.
    private func leftOut(
        _ name: String, _ family: MetricFamily, _ definition: MetricDefinition, _ preset: Preset,
        _ node: YAMLNode
    ) -> Bool {
        let missing = mapped.missing(for: family, definition, member: nil)
        guard let mend = missing.first else { return false }
        log.report(
            .unmapped, "preset \(preset.name): '\(name)' is left out, since nothing produces it",
            at: .init(node),
            severity: .warning, mend: mend)
        return true
    }
}
