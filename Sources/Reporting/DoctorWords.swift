import Doctor
import Domain
import Statistics
import Text

/// Words and numbers that every face of the doctor's findings shares.
enum DoctorWords {
    /// `1.4 %`, `38 %`, `99.8 %`: two digits count, and only all is 100 %.
    static func percent(_ share: Double) -> String {
        let isNearAnEnd = (share > 0 && share < 0.0995) || (share >= 0.995 && share < 1)
        return Numbers.percent(share, isNearAnEnd ? 1 : 0)
    }

    static func percent(_ share: Share?) -> String { share.map { percent($0.value) } ?? "–" }

    /// `[0.9, 2.2]`, in percent.
    static func interval(_ share: Share) -> String {
        "[\(Numbers.fixed(share.interval.lower * 100, 1)), \(Numbers.fixed(share.interval.upper * 100, 1))]"
    }

    /// `7.5 %`, `10 %`: a size of loss.
    static func size(_ size: Double, _ decimals: Int? = nil) -> String {
        let percent = size * 100
        if let decimals { return Numbers.fixed(percent, decimals) + " %" }
        return Numbers.fixed(percent, percent == percent.rounded() ? 0 : 1) + " %"
    }

    /// Where the numbers come from, in short.
    static func source(_ report: DoctorReport) -> String {
        let examples = ReportWords.count(report.examples, "example", "examples")
        let repeats =
            report.repeats.lowerBound == report.repeats.upperBound
            ? ReportWords.count(report.repeats.lowerBound, "repeat", "repeats")
            : "\(report.repeats.lowerBound) to \(report.repeats.upperBound) repeats"
        let noise = report.noise == .none ? "one pass of one app" : report.noise.rawValue
        return "\(VisibleText.line(report.source)): \(examples), \(noise), \(repeats) an arm"
    }

    /// A gate's standing: what it says of an unchanged app most of the time, and whether it can say anything.
    static func standing(_ gate: GateCheck) -> GateResult.Outcome {
        let counts = gate.unchanged
        guard counts.all > 0, counts.notJudged < counts.all else { return .notJudged }
        if 2 * counts.fails > counts.all { return .fails }
        if gate.isUnresolved || 2 * counts.unsure > counts.all { return .unsure }
        if let flips = gate.flips, flips.value >= 0.05 { return .unsure }
        return .passes
    }

    static func caught(_ gate: GateCheck, currency: String?) -> String {
        if let caught = gate.caught {
            let figure = Figure(unit: gate.unit, currency: currency, numbers: [caught])
            return figure.signed(caught) + figure.suffix
        }
        if let size = gate.caughtSize { return "loss of " + DoctorWords.size(size, 1) }
        guard gate.curve.count > 1, DoctorWords.standing(gate) != .fails, let last = gate.curve.last else {
            return "–"
        }
        guard let change = last.change, change != 0 else { return "none tried" }
        let figure = Figure(unit: gate.unit, currency: currency, numbers: [change])
        return "beyond " + figure.signed(change) + figure.suffix
    }

    /// What a reader of the row should know besides its numbers.
    static func note(_ gate: GateCheck) -> String {
        var parts: [String] = []
        if !gate.note.isEmpty, gate.unchanged.passes + gate.unchanged.fails == 0 {
            parts.append(VisibleText.line(gate.note))
        } else if gate.curve.isEmpty {
            parts.append("not tried: one pass shows no noise")
        }
        if let needed = gate.needed {
            parts.append("\(Numbers.about(needed)) examples in all would resolve it")
        } else if gate.isUnresolved {
            parts.append("no number of examples is known that would resolve it")
        }
        if gate.judgedSlices > 0, let blocks = gate.sliceBlocks, blocks.count > 0 {
            let slices = ReportWords.count(gate.judgedSlices, "slice", "slices")
            parts.append("\(slices) block in \(percent(blocks))")
        }
        return parts.joined(separator: "; ")
    }

    static func app(_ check: AppCheck) -> String {
        let time = check.milliseconds.map { Numbers.duration(milliseconds: $0) }
        switch check.outcome {
        case .answered(let shows):
            let parts = shows.isEmpty ? "nothing that the policy observes" : ReportWords.list(shows)
            return "answered in \(time ?? "no time"), shows \(parts)"
        case .failed(let cause, let detail, let status):
            let code = status.map { " (status \($0))" } ?? ""
            return "\(cause)\(code) after \(time ?? "no time"): \(VisibleText.excerpt(detail, to: 200))"
        case .recorded: return "recorded answers; nothing to reach"
        }
    }

    static func mark(_ gravity: Finding.Gravity) -> String {
        switch gravity {
        case .bad: "✗"
        case .doubtful: "?"
        case .note: "·"
        }
    }

    /// Which gates decide where the verdict first turns: those that fail the least loss in most trials.
    static func firstToBlock(_ report: DoctorReport) -> String? {
        guard let point = report.verdict.dropFirst().first, point.block.value >= 0.5 else { return nil }
        let first = report.gates.filter { gate in
            guard let shares = gate.curve.first(where: { $0.size == point.size })?.shares else {
                return false
            }
            return shares.all > 0 && 2 * shares.fails > shares.all
        }
        guard !first.isEmpty, first.count < report.gates.count else { return nil }
        let names = first.prefix(3).map { VisibleText.excerpt($0.rule.text, to: 60) }.joined(separator: ", ")
        let more = first.count > 3 ? " and \(first.count - 3) more" : ""
        let verb = first.count == 1 ? "blocks" : "block"
        return
            "\(names)\(more) \(verb) a loss of \(size(point.size)) already; each gate's own reach is 'caught in 80 %'"
    }

    /// Changes under a gate's curve: two digits count.
    static func tickFigure(_ gate: GateCheck, currency: String?) -> Figure {
        let largest = gate.curve.compactMap(\.change).map { abs($0) }.max() ?? 0
        let figure = Figure(unit: gate.unit, currency: currency, numbers: [largest])
        return Figure(suffix: figure.suffix, decimals: gate.unit == "ratio" ? 2 : figure.decimals)
    }

    /// What pays, for one metric.
    static func advice(_ check: VarianceCheck) -> String {
        let share = check.difference.repeatable
        if check.heterogeneity == nil {
            return "both pay alike: what an unchanged app differs by is noise alone"
        }
        return share >= 0.5 ? "repeats pay" : "examples pay"
    }

    /// An error's size; three digits count.
    static func error(_ error: Double) -> String { Numbers.short(error) }
}
