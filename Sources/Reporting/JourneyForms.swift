import Deployment
import Domain
import Notation
import Text

/// Journeys' report for the terminal, as JSON and JUnit.
public enum JourneyForms {
    // MARK: terminal

    public static func terminal(_ report: JourneyReport, width: Int, colour: Bool) -> String {
        var text = TerminalText(width: width, colour: colour)
        for leftover in report.leftovers { write(leftover, &text) }
        if !report.leftovers.isEmpty { text.blank() }
        let count = ReportWords.count(report.journeys.count, "journey", "journeys")
        text.paragraph(
            [
                (report.verdict.rawValue, TerminalReport.style(report.verdict)),
                ("  " + VisibleText.line(report.project), .bold),
                ("  \(count), run \(report.run)  \(CheckWords.seconds(report.seconds))", .dim),
            ], indent: 0, hanging: 2)
        for journey in report.journeys {
            text.blank()
            write(journey, &text)
        }
        return text.output
    }

    /// What became of what earlier runs left, and nothing else.
    public static func leftovers(_ report: JourneyReport, width: Int, colour: Bool) -> String {
        var text = TerminalText(width: width, colour: colour)
        if report.leftovers.isEmpty { text.line("no earlier run left anything to clean up") }
        for leftover in report.leftovers { write(leftover, &text) }
        return text.output
    }

    private static func write(_ journey: JourneyResult, _ text: inout TerminalText) {
        let style = CheckWords.style(journey.outcome)
        text.paragraph(
            [
                (CheckWords.mark(journey.outcome) + " ", style),
                (VisibleText.excerpt(journey.name, to: 100), .bold),
                (
                    "  " + VisibleText.excerpt(journey.headline, to: 400),
                    journey.outcome == .holds ? .dim : style
                ),
            ], indent: 0, hanging: 4)
        for step in journey.steps {
            let style = CheckWords.style(step.outcome)
            var pieces: [(String, TerminalText.Style)] = [
                (CheckWords.mark(step.outcome) + " ", style),
                (VisibleText.excerpt(step.name, to: 100), .plain),
            ]
            if step.outcome == .skipped {
                pieces.append(("  not come to", .dim))
            } else {
                pieces.append(("  " + CheckWords.seconds(step.seconds), .dim))
            }
            if let why = step.why { pieces.append(("  " + VisibleText.excerpt(why, to: 300), style)) }
            text.paragraph(pieces, indent: 2, hanging: 6)
            for look in step.looks { write(look, &text) }
        }
        for cleanUp in journey.cleanUps { write(cleanUp, &text) }
        if let problem = journey.problem {
            text.paragraph([("note: ", .bold), (VisibleText.excerpt(problem, to: 400), .unsure)], hanging: 4)
        }
    }

    private static func write(_ look: LookResult, _ text: inout TerminalText) {
        var words = look.kind.rawValue + "  " + (look.call.map(CheckWords.head) ?? "")
        if look.polls > 1 { words += ", \(look.polls) looks over \(CheckWords.seconds(look.seconds))" }
        text.paragraph([(VisibleText.excerpt(words, to: 400), .dim)], indent: 6, hanging: 8)
        guard look.outcome != .holds else { return }
        if let why = look.why {
            text.paragraph(
                [(VisibleText.excerpt(why, to: 500), CheckWords.style(look.outcome))], indent: 6, hanging: 8)
        }
        for line in look.call.map({ CheckWords.lines($0).dropFirst() }) ?? [] {
            text.paragraph([(VisibleText.excerpt(line, to: 500), .dim)], indent: 8, hanging: 10)
        }
    }

    private static func write(_ cleanUp: CleanUpResult, _ text: inout TerminalText) {
        let style = CheckWords.style(cleanUp.outcome)
        text.paragraph(
            [
                (CheckWords.mark(cleanUp.outcome) + " ", style),
                ("clean up \(VisibleText.excerpt(cleanUp.step, to: 100))", .plain),
                (
                    "  " + VisibleText.excerpt(cleanUpWords(cleanUp), to: 400),
                    cleanUp.outcome == .holds ? .dim : style
                ),
            ], indent: 2, hanging: 6)
    }

    private static func cleanUpWords(_ cleanUp: CleanUpResult) -> String {
        var words = cleanUp.how
        if let call = cleanUp.call { words += "  (\(call.method) \(call.url))" }
        if cleanUp.attempts > 1 { words += ", \(cleanUp.attempts) attempts" }
        if let seconds = cleanUp.seconds { words += ", " + CheckWords.seconds(seconds) }
        if cleanUp.kind == .failed { words += "; it is kept and tried again on the next start" }
        return words
    }

    private static func write(_ leftover: JourneyReport.Leftover, _ text: inout TerminalText) {
        let name = leftover.journey.isEmpty ? leftover.file : "\(leftover.journey) of run \(leftover.run)"
        text.paragraph(
            [("left by an earlier run: ", .bold), (VisibleText.excerpt(name, to: 200), .plain)], indent: 0,
            hanging: 2)
        if let problem = leftover.problem {
            text.paragraph([(VisibleText.excerpt(problem, to: 400), .unsure)], indent: 2, hanging: 4)
        }
        for cleanUp in leftover.cleanUps { write(cleanUp, &text) }
        if leftover.cleanUps.contains(where: { $0.kind == .failed }) {
            text.paragraph(
                [("kept in \(leftover.file); remove that file to give it up", .dim)], indent: 2, hanging: 4)
        }
    }

    // MARK: JSON

    /// `sluice.journey/1`.
    public static func json(_ report: JourneyReport) -> JSONValue {
        [
            "format": "sluice.journey/1", "project": .string(report.project), "run": .string(report.run),
            "verdict": .string(report.verdict.rawValue), "started_at": .string(report.startedAt),
            "seconds": .finite(report.seconds), "journeys": .array(report.journeys.map(journey)),
            "leftovers": .array(report.leftovers.map(leftover)),
        ]
    }

    private static func journey(_ journey: JourneyResult) -> JSONValue {
        [
            "name": .string(journey.name), "outcome": .string(journey.outcome.rawValue),
            "headline": .string(journey.headline), "unique": .string(journey.unique),
            "seconds": .finite(journey.seconds), "problem": CheckWords.optional(journey.problem),
            "steps": .array(journey.steps.map(step)), "clean_ups": .array(journey.cleanUps.map(cleanUp)),
        ]
    }

    private static func step(_ step: StepResult) -> JSONValue {
        [
            "name": .string(step.name), "outcome": .string(step.outcome.rawValue),
            "seconds": .finite(step.seconds), "why": CheckWords.optional(step.why),
            "looks": .array(step.looks.map(look)),
        ]
    }

    private static func look(_ look: LookResult) -> JSONValue {
        var captured = JSONObject()
        for value in look.captured { captured[value.name] = .string(value.value) }
        return [
            "kind": .string(look.kind.rawValue), "outcome": .string(look.outcome.rawValue),
            "why": CheckWords.optional(look.why), "call": CheckWords.json(look.call),
            "polls": .integer(Int64(look.polls)), "seconds": .finite(look.seconds),
            "conditions": .array(
                look.conditions.map {
                    ["condition": .string($0.condition), "holds": .bool($0.holds), "seen": .string($0.seen)]
                        as JSONValue
                }),
            "captured": .object(captured),
        ]
    }

    private static func cleanUp(_ cleanUp: CleanUpResult) -> JSONValue {
        [
            "step": .string(cleanUp.step), "result": .string(cleanUp.kind.rawValue),
            "outcome": .string(cleanUp.outcome.rawValue), "how": .string(cleanUp.how),
            "attempts": .integer(Int64(cleanUp.attempts)),
            "seconds": cleanUp.seconds.map { .finite($0) } ?? .null, "call": CheckWords.json(cleanUp.call),
        ]
    }

    private static func leftover(_ leftover: JourneyReport.Leftover) -> JSONValue {
        [
            "run": .string(leftover.run), "journey": .string(leftover.journey),
            "file": .string(leftover.file),
            "problem": CheckWords.optional(leftover.problem),
            "clean_ups": .array(leftover.cleanUps.map(cleanUp)),
        ]
    }

    // MARK: JUnit

    /// A suite a journey, a case a step and a clean-up.
    public static func junit(_ report: JourneyReport) -> String {
        let suites = report.journeys.map { journey in
            let steps = journey.steps.map { step in
                let look = step.looks.first { $0.outcome != .holds }
                let why = look?.why ?? step.why ?? (step.outcome == .skipped ? "not come to" : "")
                return JUnitCases.Case(
                    name: step.name, state: CheckWords.state(step.outcome), message: why,
                    detail: lines(step).joined(separator: "\n"), seconds: step.seconds)
            }
            let cleanUps = journey.cleanUps.map { cleanUp in
                JUnitCases.Case(
                    name: "clean up " + cleanUp.step, state: CheckWords.state(cleanUp.outcome),
                    message: cleanUp.how,
                    detail: ([cleanUpWords(cleanUp)] + (cleanUp.call.map(CheckWords.lines) ?? []))
                        .joined(separator: "\n"), seconds: cleanUp.seconds)
            }
            return JUnitCases.Suite(
                name: "\(report.project).journey.\(journey.name)", cases: steps + cleanUps,
                seconds: journey.seconds)
        }
        return JUnitCases.render("sluice journey " + report.project, suites, startedAt: report.startedAt)
    }

    static func lines(_ step: StepResult) -> [String] {
        var lines: [String] = []
        for look in step.looks {
            lines.append(look.kind.rawValue + (look.polls > 1 ? ", \(look.polls) looks" : ""))
            if let call = look.call { lines += CheckWords.lines(call).map { "  " + $0 } }
            for condition in look.conditions {
                lines.append(
                    "  \(condition.holds ? "holds" : "FAILS")  \(condition.condition)   \(condition.seen)")
            }
        }
        return lines
    }
}
