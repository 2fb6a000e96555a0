import Domain
import Text

/// What is said of metrics that models left without scores: which lost what, why, and what to do.
enum ModelLosses {
    /// - Parameter gating: Names of metrics that rules rest on.
    static func notes(_ measurement: MeasurementCounts, gating: [String], run: String) -> [String] {
        var notes: [String] = []
        let short = measurement.losses.filter { $0.overBudget > 0 }
        if let first = short.first {
            let parts = short.map { loss in
                "\(loss.metric) lost \(share(loss.overBudget, of: loss.of))"
                    + (gating.contains(loss.metric) ? " (it gates)" : "")
            }
            notes.append(
                "\(budget(first.reason)): \(listed(parts)); what gates was asked first. Raise judge.budget and go on "
                    + "with sluice eval --resume \(run)")
        }
        let whole = measurement.losses.filter { $0.lost == $0.of && $0.overBudget < $0.lost }
        var told: Set<String> = []
        for loss in whole where told.insert(loss.reason).inserted {
            let names = whole.filter { $0.reason == loss.reason }.map(\.metric)
            notes.append(
                "\(listed(names)) \(names.count == 1 ? "was" : "were") not measured at all: "
                    + "\(Prose.line(loss.reason, most: 240)); mend that and go on with sluice eval --resume \(run)"
            )
        }
        return notes
    }

    /// The headline, with what was not measured at all and that no gate speaks of.
    static func headline(_ headline: String, _ measurement: MeasurementCounts, gating: [String]) -> String {
        let names = measurement.losses.filter { $0.lost == $0.of && !gating.contains($0.metric) }.map(
            \.metric)
        guard !names.isEmpty else { return headline }
        let more = names.count > 3 ? " and \(names.count - 3) more" : ""
        let rest = "; not measured at all: \(names.prefix(3).joined(separator: ", "))\(more)"
        let room = max(40, longest - rest.count)
        return (headline.count > room ? headline.prefix(room - 1) + "…" : headline[...]) + rest
    }

    /// What fits on two lines of a terminal.
    private static let longest = 160

    private static func share(_ lost: Int, of all: Int) -> String {
        lost == all ? "all \(all)" : "\(lost) of \(all)"
    }

    /// `the budget of 20 calls is spent (judge.budget)`.
    private static func budget(_ reason: String) -> String {
        let marker = "the judge was not asked: "
        guard let place = reason.firstRange(of: marker) else { return reason }
        return String(reason[place.upperBound...])
    }

    private static func listed(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
