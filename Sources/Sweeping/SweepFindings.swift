import Domain
import Gating
import Statistics
import Text

/// What a reader must know of a sweep before its numbers.
struct SweepFindings {
    let facts: SweepReport.Facts
    let rows: [SweepReport.Row]
    let metrics: [SweepReport.Metric]
    let parameters: [SweepReport.Parameter]
    let options: GateOptions

    var all: [SweepReport.Finding] { unread + unasked + afterwards + alike + partial + axes + cached }

    /// Parameters that did nothing: most of all, those that nobody reads.
    private var unread: [SweepReport.Finding] {
        parameters.compactMap { parameter in
            guard case .none(let count) = parameter.effect else { return nil }
            let alone = rows.filter { row in
                !row.variant.settings.isEmpty
                    && row.variant.settings.allSatisfy { $0.parameter == parameter.name }
            }
            let moved = listed(metrics.indices.filter { place in alone.contains { isMoved($0, place) } })
            if !moved.isEmpty {
                return SweepReport.Finding(
                    .note,
                    "\(parameter.name) changed no answer (\(count) compared), and did change \(moved)")
            }
            return SweepReport.Finding(
                .bad,
                "\(parameter.name) had no effect on any answer (\(count) compared): is it read? "
                    + "It was laid over \(parameter.place)")
        }
    }

    private var afterwards: [SweepReport.Finding] {
        guard facts.isChosenAfterwards else { return [] }
        return [
            SweepReport.Finding(
                .doubtful,
                "axes or claimed metrics were chosen after the answers were there: what is proven on them is a "
                    + "suggestion, to be proven on fresh examples")
        ]
    }

    private var unasked: [SweepReport.Finding] {
        rows.compactMap { row in
            row.problem.map {
                SweepReport.Finding(.bad, "\(row.variant.name) could not be measured: \($0)")
            }
        }
    }

    /// Variants that are the reference by another name.
    private var alike: [SweepReport.Finding] {
        let silent = Set(
            parameters.compactMap { parameter -> String? in
                if case .none = parameter.effect { return parameter.name }
                return nil
            })
        return rows.compactMap { row in
            guard let changed = row.changed, changed.answers == 0 else { return nil }
            // Said of the parameter already.
            if row.variant.settings.allSatisfy({ silent.contains($0.parameter) }) { return nil }
            let moved = listed(metrics.indices.filter { isMoved(row, $0) })
            return SweepReport.Finding(
                .note,
                "\(row.variant.name) gave the reference's answer on all \(changed.of) examples and repeats"
                    + (moved.isEmpty
                        ? ", and no metric differs beyond its noise" : ": it differs in \(moved) alone"))
        }
    }

    /// Whether a metric of a variant surely differs from the reference's, by its own interval.
    private func isMoved(_ row: SweepReport.Row, _ metric: Int) -> Bool {
        guard row.cells.indices.contains(metric), let interval = row.cells[metric].difference?.interval else {
            return false
        }
        return interval.lower > 0 || interval.upper < 0
    }

    private func listed(_ places: [Int]) -> String {
        let names = places.prefix(4).map { metrics[$0].name }
        let more = places.count > 4 ? " and \(places.count - 4) more" : ""
        if more.isEmpty, names.count > 1, let last = names.last {
            return names.dropLast().joined(separator: ", ") + " and " + last
        }
        return names.joined(separator: ", ") + more
    }

    /// Failures of a variant that was measured all the same.
    private var partial: [SweepReport.Finding] {
        rows.compactMap { row in
            guard row.isMeasured, let counts = row.measurement, counts.appFailures + counts.unmeasured > 0
            else {
                return nil
            }
            var words: [String] = []
            if counts.appFailures > 0 {
                words.append("\(counts.appFailures) of \(counts.planned) failed, and count as its worst")
            }
            if counts.unmeasured > 0 {
                words.append(
                    "\(counts.unmeasured) of \(counts.planned) could not be measured, and are left out")
            }
            let cause = counts.causes.first { !$0.isMetric }.map { " (\($0.cause): \($0.detail))" } ?? ""
            return SweepReport.Finding(
                .doubtful, "\(row.variant.name): \(words.joined(separator: "; "))\(cause)")
        }
    }

    private var axes: [SweepReport.Finding] {
        metrics.indices.filter { metrics[$0].isAxis }.compactMap { axis in
            let lacking = rows.filter { $0.isMeasured && $0.cells[axis].estimate == nil }
            guard !lacking.isEmpty else { return nil }
            let who =
                lacking.count == rows.count { $0.isMeasured }
                ? "any variant" : lacking.map(\.variant.name).joined(separator: ", ")
            return SweepReport.Finding(
                .doubtful,
                "\(metrics[axis].name) has no value for \(who), which can have no place on the frontier")
        }
    }

    private var cached: [SweepReport.Finding] {
        let count = rows.reduce(0) { $0 + ($1.measurement?.fromCache ?? 0) }
        guard count > 0 else { return [] }
        return [
            SweepReport.Finding(
                .note,
                "\(Prose.counted(count, "answer")) \(count == 1 ? "comes" : "come") from the cache, timed as when first asked; "
                    + "--no-cache asks anew")
        ]
    }
}
