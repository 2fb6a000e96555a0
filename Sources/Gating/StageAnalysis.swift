import Domain
import Metrics
import Statistics

/// Where it broke: which of the app's stages the losses come from, and which of them merely follow another.
///
/// A stage's *signal* is a digest of what it put out (the intent, the documents' ids, the text, the decision); it
/// is the same in both arms where the stage did the same. A stage follows another where its loss vanishes among
/// the examples on which the other's signal did not change. Only what comes earlier can be followed, and two that
/// may come at any place: a guardrail hides what the others did, and an app that gave no answer lost everything.
struct StageAnalysis {
    let table: GateTable
    let options: GateOptions

    struct Suspect {
        let stage: Stage
        /// Definition names of the stage's metrics that got worse.
        let metrics: [String]
        /// Whether a rule failed on one of them; else it is worse, and may be what others follow.
        let isFailing: Bool
    }

    struct Finding {
        let stage: Stage
        /// Failing stages that follow it, in the order of the app.
        var followers: [Stage]
    }

    /// The stages to name: those with losses of their own, in the order of the app. Empty where no failing rule
    /// belongs to a stage.
    func findings(_ suspects: [Suspect]) throws -> [Finding] {
        let ordered = suspects.sorted { place($0.stage) < place($1.stage) }
        var causes: [Stage: [Stage]] = [:]
        for cause in ordered {
            let own = try cause.metrics.compactMap { try losses($0, where: nil)?.all }.max() ?? 0
            guard let changed = try changedExamples(cause.stage) else { continue }
            for effect in ordered where mayDrive(cause.stage, effect.stage) {
                // What no rule took offence at must at least have lost about as much as what it is to explain.
                let size = try effect.metrics.compactMap { try losses($0, where: nil)?.all }.max() ?? 0
                let isGrave = cause.isFailing || cause.stage == .operation
                guard isGrave || own >= StageAnalysis.remainder * size else { continue }
                if try vanishes(effect, where: changed) {
                    causes[effect.stage, default: []].append(cause.stage)
                }
            }
        }
        var found: [Finding] = []
        for suspect in ordered where suspect.isFailing {
            let root = try root(of: suspect.stage, causes)
            if let known = found.firstIndex(where: { $0.stage == root }) {
                if suspect.stage != root { found[known].followers.append(suspect.stage) }
            } else {
                found.append(Finding(stage: root, followers: suspect.stage == root ? [] : [suspect.stage]))
            }
        }
        return found.sorted { place($0.stage) < place($1.stage) }
    }

    /// Follows causes to the one that has none; of two that explain each other, the one whose signal changed on
    /// fewer examples says more.
    private func root(of stage: Stage, _ causes: [Stage: [Stage]]) throws -> Stage {
        var stage = stage
        var seen: [Stage] = [stage]
        while let next = try cause(of: stage, causes), !seen.contains(next) {
            stage = next
            seen.append(next)
        }
        return stage
    }

    private func cause(of stage: Stage, _ causes: [Stage: [Stage]]) throws -> Stage? {
        var best: (stage: Stage, changed: Int)?
        for cause in causes[stage] ?? [] {
            let changed = try changedExamples(cause)?.count { $0 } ?? .max
            let isMutual = causes[cause]?.contains(stage) == true
            if isMutual {
                let own = try changedExamples(stage)?.count { $0 } ?? .max
                if (own, tieOrder(stage)) < (changed, tieOrder(cause)) { continue }
            }
            // The earliest cause is the root of those between.
            if best == nil { best = (cause, changed) }
        }
        return best?.stage
    }

    private func tieOrder(_ stage: Stage) -> Int {
        switch stage {
        case .operation: 0
        case .guardrail: 1
        case .routing, .retrieval, .generation, .format: 2 + place(stage)
        }
    }

    private func place(_ stage: Stage) -> Int { Stage.allCases.firstIndex(of: stage) ?? 0 }

    private func mayDrive(_ cause: Stage, _ effect: Stage) -> Bool {
        guard cause != effect else { return false }
        return cause == .guardrail || cause == .operation || place(cause) < place(effect)
    }

    // MARK: Signals

    /// For each example whether the stage put out something else than in the baseline; nil where the app does not
    /// show it.
    func changedExamples(_ stage: Stage) throws -> [Bool]? {
        if stage == .operation { return try unansweredExamples() }
        let name = stage.signalName
        guard let before = try table.column(name, .baseline), let after = try table.column(name, .candidate)
        else {
            return nil
        }
        var isSeen = false
        var changed = [Bool](repeating: false, count: table.count)
        for example in 0..<table.count {
            for row in table.rows(of: example) {
                if before.states[row] == 0 { isSeen = true }
                guard before.states[row] == 0, after.states[row] == 0 else {
                    if (before.states[row] == 0) != (after.states[row] == 0) { changed[example] = true }
                    continue
                }
                if before.values[row] != after.values[row] { changed[example] = true }
            }
        }
        return isSeen ? changed : nil
    }

    /// Where one arm answered and the other did not; nil where both always did or it is not known.
    private func unansweredExamples() throws -> [Bool]? {
        let name = Stage.generation.signalName
        guard let before = try table.column(name, .baseline), let after = try table.column(name, .candidate)
        else {
            return nil
        }
        var changed = [Bool](repeating: false, count: table.count)
        var differs = false
        for example in 0..<table.count {
            for row in table.rows(of: example) where isAnswered(before, row) != isAnswered(after, row) {
                changed[example] = true
                differs = true
            }
        }
        return differs ? changed : nil
    }

    /// Examples on which the candidate gave no answer; nil where it always did, or nobody can say.
    func silentExamples() throws -> [Bool]? {
        guard let column = try table.column(Stage.generation.signalName, .candidate) else { return nil }
        var silent = [Bool](repeating: false, count: table.count)
        for example in 0..<table.count {
            for row in table.rows(of: example) where !isAnswered(column, row) { silent[example] = true }
        }
        return silent.contains(true) ? silent : nil
    }

    /// Whether what the candidate's metrics fall short by stands where it gave no answer, and hardly elsewhere: for runs
    /// that have nothing to be compared with.
    func isOfSilence(_ suspect: Suspect, _ silent: [Bool]) throws -> Bool {
        for name in suspect.metrics {
            guard let definition = table.definitions[name], let sample = try table.sample(name, .candidate)
            else { continue }
            let sign = definition.direction == .lower ? -1.0 : 1.0
            let grades = table.all.compactMap { example in
                sample.grade(example).map { (value: sign * $0, isSilent: silent[example]) }
            }
            // The best there can be, else the best that was seen.
            let end = definition.direction == .lower ? definition.lowest : definition.highest
            guard let best = end.map({ sign * $0 }) ?? grades.map(\.value).max() else { continue }
            let all = grades.reduce(0) { $0 + best - $1.value }
            let left = grades.reduce(0) { $0 + ($1.isSilent ? 0 : best - $1.value) }
            if left > StageAnalysis.remainder * all { return false }
        }
        return true
    }

    private func isAnswered(_ column: ScoreColumn, _ row: Int) -> Bool {
        let state = Int(column.states[row].magnitude)
        return state == 0 || state > column.answered.count || column.answered[state - 1]
    }

    // MARK: Losses

    /// A quarter of the loss may be left where the cause changed nothing: answers vary by themselves.
    private static let remainder = 0.25

    private func vanishes(_ effect: Suspect, where changed: [Bool]) throws -> Bool {
        var isLost = false
        for name in effect.metrics {
            guard let (all, left) = try losses(name, where: changed), all > 0 else { continue }
            if left > StageAnalysis.remainder * all { return false }
            isLost = true
        }
        return isLost
    }

    /// How much a metric lost over all examples, and over those on which a signal did not change: totals, since
    /// what is left must be seen beside the whole, however many examples carry it.
    func losses(_ name: String, where changed: [Bool]?) throws -> (all: Double, left: Double)? {
        guard let definition = table.definitions[name], let before = try table.sample(name, .baseline),
            let after = try table.sample(name, .candidate)
        else { return nil }
        let sign = definition.direction == .lower ? -1.0 : 1.0
        func loss(_ examples: [Int]) -> Double {
            let pair = PairedSample(baseline: before, candidate: after, examples: examples)
            switch (pair.actual.baseline, pair.actual.candidate) {
            case (.scores(let was), .scores(let now)):
                // Where neither way is better, any movement is what the rule took offence at.
                let isNeutral = definition.direction == .neither
                return zip(was, now).reduce(0) { $0 + (isNeutral ? abs($1.0 - $1.1) : sign * ($1.0 - $1.1)) }
            case (.labels(let was), .labels(let now)):
                return (0..<was.count).reduce(0) { $0 + was.rightShare($1) - now.rightShare($1) }
            default:
                let functional = PairedFunctional(pair.actual, definition.aggregate)
                guard let (was, now) = functional.whole() else { return 0 }
                return sign * (was - now) * Double(functional.count)
            }
        }
        let all = loss(table.all)
        guard let changed else { return (all, all) }
        return (all, loss(table.all.filter { !changed[$0] }))
    }
}
