import Domain
import Statistics
import Sweeping
import Text

/// The words and numbers that every face of a sweep shares.
struct SweepWords {
    let report: SweepReport
    /// How each metric's values are written, and how its differences are.
    let values: [Figure]
    let differences: [Figure]

    init(_ report: SweepReport) {
        self.report = report
        var values: [Figure] = []
        var differences: [Figure] = []
        for (index, metric) in report.metrics.enumerated() {
            var numbers: [Double?] = []
            var largest: Double?
            var widest: Interval?
            for row in report.variants where row.cells.indices.contains(index) {
                let cell = row.cells[index]
                numbers.append(cell.estimate?.value)
                guard let difference = cell.difference else { continue }
                // The smallest one sets the decimals that tell differences apart.
                if difference.value != 0, largest.map({ abs(difference.value) < abs($0) }) ?? true {
                    largest = difference.value
                    widest = difference.interval
                }
            }
            let figure = Figure(unit: metric.unit, currency: report.facts.currency, numbers: numbers)
            values.append(figure)
            differences.append(figure.finer(unit: metric.unit, for: largest, widest))
        }
        self.values = values
        self.differences = differences
    }

    func value(_ row: SweepReport.Row, _ metric: Int) -> String {
        cell(row, metric)?.estimate.map { values[metric].bare($0.value) } ?? "–"
    }

    /// `0.895 [0.861, 0.921]`.
    func estimate(_ row: SweepReport.Row, _ metric: Int) -> String {
        guard let estimate = cell(row, metric)?.estimate else { return "–" }
        let interval = estimate.interval.map { " " + values[metric].interval($0, signed: false) } ?? ""
        return values[metric].bare(estimate.value) + interval
    }

    /// `−0.195 [−0.250, −0.141]`.
    func difference(_ row: SweepReport.Row, _ metric: Int) -> String {
        guard let difference = cell(row, metric)?.difference else {
            return row.isReference ? "reference" : "–"
        }
        let figure = differences[metric]
        let interval = difference.interval.map { " " + figure.interval($0, signed: true) } ?? ""
        return figure.signed(difference.value) + interval
    }

    func adjusted(_ row: SweepReport.Row, _ metric: Int) -> String {
        cell(row, metric)?.difference?.adjustedP.map(ReportWords.probability) ?? "–"
    }

    func count(_ row: SweepReport.Row, _ metric: Int) -> String {
        let cell = cell(row, metric)
        return (cell?.difference?.n ?? cell?.estimate?.n).map { Figure.count($0) } ?? "–"
    }

    /// What is proven, in a word; else why nothing is.
    func claim(_ row: SweepReport.Row, _ metric: Int) -> String {
        switch report.claim(row, metric) {
        case .better: return "better"
        case .worse: return "worse"
        case .none: break
        }
        guard let difference = cell(row, metric)?.difference else { return row.isReference ? "" : "no pair" }
        if difference.changed == 0 { return "no example differs" }
        if let problem = difference.problem { return VisibleText.excerpt(problem, to: 100) }
        return "not proven"
    }

    func mark(_ claim: SweepReport.Claim) -> String {
        switch claim {
        case .better: "▲"
        case .worse: "▼"
        case .none: ""
        }
    }

    /// `recall@3 ↑`, with the unit in brackets where it has one.
    func heading(_ metric: Int) -> String {
        let definition = report.metrics[metric]
        let unit = values[metric].suffix.isEmpty ? "" : " [" + values[metric].suffix.dropFirst() + "]"
        return VisibleText.excerpt(definition.name, to: 60) + arrow(metric) + unit
    }

    func arrow(_ metric: Int) -> String {
        switch report.metrics[metric].direction {
        case "higher": " ↑"
        case "lower": " ↓"
        default: ""
        }
    }

    func standingMark(_ row: SweepReport.Row) -> String {
        if !row.isMeasured { return "!" }
        switch row.standing.isOnFrontier {
        case true?: return "●"
        case false?: return row.standing.surelyDominatedBy.isEmpty ? "○" : "✗"
        case nil: return "·"
        }
    }

    func standing(_ row: SweepReport.Row) -> String {
        if let problem = row.problem { return "could not measure: " + VisibleText.excerpt(problem, to: 200) }
        let standing = row.standing
        guard let isOnFrontier = standing.isOnFrontier else { return "not placed" }
        if isOnFrontier { return "on the frontier" }
        if !standing.surelyDominatedBy.isEmpty {
            return "surely dominated by " + names(standing.surelyDominatedBy)
        }
        return "dominated by " + names(standing.dominatedBy) + ", not proven"
    }

    func names(_ names: [String]) -> String {
        let shown = names.prefix(3).map { VisibleText.excerpt($0, to: 60) }
        return shown.joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }

    /// `top_k 3 · chunking fixed`.
    func settings(_ row: SweepReport.Row) -> String {
        if row.variant.settings.isEmpty { return "as the policy has it" }
        return row.variant.settings.map {
            VisibleText.excerpt($0.parameter, to: 60) + " "
                + VisibleText.excerpt(Variant.text($0.value), to: 80)
        }.joined(separator: " · ")
    }

    func effect(_ parameter: SweepReport.Parameter) -> String {
        switch parameter.effect {
        case .changed(let answers, let count):
            "changed up to \(Figure.count(answers)) of \(Figure.count(count)) answers"
        case .none(let count): "changed none of \(Figure.count(count)) answers: is it read?"
        case .unknown: "never changed alone, or the answers show nothing to compare"
        }
    }

    func mark(_ finding: SweepReport.Finding) -> String {
        switch finding.gravity {
        case .bad: "✗"
        case .doubtful: "?"
        case .note: "·"
        }
    }

    /// What the claims share.
    var family: String {
        let alpha = Numbers.percent(report.alpha, 0)
        let joint = ReportWords.coverage(1 - report.alpha)
        return
            "\(ReportWords.count(report.family, "claim shares", "claims share")) an error of \(alpha) (Holm); "
            + "their intervals hold together with \(joint) (each with \(coverage(report.jointCoverage)))"
    }

    /// As many decimals as tell it from 100 %.
    func coverage(_ share: Double) -> String {
        var decimals = 0
        while decimals < 6, Numbers.percent(share, decimals) == Numbers.percent(1, decimals) { decimals += 1 }
        let rest = share * 100 - (share * 100).rounded()
        return Numbers.percent(share, max(decimals, abs(rest) < 1e-9 ? 0 : decimals + 1))
    }

    /// The set, the variants, the calls.
    var facts: [String] {
        let facts = report.facts
        var parts: [String] = []
        let set =
            ReportWords.count(facts.dataset.count, "example", "examples") + ", "
            + ReportWords.digest(facts.dataset.digest)
        parts.append(facts.dataset.version.map { VisibleText.excerpt($0, to: 60) + " (\(set))" } ?? set)
        if facts.repeats > 1 { parts.append("\(facts.repeats) repeats each") }
        parts.append(ReportWords.count(report.variants.count, "variant", "variants"))
        parts.append(ReportWords.duration(facts.seconds))
        if let calls = facts.calls { parts.append(ReportWords.count(calls, "call", "calls")) }
        return parts
    }

    private func cell(_ row: SweepReport.Row, _ metric: Int) -> SweepReport.Cell? {
        row.cells.indices.contains(metric) ? row.cells[metric] : nil
    }
}
