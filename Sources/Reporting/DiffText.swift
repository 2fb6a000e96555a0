import Curation
import Domain
import Notation
import Text

/// What became of a data set, on a terminal.
public enum DiffText {
    /// - Parameters:
    ///   - old: The earlier state, as the head line calls it.
    ///   - most: Examples shown of a kind.
    ///   - effects: Past runs judged again; nil where that was not asked for.
    public static func render(
        _ diff: DatasetDiff, old: String, new: String, effects: [VerdictEffect]?, most: Int, width: Int,
        colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line("\(old)  →  \(new)"), .bold)], indent: 0)
        text.paragraph([(summary(diff), .plain)], indent: 0)
        entries("added", "+", .good, diff.added, most, &text)
        changes("changed", diff.changed, most, &text)
        entries("retired", "−", .unsure, diff.retired, most, &text)
        entries(
            "removed without a word: retire keeps the row and the reason", "−", .bad, diff.removed, most,
            &text)
        entries("asked again after they were retired", "+", .unsure, diff.restored, most, &text)
        entries("the same under another id", "=", .unsure, diff.renamed, most, &text)
        changes("only provenance changed, which no verdict hangs on", diff.attested, most, &text)
        slices(diff.slices, most, &text)
        if let effects { verdicts(effects, diff, &text) }
        return text.output
    }

    /// The same for a comment or a job's summary: a heading, and all the rest as it stands on a terminal.
    public static func markdown(
        _ diff: DatasetDiff, old: String, new: String, effects: [VerdictEffect]?, most: Int
    ) -> String {
        let text = render(
            diff, old: old, new: new, effects: effects, most: most, width: 100, colour: false)
        let plain = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
            ">", with: "&gt;")
        return "### Data set: \(summary(diff))\n\n<pre>\n\(plain)</pre>\n"
    }

    /// `512 → 514 examples: 3 added, 2 changed, 1 with other expectations, 1 retired; 509 as they were`.
    public static func summary(_ diff: DatasetDiff) -> String {
        let sizes =
            diff.old == diff.new
            ? ReportWords.count(diff.new, "example", "examples")
            : "\(Numbers.grouped(diff.old)) → \(Numbers.grouped(diff.new)) examples"
        let counts = [
            (diff.added.count, "added"), (asked(diff), "changed"),
            (diff.reexpected.count, "with other expectations"), (diff.retired.count, "retired"),
            (diff.removed.count, "removed"), (diff.restored.count, "asked again"),
            (diff.renamed.count, "renamed"), (diff.attested.count, "with other provenance only"),
        ]
        let parts = counts.filter { $0.0 > 0 }.map { "\(Numbers.grouped($0.0)) \($0.1)" }
        if parts.isEmpty { return sizes + ": no difference" }
        return sizes + ": " + parts.joined(separator: ", ")
            + "; \(Numbers.grouped(diff.unchanged)) as they were"
    }

    /// Changed ones that ask something else: only they are without answers in past runs.
    private static func asked(_ diff: DatasetDiff) -> Int { diff.changed.count - diff.reexpected.count }

    /// `2 added (GD-7, GD-8), 1 changed (GD-1: reference_response), 1 retired (GD-3)`, on one line.
    public static func brief(_ diff: DatasetDiff) -> String {
        var parts: [String] = []
        func add(_ count: Int, _ word: String, _ names: [String]) {
            guard count > 0 else { return }
            let shown = names.prefix(5).map { VisibleText.excerpt($0, to: 80) }.joined(separator: ", ")
            parts.append("\(Numbers.grouped(count)) \(word) (\(shown)\(count > 5 ? " …" : ""))")
        }
        add(diff.added.count, "added", diff.added.items.map(\.id))
        add(
            diff.changed.count, "changed",
            diff.changed.items.map { "\($0.id): \($0.fields.map(\.name).joined(separator: ", "))" })
        add(diff.retired.count, "retired", diff.retired.items.map(\.id))
        add(diff.removed.count, "removed", diff.removed.items.map(\.id))
        add(diff.restored.count, "asked again", diff.restored.items.map(\.id))
        add(diff.renamed.count, "renamed", diff.renamed.items.map { "\($0.earlierID ?? "") → \($0.id)" })
        return parts.isEmpty ? "nothing changed" : parts.joined(separator: ", ")
    }

    // MARK: Examples

    private static func entries(
        _ title: String, _ mark: String, _ style: TerminalText.Style,
        _ listed: DatasetDiff.Listed<DatasetDiff.Entry>, _ most: Int, _ text: inout TerminalText
    ) {
        guard listed.count > 0 else { return }
        head(title, listed.count, &text)
        for entry in listed.items.prefix(most) {
            var pieces: [(String, TerminalText.Style)] = [
                (mark + " ", style), (VisibleText.line(entry.id) + "  ", .plain),
            ]
            if let earlier = entry.earlierID { pieces.append((VisibleText.line("was \(earlier)  "), .plain)) }
            pieces.append((VisibleText.excerpt(entry.query, to: 80), .dim))
            text.paragraph(pieces, indent: 2, hanging: 4)
            if let retirement = entry.retirement {
                text.paragraph([(VisibleText.line(words(retirement)), .dim)], indent: 4)
            }
        }
        more(listed.count - min(most, listed.items.count), &text)
    }

    /// `the price is another since May (kim, 2026-11-20)`.
    public static func words(_ retirement: Retirement) -> String {
        let why = retirement.why.isEmpty ? "no reason given" : retirement.why
        let who = [retirement.by, retirement.on].compactMap { $0 }.joined(separator: ", ")
        return who.isEmpty ? why : "\(why) (\(who))"
    }

    private static func changes(
        _ title: String, _ listed: DatasetDiff.Listed<DatasetDiff.Change>, _ most: Int,
        _ text: inout TerminalText
    ) {
        guard listed.count > 0 else { return }
        head(title, listed.count, &text)
        for change in listed.items.prefix(most) {
            text.paragraph(
                [
                    ("~ ", .unsure), (VisibleText.line(change.id) + "  ", .plain),
                    (ReportWords.place(change.place), .dim),
                ], indent: 2, hanging: 4)
            for field in change.fields { write(field, &text) }
        }
        more(listed.count - min(most, listed.items.count), &text)
    }

    private static func write(_ field: DatasetDiff.FieldChange, _ text: inout TerminalText) {
        let name = (VisibleText.line(field.name) + ": ", TerminalText.Style.plain)
        let (old, new) = (field.old.map(shown), field.new.map(shown))
        switch (old, new) {
        case (let old?, let new?):
            var pieces = [name]
            for run in shortened(wordDiff(old, new)) {
                switch run.kind {
                case .equal: pieces.append((visible(run.text), .dim))
                case .delete: pieces.append(("[-" + visible(run.text) + "-]", .bad))
                case .insert: pieces.append(("{+" + visible(run.text) + "+}", .good))
                }
            }
            text.paragraph(pieces, indent: 4, hanging: 6)
        case (let old?, nil):
            text.paragraph([name, ("[-" + excerpt(old) + "-]", .bad)], indent: 4, hanging: 6)
        case (nil, let new?):
            text.paragraph([name, ("{+" + excerpt(new) + "+}", .good)], indent: 4, hanging: 6)
        case (nil, nil): break
        }
    }

    /// A text as it is, all else as JSON.
    static func shown(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self)
    }

    private static func excerpt(_ text: String) -> String { VisibleText.excerpt(text, to: 300) }

    /// Line ends and spaces at the edges of a run are kept as spaces: words do not grow together.
    private static func visible(_ text: String) -> String {
        let line = VisibleText.line(text)
        guard let first = text.utf8.first, let last = text.utf8.last else { return line }
        if line.isEmpty { return " " }
        return (first <= 0x20 ? " " : "") + line + (last <= 0x20 ? " " : "")
    }

    /// What is the same in a long text is cut down to the words around what is not, and the whole to a page.
    static func shortened(_ runs: [DiffRun]) -> [DiffRun] {
        var out: [DiffRun] = []
        for (index, run) in runs.enumerated() {
            if out.count > 60 {
                out.append(DiffRun(kind: .equal, text: " … and further on"))
                break
            }
            let limit = run.kind == .equal ? 60 : 400
            let scalars = Array(run.text.unicodeScalars.prefix(200_000))
            guard scalars.count > limit * 2 else {
                out.append(run)
                continue
            }
            func piece(_ part: ArraySlice<Unicode.Scalar>) -> String {
                String(String.UnicodeScalarView(part))
            }
            let start = index == 0 && run.kind == .equal ? "" : piece(scalars.prefix(limit))
            let end = index + 1 == runs.count && run.kind == .equal ? "" : piece(scalars.suffix(limit))
            out.append(DiffRun(kind: run.kind, text: start + " … " + end))
        }
        return out
    }

    private static func head(_ title: String, _ count: Int, _ text: inout TerminalText) {
        text.blank()
        text.paragraph([("\(title) (\(Numbers.grouped(count)))", .bold)], indent: 0, hanging: 2)
    }

    private static func more(_ rest: Int, _ text: inout TerminalText) {
        guard rest > 0 else { return }
        text.paragraph([("and \(Numbers.grouped(rest)) more; --all shows them", .dim)], indent: 2)
    }

    // MARK: Slices

    private static func slices(
        _ slices: [DatasetDiff.SliceChange], _ most: Int, _ text: inout TerminalText
    ) {
        guard !slices.isEmpty else { return }
        text.blank()
        let names = slices.map { VisibleText.excerpt("\($0.slice) · \($0.value)", to: 40) }
        let shown = min(slices.count, max(most, 12))
        let width = max(14, names.prefix(shown).map { DisplayWidth.of($0) }.max() ?? 0)
        let heads = ["before", "after", "added", "changed", "gone"]
        text.line(
            "  " + text.padded("by slice", to: width, style: .bold) + "  "
                + heads.map { text.padded($0, to: 8, right: true) }.joined(separator: " "))
        for (slice, name) in zip(slices, names).prefix(shown) {
            let cells = [slice.old, slice.new, slice.added, slice.changed, slice.gone]
            text.line(
                "  " + text.padded(name, to: width) + "  "
                    + cells.map { text.padded($0 == 0 ? "·" : Numbers.grouped($0), to: 8, right: true) }
                    .joined(separator: " "))
        }
        more(slices.count - shown, &text)
    }

    // MARK: Verdicts

    private static func verdicts(
        _ effects: [VerdictEffect], _ diff: DatasetDiff, _ text: inout TerminalText
    ) {
        text.blank()
        text.paragraph([("effect on past verdicts", .bold)], indent: 0)
        if effects.isEmpty {
            text.paragraph([("no finished run in the store used the earlier set", .dim)])
            return
        }
        for effect in effects { write(effect, &text) }
        let fresh = diff.added.count + diff.restored.count
        var parts: [String] = []
        if fresh > 0 {
            parts.append(
                ReportWords.count(fresh, "added example has", "added examples have")
                    + " no answers in these runs")
        }
        if asked(diff) > 0 {
            parts.append(
                ReportWords.count(
                    asked(diff), "changed one asks something else", "changed ones ask something else"))
        }
        guard !parts.isEmpty else { return }
        let words = parts.joined(separator: ", ") + ": left out; only a new run can judge "
        text.paragraph([(words + (fresh + asked(diff) == 1 ? "it" : "them"), .dim)])
    }

    private static func write(_ effect: VerdictEffect, _ text: inout TerminalText) {
        let name = effect.run + "  " + effect.startedAt
        if let problem = effect.problem {
            text.paragraph(
                [
                    (VisibleText.line(name) + "  " + effect.before.verdict.rawValue, .plain),
                    ("  cannot be judged again: " + VisibleText.line(problem), .dim),
                ], indent: 2, hanging: 4)
            return
        }
        text.paragraph([(VisibleText.line(name), .plain)], indent: 2, hanging: 4)
        if let judged = effect.remaining {
            write(
                judged, "over the \(Numbers.grouped(judged.examples)) that are the same in both", effect,
                &text)
        }
        if let judged = effect.reexpected {
            write(
                judged,
                "over \(Numbers.grouped(judged.examples)), those included that ask the same, by what is expected now",
                effect, &text)
        }
    }

    private static func write(
        _ judged: VerdictEffect.Judgement, _ over: String, _ effect: VerdictEffect,
        _ text: inout TerminalText
    ) {
        let (before, after) = (effect.before.verdict, judged.verdict)
        let words =
            before == after
            ? "\(before.rawValue), as it was" : "\(before.rawValue) → \(after.rawValue)"
        let style: TerminalText.Style =
            before == after ? .plain : before == .block ? .bad : after == .block ? .bad : .unsure
        text.paragraph([(words, style), ("   " + over, .dim)], indent: 4, hanging: 6)
        for (was, now) in VerdictEffect.pairs(effect.before, judged) {
            let change = was.map { $0.outcome == now.outcome } ?? false
            let marks = (was.map { mark($0.outcome) } ?? " ") + "→" + mark(now.outcome)
            var line = VisibleText.line(now.rule)
            if let value = numbers("baseline", was?.baseline, now.baseline) { line += "   " + value }
            if let value = numbers("candidate", was?.candidate, now.candidate) { line += "   " + value }
            if let n = now.n { line += "   n \(Numbers.grouped(n))" }
            text.paragraph(
                [(marks + "  ", change ? .dim : .unsure), (line, change ? .dim : .plain)], indent: 6,
                hanging: 11)
        }
    }

    private static func mark(_ outcome: String) -> String {
        GateResult.Outcome(rawValue: outcome).map { ReportWords.mark($0) } ?? "?"
    }

    private static func numbers(_ name: String, _ old: Double?, _ new: Double?) -> String? {
        guard let new else { return nil }
        guard let old, old != new else { return "\(name) \(Numbers.short(new))" }
        return "\(name) \(Numbers.short(old)) → \(Numbers.short(new))"
    }
}
