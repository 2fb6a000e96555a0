import Domain
import Metrics
import Notation

/// Reads the parameter of the metric `kpi`: parts with weight, direction and normalisation; floors; bands.
struct KPIReader {
    let log: ProblemLog
    let currency: String?

    /// Nil where anything is wrong; what is wrong is in the log.
    func read(_ node: YAMLNode, _ metrics: inout MetricLookup) -> KPIDefinition? {
        var parts: [KPIDefinition.Part] = []
        var isWhole = true
        for member in node["parts"]?.members ?? [] {
            if let part = part(member.key, member.value, &metrics) {
                parts.append(part)
            } else {
                isWhole = false
            }
        }
        if isWhole, let node = node["parts"] { isWhole = checkWeights(parts, node) }
        var floors: [KPIDefinition.Floor] = []
        for member in node["floors"]?.members ?? [] {
            if let floor = floor(member.key, member.value, node["parts"], &metrics) {
                floors.append(floor)
            } else {
                isWhole = false
            }
        }
        let bands = bands(node["bands"])
        guard isWhole, node["bands"] == nil || bands != nil, !parts.isEmpty else { return nil }
        return KPIDefinition(parts: parts, floors: floors, bands: bands)
    }

    private func checkWeights(_ parts: [KPIDefinition.Part], _ node: YAMLNode) -> Bool {
        guard !parts.isEmpty else {
            log.report(.badValue, "the kpi has no parts", at: .init(node))
            return false
        }
        var sum = 0.0
        for part in parts { sum += part.weight }
        guard abs(sum - 1) > 1e-9 else { return true }
        let rounded = RuleChecker.number((sum * 1e8).rounded() / 1e6)
        log.report(
            .badValue, "the weights sum to \(rounded) %, not 100 %", at: .init(node),
            mend: "change them to sum to 100 %")
        return false
    }

    private func part(
        _ key: YAMLNode, _ node: YAMLNode, _ metrics: inout MetricLookup
    ) -> KPIDefinition.Part? {
        guard let (reference, definition) = metric(key, &metrics) else { return nil }
        guard let weight = AppReader.measure(node["weight"], .share),
            let better = node["better"]?.text, better == "higher" || better == "lower",
            let from = value(node["from"], definition), let to = value(node["to"], definition)
        else { return nil }
        let higher = better == "higher"
        guard weight > 0 else {
            log.report(.badValue, "a weight lies above 0", at: .init(node["weight"] ?? node))
            return nil
        }
        guard from != to else {
            log.report(.badValue, "'from' and 'to' are the same value", at: .init(node["to"] ?? node))
            return nil
        }
        guard higher == (to > from) else {
            let words =
                higher
                ? "higher is better, so 'to' is the higher value"
                : "lower is better, so 'to' is the lower value"
            log.report(.contradiction, words, at: .init(node["to"] ?? node), mend: "exchange 'from' and 'to'")
            return nil
        }
        if (definition.direction == .higher && !higher) || (definition.direction == .lower && higher) {
            log.report(
                .doubtful,
                "\(definition.direction.rawValue) is better for \(Printable.quoted(definition.name))",
                at: .init(node["better"] ?? node), severity: .warning,
                mend: "did you mean '\(definition.direction.rawValue)'?")
        }
        return KPIDefinition.Part(
            metric: reference, weight: weight, higherIsBetter: higher, from: from, to: to)
    }

    private func floor(
        _ key: YAMLNode, _ node: YAMLNode, _ parts: YAMLNode?, _ metrics: inout MetricLookup
    ) -> KPIDefinition.Floor? {
        if let name = key.text, let parts, parts[name] == nil {
            let known = (parts.members ?? []).compactMap(\.key.text)
            log.report(
                .badValue, "\(Printable.quoted(name)) is no part of the kpi", at: .init(key),
                mend: "parts: " + known.map { Printable.text($0, limit: 40) }.joined(separator: ", "))
            return nil
        }
        guard let (reference, definition) = metric(key, &metrics), let bound = value(node, definition) else {
            return nil
        }
        return KPIDefinition.Floor(metric: reference, bound: bound)
    }

    private func bands(_ node: YAMLNode?) -> KPIDefinition.Bands? {
        guard let node, let go = AppReader.measure(node["go"], .share),
            let hold = AppReader.measure(node["hold"], .share)
        else { return nil }
        guard hold < go, hold > 0 else {
            log.report(
                .badValue, "the bands are in order only with 0 < hold < go", at: .init(node["hold"] ?? node))
            return nil
        }
        return KPIDefinition.Bands(go: go, hold: hold)
    }

    private func metric(
        _ key: YAMLNode, _ metrics: inout MetricLookup
    ) -> (
        MetricReference, MetricDefinition
    )? {
        let parsed: ParsedRule.Metric
        do {
            parsed = try RuleParser.parseMetric(key.text ?? "")
        } catch {
            log.report(.badRule, error.message, at: .init(key), mend: error.mend)
            return nil
        }
        guard parsed.family != "kpi", parsed.member != "each" else {
            log.report(.badValue, "a part of the kpi is one plain metric", at: .init(key))
            return nil
        }
        switch metrics.find(parsed.reference) {
        case .known(let family, let definition):
            guard definition.unit != .text else {
                log.report(.badValue, "\(Printable.quoted(family.name)) is a text", at: .init(key))
                return nil
            }
            let name = MetricCatalogue.definitionName(for: parsed.reference)
            if !metrics.isDeclared(name) {
                metrics.declare(MetricRequest(name: name, place: log.lines.place(key.start)))
            }
            return (parsed.reference, definition)
        case .notYet:
            log.report(
                .notYet, "the metric \(Printable.quoted(parsed.name)) is not available yet", at: .init(key))
        case .problem(let kind, let message, let mend): log.report(kind, message, at: .init(key), mend: mend)
        }
        return nil
    }

    /// A number of the policy in the metric's unit, inside its range.
    private func value(_ node: YAMLNode?, _ definition: MetricDefinition) -> Double? {
        guard let node, let text = node.text, let (number, unit) = MeasureForm.split(text) else { return nil }
        let digits = unit.isEmpty ? text : RuleLexer.trimmed(String(text.dropLast(unit.count)))
        let amount = ParsedRule.Amount(
            number: number, digits: digits, unit: unit.isEmpty ? nil : unit,
            span: 0..<text.unicodeScalars.count)
        do {
            let reading = try AmountReader(currency: currency).read(
                amount, definition.unit, metric: definition.name)
            if let warning = reading.warning {
                log.report(
                    .doubtful, warning.message, at: .init(node), severity: .warning, mend: warning.mend)
            }
            guard reading.value >= definition.lowest ?? -.infinity,
                reading.value <= definition.highest ?? .infinity
            else {
                log.report(
                    .badValue,
                    "\(amount.text) lies outside the range of \(Printable.quoted(definition.name))",
                    at: .init(node))
                return nil
            }
            return reading.value
        } catch {
            log.report(.badValue, error.message, at: .init(node), mend: error.mend)
            return nil
        }
    }
}
