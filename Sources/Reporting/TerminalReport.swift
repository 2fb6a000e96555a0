import Domain
import Statistics

/// A run's verdict for a terminal: what decided, where it broke, what to read first, what to do next.
public enum TerminalReport {
    /// - Parameters:
    ///   - width: Columns of the terminal, held to 80...200; no line is wider.
    ///   - colour: Whether to colour; the marks and words say everything without.
    ///   - report: Where the HTML report was written, for the last line.
    /// - Returns: Lines that end in a line feed. The only control characters are those and our colours.
    public static func render(_ result: RunResult, width: Int, colour: Bool, report: String? = nil) -> String
    {
        var text = TerminalText(width: width, colour: colour)
        head(result, &text)
        if !result.gates.isEmpty {
            text.blank()
            TerminalGates(result, text).write(&text)
            methods(result, &text)
        }
        text.blank()
        // Nothing was asked, so there is nothing to find.
        if result.trust?.isRefused != true {
            findings(result, &text)
            text.blank()
        }
        next(result, report, &text)
        return text.output
    }

    private static func head(_ result: RunResult, _ text: inout TerminalText) {
        let manifest = result.manifest
        var pieces: [(String, TerminalText.Style)] = [(result.verdict.rawValue, style(result.verdict))]
        pieces.append(("  " + VisibleText.line(manifest.project), .bold))
        if !manifest.title.isEmpty { pieces.append(("  " + VisibleText.line(manifest.title), .plain)) }
        // A change that was held back was not held against any data.
        if manifest.dataset.count == 0, result.gates.isEmpty {
            text.paragraph(pieces, indent: 0, hanging: 2)
            text.paragraph([(VisibleText.line(result.headline), .plain)])
            if let trust = result.trust { TrustWords.write(trust, &text) }
            return
        }
        var facts = "  golden"
        if let version = manifest.dataset.version { facts += " " + VisibleText.line(version) }
        facts += " (\(ReportWords.count(manifest.dataset.count, "example", "examples"))"
        facts += ", \(ReportWords.digest(manifest.dataset.digest)))"
        if let tag = manifest.dataset.frozen { facts += " frozen as " + VisibleText.excerpt(tag, to: 60) }
        facts += "  " + ReportWords.duration(manifest.durationSeconds)
        if let cost = ReportWords.cost(manifest) { facts += ", " + cost }
        pieces.append((facts, .dim))
        text.paragraph(pieces, indent: 0, hanging: 2)
        text.paragraph([(VisibleText.line(result.headline), .plain)])
        if let trust = result.trust { TrustWords.write(trust, &text) }
    }

    /// What the gates' intervals and tests are, each once, in the words of the full report.
    private static func methods(_ result: RunResult, _ text: inout TerminalText) {
        var intervals: [String] = []
        var tests: [String] = []
        func add(_ words: String, to list: inout [String]) {
            if !words.isEmpty, !list.contains(words) { list.append(words) }
        }
        for gate in ReportWords.byUrgency(result.gates) {
            if let interval = Decision(gate).estimate?.interval {
                add(MethodNotes.words(interval), to: &intervals)
                if gate.method != interval.method { add(gate.method, to: &tests) }
            }
            for member in gate.members.prefix(5) where member.outcome == .fails || member.outcome == .unsure {
                if let interval = member.difference { add(MethodNotes.words(interval), to: &intervals) }
                add(member.test, to: &tests)
            }
        }
        if !intervals.isEmpty {
            text.paragraph(
                [("intervals  " + VisibleText.line(intervals.joined(separator: "; ")), .dim)], hanging: 13)
        }
        if !tests.isEmpty {
            text.paragraph(
                [("tests      " + VisibleText.line(tests.joined(separator: "; ")), .dim)], hanging: 13)
        }
        for (place, use) in result.models.enumerated() {
            text.paragraph(
                [((place == 0 ? "models     " : "           ") + ModelWords.line(use), .dim)], hanging: 13)
        }
    }

    static func style(_ verdict: Verdict) -> TerminalText.Style {
        switch verdict {
        case .ship: .good
        case .block, .couldNotMeasure: .bad
        case .cannotTell: .unsure
        }
    }

    private static func findings(_ result: RunResult, _ text: inout TerminalText) {
        worstSlices(result, &text)
        movement(result, &text)
        measurement(result, &text)
        if let place = result.whereItBroke { fact("where it broke", place, &text, .bad) }
        if !result.changes.isEmpty {
            let shown = result.changes.prefix(6).map { VisibleText.excerpt($0, to: 120) }
            let left = result.changes.count - shown.count
            fact(
                "what changed", shown.joined(separator: ", ") + (left > 0 ? ", and \(left) more" : ""), &text)
        }
        if let first = result.shown.first { fact("first to read", read(first, result), &text) }
        for reservation in result.reservations {
            fact(
                "reserved",
                "\(reservation.gate): \(reservation.why); to be settled by \(reservation.settledBy)",
                &text, .unsure)
        }
        let required = result.layers.filter { $0.layer != .golden }
        if !required.isEmpty {
            let words = required.map { layer in
                let kinds = layer.askedBy.map(\.rawValue)
                return layer.layer.rawValue + (kinds.isEmpty ? "" : " (asked by \(ReportWords.list(kinds)))")
            }
            fact("after this", words.joined(separator: " → "), &text)
        }
        for gate in result.gates where gate.outcome == .fails || gate.outcome == .unsure {
            if let people = TrustWords.people(gate.rule) {
                fact("who to ask", "\(gate.rule.text): \(people)", &text)
            }
        }
        for warning in result.warnings { fact("note", warning, &text, .unsure) }
    }

    private static func fact(
        _ name: String, _ words: String, _ text: inout TerminalText, _ style: TerminalText.Style = .plain
    ) {
        text.paragraph([(name + ": ", .bold), (VisibleText.excerpt(words, to: 600), style)], hanging: 4)
    }

    private static func worstSlices(_ result: RunResult, _ text: inout TerminalText) {
        let worst = SliceChoice.worst(result, limit: 3)
        for (index, slice) in worst.enumerated() {
            let unit = result.metrics.first { $0.name == slice.metric }?.unit ?? "ratio"
            let figure = Figure(
                unit: unit, currency: result.manifest.currency, numbers: [slice.baseline, slice.candidate])
            var words = "\(slice.metric) · \(slice.slice) = \(slice.value): "
            words += slice.baseline.map(figure.bare) ?? "–"
            words += " → " + (slice.candidate.map(figure.value) ?? "–")
            if let interval = slice.difference {
                words += ", Δ " + figure.interval(interval, signed: true)
                words += " (\(ReportWords.facts(interval, n: slice.n)))"
            } else {
                words += " (n \(Figure.count(slice.n)))"
            }
            text.paragraph(
                [
                    (index == 0 ? "worst slice  " : "             ", .bold),
                    (VisibleText.excerpt(words, to: 300), slice.outcome == .fails ? .bad : .plain),
                ], hanging: 15)
        }
    }

    private static func movement(_ result: RunResult, _ text: inout TerminalText) {
        guard result.manifest.baseline != nil else { return }
        let movement = result.movement
        let failing = ReportWords.count(movement.newlyFailingCount, "example", "examples") + " newly failing"
        let words = "\(failing), \(ReportWords.movement(movement))"
        text.paragraph([(words, movement.newlyFailingCount > 0 ? .bold : .plain)], hanging: 4)
    }

    private static func measurement(_ result: RunResult, _ text: inout TerminalText) {
        let counts = result.measurement
        var parts = [
            "\(Figure.count(counts.answered)) of \(Figure.count(counts.planned)) answered",
            ReportWords.count(counts.appFailures, "app failure", "app failures"),
            "\(Figure.count(counts.unmeasured)) unmeasured",
            ReportWords.count(counts.metricFailures, "metric failure", "metric failures"),
        ]
        if counts.retried > 0 { parts.append("\(Figure.count(counts.retried)) retried") }
        if counts.throttled > 0 { parts.append("\(Figure.count(counts.throttled)) throttled") }
        if counts.fromCache > 0, counts.cache == nil {
            parts.append("\(Figure.count(counts.fromCache)) from cache")
        }
        text.paragraph([(parts.joined(separator: ", "), .dim)], hanging: 4)
        if let words = ReportWords.cache(result) {
            text.paragraph([("cache: " + words, .dim)], hanging: 4)
        }
        for cause in counts.causes.prefix(4) {
            let words =
                "\(cause.arm.rawValue): \(Figure.count(cause.count)) × \(cause.cause), "
                + "such as \(VisibleText.excerpt(cause.detail, to: 160))"
            text.paragraph([(words, .dim)], indent: 4, hanging: 6)
        }
        if counts.causes.count > 4 {
            text.paragraph([("and \(counts.causes.count - 4) more causes", .dim)], indent: 4)
        }
    }

    /// The example, with what was expected and what came in the part of the app that its loss speaks of.
    private static func read(_ example: ShownExample, _ result: RunResult) -> String {
        var words = VisibleText.excerpt(example.id, to: 60)
        words += " \"" + VisibleText.excerpt(example.query, to: 60) + "\""
        let got = example.candidate
        if let failure = got?.failure { return words + " · failed: " + VisibleText.excerpt(failure, to: 120) }
        let moved = result.movement.newlyFailing.first { $0.example == example.id }?.metric
        let stage = result.metrics.first { $0.name == moved }?.stage
        let documents = got?.documents ?? []
        if stage == "routing" {
            words += expected("intent: ", example) + " · got " + (got?.intent.map(short) ?? "none")
        } else if stage == "guardrail" {
            words += expected("guardrail: ", example) + " · got " + (got?.guardrail.map(short) ?? "none")
        } else if !example.goldDocuments.isEmpty, stage == nil || stage == "retrieval" {
            words += " · expected " + names(example.goldDocuments)
            words += " · got " + (documents.isEmpty ? "none" : names(documents.map(\.id)))
        } else if let text = got?.text {
            words += expected("answer: ", example) + " · got \"" + short(text) + "\""
        }
        return words
    }

    private static func expected(_ label: String, _ example: ShownExample) -> String {
        guard let line = example.expected.first(where: { $0.hasPrefix(label) }) else { return "" }
        return " · expected " + short(String(line.dropFirst(label.count)))
    }

    private static func short(_ text: String) -> String { VisibleText.excerpt(text, to: 80) }

    private static func names(_ ids: [String]) -> String {
        let shown = ids.prefix(3).map { VisibleText.excerpt($0, to: 40) }.joined(separator: ", ")
        return ids.count > 3 ? shown + " …" : shown
    }

    private static func next(_ result: RunResult, _ report: String?, _ text: inout TerminalText) {
        if let report {
            text.paragraph([("report  ", .dim), (VisibleText.line(report), .plain)], hanging: 2)
        }
        let command = "sluice report \(ReportWords.shellWord(result.manifest.runID)) --open"
        text.paragraph([("next    ", .dim), (command, .plain)], hanging: 2)
    }
}
