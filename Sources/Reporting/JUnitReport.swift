import Domain
import Statistics
import Text

/// A run as JUnit XML, for the test pages of CI systems: a case for the verdict, one a gate, one a shown
/// example.
///
/// Valid against the schema that Jenkins' JUnit plugin publishes. A broken gate is a failure, an open one an
/// error; where the verdict is ship, what stays open and examples that newly fail are skipped cases that say
/// so, since a red page beside a green status would teach people to ignore both. What XML cannot hold is
/// shown as an escape.
public enum JUnitReport {
    private static let textLimit = 4_000

    private struct Case {
        enum State { case passes, failure, error, skipped }

        let name: String
        let state: State
        let message: String
        let detail: String
    }

    /// UTF-8, with its declaration; the same bytes for the same result.
    public static func render(_ result: RunResult) -> String {
        let held = result.trust.map { [trust($0)] } ?? []
        let gates = [verdict(result)] + held + result.gates.map { gate($0, result) }
        let examples = result.shown.map { example($0, result) }
        var xml = HTMLBuilder(for: .xml)
        xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        let all = gates + examples
        let time = Numbers.fixed(max(0, result.manifest.durationSeconds), 3)
        xml.element(
            "testsuites", .data("name", "sluice " + result.manifest.project), .count("tests", all.count),
            .count("failures", count(all, .failure)), .count("errors", count(all, .error)),
            .data("time", time)
        ) { xml in
            xml.raw("\n")
            suite("gates", gates, time, result, &xml)
            if !examples.isEmpty { suite("examples", examples, "0.000", result, &xml) }
        }
        xml.raw("\n")
        return xml.string
    }

    private static func count(_ cases: [Case], _ state: Case.State) -> Int {
        cases.count { $0.state == state }
    }

    private static func suite(
        _ name: String, _ cases: [Case], _ time: String, _ result: RunResult, _ xml: inout HTMLBuilder
    ) {
        let manifest = result.manifest
        xml.element(
            "testsuite", .data("name", manifest.project + "." + name), .count("tests", cases.count),
            .count("failures", count(cases, .failure)), .count("errors", count(cases, .error)),
            .count("skipped", count(cases, .skipped)), .data("time", time),
            .data("timestamp", manifest.startedAt)
        ) { xml in
            xml.raw("\n")
            if name == "gates" { properties(result, &xml) }
            var seen: [String: Int] = [:]
            for item in cases {
                let times = seen[item.name, default: 0] + 1
                seen[item.name] = times
                write(item, classname: manifest.project + "." + name, times: times, &xml)
            }
        }
        xml.raw("\n")
    }

    private static func properties(_ result: RunResult, _ xml: inout HTMLBuilder) {
        let manifest = result.manifest
        var facts = [
            ("run", manifest.runID), ("dataset", manifest.dataset.digest), ("policy", manifest.policyDigest),
            ("seed", String(manifest.seed)), ("sluice", manifest.sluiceVersion),
        ]
        if let words = ReportWords.cache(result) { facts.append(("cache", words)) }
        xml.element("properties") { xml in
            for (name, value) in facts { xml.void("property", .data("name", name), .data("value", value)) }
        }
        xml.raw("\n")
    }

    private static func write(_ item: Case, classname: String, times: Int, _ xml: inout HTMLBuilder) {
        let name = VisibleText.excerpt(item.name, to: 300) + (times > 1 ? " (\(times))" : "")
        xml.element("testcase", .data("name", name), .data("classname", classname)) { xml in
            switch item.state {
            case .passes:
                if !item.detail.isEmpty { xml.element("system-out", text: item.detail) }
            case .failure:
                xml.element(
                    "failure", .data("message", item.message), .fixed("type", "gate"), text: item.detail)
            case .error:
                xml.element(
                    "error", .data("message", item.message), .fixed("type", "undecided"), text: item.detail)
            case .skipped:
                xml.void("skipped", .data("message", item.message))
                if !item.detail.isEmpty { xml.element("system-out", text: item.detail) }
            }
        }
        xml.raw("\n")
    }

    private static func verdict(_ result: RunResult) -> Case {
        let state: Case.State =
            switch result.verdict {
            case .ship: .passes
            case .block: .failure
            case .cannotTell, .couldNotMeasure: .error
            }
        var lines = [VisibleText.excerpt(result.headline, to: textLimit)]
        if let place = result.whereItBroke {
            lines.append("where it broke: " + VisibleText.excerpt(place, to: 400))
        }
        for change in result.changes.prefix(20) {
            lines.append("changed: " + VisibleText.excerpt(change, to: 200))
        }
        for warning in result.warnings.prefix(20) {
            lines.append("note: " + VisibleText.excerpt(warning, to: 400))
        }
        let message = result.verdict.rawValue + ": " + VisibleText.excerpt(result.headline, to: 300)
        return Case(name: "verdict", state: state, message: message, detail: lines.joined(separator: "\n"))
    }

    private static func trust(_ trust: TrustReport) -> Case {
        var lines = trust.loosenings.prefix(200).map { VisibleText.excerpt(TrustWords.line($0), to: 400) }
        if trust.loosenings.count > lines.count {
            lines.append("and \(trust.loosenings.count - lines.count) more")
        }
        if !trust.digest.isEmpty { lines.append("together " + VisibleText.excerpt(trust.digest, to: 80)) }
        if trust.isRefused {
            lines.append("may approve: " + VisibleText.excerpt(trust.whoMayApprove, to: 200))
        }
        lines += TrustWords.notes(trust).map { VisibleText.excerpt($0, to: 400) }
        return Case(
            name: "policy not loosened",
            state: trust.isRefused ? .failure : trust.isApproved ? .skipped : .passes,
            message: VisibleText.excerpt(TrustWords.summary(trust), to: 300),
            detail: lines.joined(separator: "\n"))
    }

    private static func gate(_ gate: GateResult, _ result: RunResult) -> Case {
        let reservation = result.reservations.first { $0.gate == gate.rule.text }
        let state: Case.State =
            switch gate.outcome {
            case .fails where gate.waiver != nil, .unsure where gate.waiver != nil: .skipped
            case .passes: .passes
            case .fails: .failure
            case .unsure: result.verdict == .ship ? .skipped : .error
            case .notJudged: .skipped
            }
        var message = gate.outcome.rawValue
        let note = VisibleText.excerpt(ReportWords.why(gate, currency: result.manifest.currency), to: 300)
        if !note.isEmpty { message += ": " + note }
        if let reservation {
            message += "; to be settled by " + VisibleText.excerpt(reservation.settledBy, to: 60)
        }
        return Case(name: gate.rule.text, state: state, message: message, detail: numbers(gate, result))
    }

    private static func numbers(_ gate: GateResult, _ result: RunResult) -> String {
        let currency = result.manifest.currency
        let decision = Decision(gate, currency: currency)
        let own = Figure(
            unit: gate.unit, currency: currency, numbers: [gate.baseline?.value, gate.candidate?.value])
        var lines: [String] = []
        let before = gate.baseline.map { own.value($0.value) }
        lines.append("baseline " + (before ?? "none: " + AbsentReason.baseline(gate, result)))
        let after = gate.candidate.map { own.value($0.value) }
        lines.append("candidate " + (after ?? "none: " + AbsentReason.candidate(gate)))
        if let value = decision.value {
            var line = (decision.isSigned ? "difference " : "decided on ") + value
            if let interval = decision.estimate?.interval {
                line += ", \(ReportWords.coverage(interval.confidence)) interval "
                line += decision.figure.interval(interval, signed: decision.isSigned)
            }
            lines.append(line)
        }
        lines.append(
            "n \(gate.n); \(VisibleText.excerpt(MethodNotes.methods(gate).joined(separator: "; "), to: 300))")
        if let people = TrustWords.people(gate.rule) { lines.append(VisibleText.excerpt(people, to: 200)) }
        for member in gate.members.filter({ $0.outcome == .fails || $0.outcome == .unsure }).prefix(40) {
            let figure = Figure(
                unit: gate.unit, currency: currency, numbers: [member.baseline, member.candidate])
            let before = member.baseline.map(figure.bare) ?? "–"
            let after = member.candidate.map(figure.value) ?? "–"
            let name = VisibleText.excerpt(member.name, to: 80)
            lines.append("\(member.outcome.rawValue) \(name) \(before) → \(after) n \(member.n)")
        }
        return lines.joined(separator: "\n")
    }

    private static func example(_ example: ShownExample, _ result: RunResult) -> Case {
        let isFailing = example.movement == "newly failing"
        let state: Case.State = isFailing ? (result.verdict == .ship ? .skipped : .failure) : .passes
        var lines = ["asked: " + VisibleText.excerpt(example.query, to: 600)]
        for expected in example.expected.prefix(10) {
            lines.append("expected " + VisibleText.excerpt(expected, to: 400))
        }
        lines += side("baseline", example.baseline)
        lines += side("candidate", example.candidate)
        for score in example.scores.prefix(20) {
            let before = score.baseline.map { Numbers.fixed($0, 3) } ?? "–"
            let after = score.candidate.map { Numbers.fixed($0, 3) } ?? "–"
            let note = score.note.map { " (" + VisibleText.excerpt($0, to: 200) + ")" } ?? ""
            lines.append("\(VisibleText.excerpt(score.metric, to: 80)) \(before) → \(after)\(note)")
        }
        var message = VisibleText.excerpt(example.movement, to: 40)
        if state == .skipped { message += ", within what the gates allow" }
        if let worst = example.scores.first(where: { ($0.candidate ?? 0) < ($0.baseline ?? 0) }) {
            message += ": " + VisibleText.excerpt(worst.metric, to: 80)
        }
        return Case(name: example.id, state: state, message: message, detail: lines.joined(separator: "\n"))
    }

    private static func side(_ name: String, _ side: ShownExample.Side?) -> [String] {
        guard let side else { return [] }
        var lines: [String] = []
        if let failure = side.failure {
            lines.append("\(name) failed: " + VisibleText.excerpt(failure, to: 400))
        }
        if let text = side.text {
            let (head, left) = VisibleText.cut(text, to: textLimit)
            let cut = left > 0 ? " … \(Figure.count(left)) characters not shown" : ""
            lines.append("\(name): " + VisibleText.lines(head) + cut)
        }
        if let documents = side.documents {
            let names = documents.prefix(8).map { VisibleText.excerpt($0.id, to: 60) }
            lines.append("\(name) documents: " + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        return lines
    }
}
