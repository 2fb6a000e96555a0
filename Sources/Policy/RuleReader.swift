import Domain
import Metrics
import Notation

/// Reads gates: from YAML node to a rule that can be judged, with every problem at its own column.
struct RuleReader {
    let log: ProblemLog
    let context: RuleChecker.Context
    let mapped: MappedParts

    /// A rule with the place of each of its scalars.
    struct Source {
        let text: String
        /// One more than the text has scalars.
        let marks: [SourceMark]

        func span(_ range: Range<Int>) -> ProblemLog.Span {
            let start = marks[min(range.lowerBound, marks.count - 1)]
            let end = marks[min(max(range.upperBound, range.lowerBound + 1), marks.count - 1)]
            return ProblemLog.Span(start, until: end)
        }

        var whole: ProblemLog.Span { span(0..<max(0, marks.count - 1)) }
    }

    /// A rule that was read, with where it was written, for checks across rules.
    struct Entry {
        let rule: GateRule
        let span: ProblemLog.Span
    }

    func read(_ node: YAMLNode, askedBy kinds: [ChangeKind], _ metrics: inout MetricLookup) -> Entry? {
        guard let (source, details) = source(of: node) else { return nil }
        return read(
            source, details: details, askedBy: kinds, place: log.lines.place(source.whole.start), &metrics)
    }

    /// What a gate says beside its rule.
    struct Details {
        var unsure: UnsurePolicy?
        var owner: String?
        var why: String?
        var approvedBy: String?
        var review: Day?
    }

    private func source(of node: YAMLNode) -> (Source, Details)? {
        guard let members = node.members else {
            guard case .text(let text) = node.scalar, !text.isEmpty else { return nil }
            return (Source(text: text, marks: log.lines.places(of: node)), Details())
        }
        if members.count == 1, let only = members.first, !FormChecker.isGateKey(only.key) {
            guard let key = only.key.text, let value = only.value.text else { return nil }
            // YAML took the rule's own colon for a mapping's.
            let first = log.lines.places(of: only.key)
            let second = log.lines.places(of: only.value)
            let colon = first.last ?? only.key.end
            return (Source(text: key + ": " + value, marks: first + [colon] + second), Details())
        }
        guard let rule = node["rule"], case .text(let text) = rule.scalar, !text.isEmpty else { return nil }
        var details = Details()
        details.unsure = node["unsure"]?.text.flatMap(UnsurePolicy.init(rawValue:))
        details.owner = node["owner"]?.text
        details.why = node["why"]?.text
        details.approvedBy = node["approved_by"]?.text
        details.review = DayReader.read(node["review"], "gate.review", log)
        return (Source(text: text, marks: log.lines.places(of: rule)), details)
    }

    private func read(
        _ source: Source, details: Details, askedBy kinds: [ChangeKind], place: SourcePlace,
        _ metrics: inout MetricLookup
    ) -> Entry? {
        let parsed: ParsedRule
        do {
            parsed = try RuleParser.parse(source.text)
        } catch {
            report(.badRule, error, source)
            return nil
        }
        guard let (family, definition) = metric(parsed, source, &metrics) else { return nil }
        var checker = RuleChecker(context: context, rule: parsed, family: family, definition: definition)
        let form = checker.check()
        for note in checker.notes { report(note.kind, note.problem, source, severity: note.severity) }
        let isMapped = checkMapped(parsed, family, definition, source)
        guard let form, isMapped else { return nil }
        declare(parsed, place, &metrics)
        let slice = parsed.slice.map { SliceCondition(name: $0.name, value: $0.value) }
        let rule = GateRule(
            text: parsed.text, slice: slice, metric: parsed.metric.reference, form: form,
            unsure: details.unsure,
            place: place, askedBy: kinds, owner: details.owner, why: details.why,
            approvedBy: details.approvedBy, review: details.review)
        return Entry(rule: rule, span: source.whole)
    }

    private func metric(
        _ parsed: ParsedRule, _ source: Source, _ metrics: inout MetricLookup
    ) -> (MetricFamily, MetricDefinition)? {
        let span = source.span(parsed.metric.span)
        switch metrics.find(parsed.metric.reference) {
        case .known(let family, let definition): return (family, definition)
        case .notYet:
            let name = Printable.quoted(parsed.metric.name)
            log.report(
                .notYet, "the metric \(name) is not available yet", at: span,
                mend: "remove the rule; this version does not have that metric")
        case .problem(let kind, let message, let mend): log.report(kind, message, at: span, mend: mend)
        }
        return nil
    }

    /// A gate on a metric that nothing produces would wait for ever.
    private func checkMapped(
        _ parsed: ParsedRule, _ family: MetricFamily, _ definition: MetricDefinition, _ source: Source
    ) -> Bool {
        let missing = mapped.missing(for: family, definition, member: parsed.metric.member)
        for mend in missing {
            log.report(
                .unmapped, "nothing produces \(Printable.quoted(parsed.metric.reference.text))",
                at: source.span(parsed.metric.span), mend: mend)
        }
        return missing.isEmpty
    }

    /// A gate's metric is measured whether or not `metrics:` names it.
    private func declare(_ parsed: ParsedRule, _ place: SourcePlace, _ metrics: inout MetricLookup) {
        let name = MetricCatalogue.definitionName(for: parsed.metric.reference)
        guard !metrics.isDeclared(name) else { return }
        metrics.declare(MetricRequest(name: name, place: place))
    }

    private func report(
        _ kind: Diagnostic.Kind, _ problem: RuleProblem, _ source: Source,
        severity: Diagnostic.Severity = .error
    ) {
        log.report(
            kind, problem.message, at: source.span(problem.range), severity: severity, mend: problem.mend)
    }
}
