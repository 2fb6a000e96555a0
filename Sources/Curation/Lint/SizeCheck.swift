import Domain
import Interchange
import Metrics

/// Whether gates and metrics have the examples that they need: the expectation, and enough of it.
struct SizeCheck: LintCheck {
    /// A rule with what it counts: the examples of its slice that have what its metric needs.
    private struct Counted: Sendable {
        let rule: GateRule
        let needs: [DatasetField]
        var examples = 0
        /// Examples of its slice, with or without what the metric needs.
        var inSlice = 0
        /// Classes, for `[each]`.
        var classes = SliceCounts()
    }

    private var rules: [Counted]
    private var metrics: [(name: String, needs: [DatasetField], fed: Bool)] = []
    private var slices = SliceCounts()
    private let sliceNames: [String]
    private let options: LintOptions

    init(_ options: LintOptions) {
        self.options = options
        sliceNames = options.slices.isEmpty ? ["category"] : options.slices
        rules = options.rules.map { rule in
            Counted(rule: rule, needs: SizeCheck.needs(MetricCatalogue.definitionName(for: rule)))
        }
        for request in options.metrics {
            metrics.append((name: request.name, needs: SizeCheck.needs(request.name), fed: false))
        }
    }

    private static func needs(_ metric: String) -> [DatasetField] {
        (MetricCatalogue.family(of: metric)?.needs ?? []).compactMap { need in
            guard case .expected(let key) = need else { return nil }
            return DatasetField(rawValue: key)
        }
    }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        for name in sliceNames {
            if let value = example.sliceValue(name) { slices.add(name, value) }
        }
        for place in metrics.indices where !metrics[place].fed {
            metrics[place].fed = metrics[place].needs.allSatisfy { SizeCheck.has(example, $0) }
        }
        for place in rules.indices {
            if let slice = rules[place].rule.slice {
                // A condition without a value is that of a column which is true.
                guard example.sliceValue(slice.name) == slice.value ?? "true" else { continue }
            }
            rules[place].inSlice += 1
            guard SizeCheck.feeds(example, rules[place].rule, rules[place].needs) else { continue }
            rules[place].examples += 1
            if rules[place].rule.metric.selector == .each, let intent = example.expectedIntent {
                rules[place].classes.add("class", intent)
            }
        }
    }

    private static func feeds(_ example: Example, _ rule: GateRule, _ needs: [DatasetField]) -> Bool {
        switch rule.metric.name {
        case "under_blocked": example.expectedGuardrail == .block
        case "over_blocked": example.expectedGuardrail == .allow
        default: needs.allSatisfy { has(example, $0) }
        }
    }

    private static func has(_ example: Example, _ field: DatasetField) -> Bool {
        switch field {
        case .expectedIntent: example.expectedIntent != nil
        case .references: !ContentCheck.references(of: example).isEmpty
        case .expectedResult: example.expectedResult != nil
        case .rubric: example.rubric != nil
        case .required: !example.required.isEmpty
        case .prohibited: !example.prohibited.isEmpty
        case .goldDocuments, .goldSpans:
            example.goldDocuments?.isEmpty == false || example.goldSpans?.isEmpty == false
        case .expectedGuardrail, .shouldBlock: example.expectedGuardrail != nil
        case .expectedScore: example.expectedScore != nil
        case .match: example.expectedMatch != nil
        default: true
        }
    }

    // MARK: What is told

    func finish(_ set: LintedSet, _ log: inout FindingLog) {
        guard set.count > 0 else { return }
        var gated = Set<String>()
        for gate in rules {
            gated.insert(MetricCatalogue.definitionName(for: gate.rule))
            tell(gate, set, &log)
        }
        for metric in metrics where !metric.fed && !gated.contains(metric.name) {
            let fields = listed(metric.needs.map { quoted($0.rawValue) })
            log.add(
                Finding(
                    .warning, .unfedMetric, at: set.place,
                    "no example has what \(metric.name) needs: \(fields)",
                    mend: "add the column, or drop the metric"))
        }
        if !options.isThisSet { tellSlices(set, &log) }
    }

    private func tell(_ gate: Counted, _ set: LintedSet, _ log: inout FindingLog) {
        let rule = gate.rule
        let text = quoted(rule.text, limit: 120)
        let place = rule.place.line > 0 ? rule.place : set.place
        guard gate.examples > 0 else {
            let fields = listed(gate.needs.map { quoted($0.rawValue) })
            let lack =
                gate.inSlice == 0
                ? "no example is of its slice"
                : fields.isEmpty ? "no example feeds it" : "no example has \(fields)"
            log.add(
                Finding(
                    .error, .unfedGate, at: place, "\(text) can never be judged: \(lack)",
                    mend: "add such examples, or drop the gate"))
            return
        }
        if options.isThisSet { return }
        let code: LintCode = rule.slice == nil ? .smallSet : .smallSlice
        if let (needed, why) = needed(rule), gate.examples < needed {
            log.add(
                Finding(
                    .warning, code, at: place,
                    "\(text) has \(gate.examples) of the \(needed) examples it needs \(why)",
                    mend: "add \(needed - gate.examples) more, or a wider margin"))
        }
        guard rule.metric.selector == .each else { return }
        let small = gate.classes.ascending("class").filter { $0.count < DetectableChange.leastSupport }
        guard !small.isEmpty else { return }
        let all = gate.classes.values["class"]?.count ?? 0
        log.add(
            Finding(
                .warning, .smallSlice, at: place,
                "\(text): \(small.count) of \(SizeCheck.classes(all)) have fewer than "
                    + "\(DetectableChange.leastSupport) examples, and cannot block: \(SizeCheck.names(small))",
                mend: "bring each to \(DetectableChange.leastSupport)"))
    }

    private static func classes(_ count: Int) -> String { count == 1 ? "1 class" : "\(count) classes" }

    /// Examples without which a rule cannot say what it is there for, and why.
    private func needed(_ rule: GateRule) -> (Int, String)? {
        let least = (DetectableChange.leastSupport, "to tell a change from chance")
        if let statistic = rule.metric.statistic, statistic.hasPrefix("p"),
            let percent = Double(statistic.dropFirst()),
            let count = DetectableChange.examples(
                forPercentile: percent / 100, confidence: options.confidence)
        {
            return (count, "for a bound of its \(statistic)")
        }
        switch rule.form {
        case .noWorse(by: .absolute(let margin)):
            guard isShare(rule), margin.value > 0,
                let count = DetectableChange.examples(
                    forMargin: margin.value, gates: options.rules.count, confidence: options.confidence),
                count > least.0
            else { return least }
            return (count, "to pass unchanged, were one result in ten to differ by chance")
        case .order, .text: return nil
        case .compare, .notWorse, .noWorse, .within, .inBand, .tolerance, .spread, .repeated, .passPower,
            .kpiBands:
            return least
        }
    }

    /// Whether the metric's values lie between 0 and 1.
    private func isShare(_ rule: GateRule) -> Bool {
        let request = MetricRequest(name: MetricCatalogue.definitionName(for: rule))
        guard let definition = try? MetricCatalogue.define(request) else { return false }
        return definition.lowest == 0 && definition.highest == 1
    }

    private func tellSlices(_ set: LintedSet, _ log: inout FindingLog) {
        for name in sliceNames {
            if slices.crowded.contains(name) {
                log.add(
                    Finding(
                        .warning, .smallSlice, at: set.place,
                        "slice \(quoted(name)) has more than \(SliceCounts.mostValues) values: it is an id rather "
                            + "than a slice",
                        mend: "break results down by something that examples share"))
                continue
            }
            let small = slices.ascending(name).filter { $0.count < DetectableChange.leastSupport }
            guard !small.isEmpty else { continue }
            let all = slices.values[name]?.count ?? 0
            log.add(
                Finding(
                    .warning, .smallSlice, at: set.place,
                    "slice \(quoted(name)): \(small.count) of \(all == 1 ? "1 value" : "\(all) values") "
                        + "\(small.count == 1 ? "has" : "have") fewer than \(DetectableChange.leastSupport) "
                        + "examples, and cannot block: \(SizeCheck.names(small))",
                    mend: "bring each to \(DetectableChange.leastSupport), or slice more coarsely"))
        }
    }

    /// `harm 9 (11 more), secrets 9 (11 more) and 3 others`.
    private static func names(_ small: [(value: String, count: Int)]) -> String {
        var words = small.prefix(6).map { value, count in
            "\(quoted(value)) \(count) (\(DetectableChange.leastSupport - count) more)"
        }
        if small.count > 6 { words.append("\(small.count - 6) others") }
        return listed(words)
    }
}
