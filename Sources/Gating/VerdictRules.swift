import Domain
import Metrics

/// From settled gates to one answer.
///
/// In this order: nothing was measured at all; too much went unmeasured, or an arm gave no answer, so that nothing
/// can be told whatever the gates say; a gate or a slice fails; a gate is undecided and somebody must decide; ship.
struct VerdictRules {
    let options: GateOptions
    let arms: [Arm]
    /// Observations that an arm should have.
    let rowCount: Int
    var stageOf: (GateResult) -> String? = { _ in nil }
    var examples = 0

    /// What the gates and slices say, where everything was measured.
    struct Conclusion {
        let verdict: Verdict
        /// Undecided gates that somebody must decide, that the policy counts as failed, that a later layer settles.
        let undecided: [GateResult]
        let refused: [GateResult]
        let reserved: [GateResult]
    }

    static func conclusion(
        _ gates: [GateResult], hasFailingSlice: Bool, _ options: GateOptions
    ) -> Conclusion {
        var undecided: [GateResult] = []
        var refused: [GateResult] = []
        var reserved: [GateResult] = []
        let gates = gates.filter { $0.waiver == nil }
        for gate in gates where gate.outcome == .unsure {
            switch answer(gate.rule.unsure, options) {
            case .fail: refused.append(gate)
            case .continue: reserved.append(gate)
            case .ask, .default: undecided.append(gate)
            }
        }
        var verdict = Verdict.ship
        if !hasFailingSlice, gates.allSatisfy({ $0.outcome == .notJudged }) {
            verdict = .cannotTell
        } else if hasFailingSlice || !refused.isEmpty || gates.contains(where: { $0.outcome == .fails }) {
            verdict = .block
        } else if !undecided.isEmpty {
            verdict = .cannotTell
        }
        return Conclusion(verdict: verdict, undecided: undecided, refused: refused, reserved: reserved)
    }

    func conclude(_ judgement: inout Judgement, _ measurement: MeasurementCounts) {
        let failing = judgement.gates.filter { $0.outcome == .fails && $0.waiver == nil }
        let failingSlices = judgement.slices.filter { $0.outcome == .fails && !$0.isWaived }
        let conclusion = VerdictRules.conclusion(
            judgement.gates, hasFailingSlice: !failingSlices.isEmpty, options)
        judgement.reservations += conclusion.reserved.map { gate in
            Reservation(
                gate: gate.rule.text, why: gate.note,
                settledBy: options.laterLayers.first?.rawValue ?? "a person")
        }
        warn(&judgement, measurement)
        if let (verdict, headline) = unmeasured(measurement) {
            judgement.verdict = verdict
            judgement.headline = headline
            return
        }
        judgement.verdict = conclusion.verdict
        switch conclusion.verdict {
        case .block:
            judgement.headline = Headline.blocked(
                failing, conclusion.refused, failingSlices,
                brokenStages: judgement.stages.filter(\.broke).map(\.stage), stageOf: stageOf)
        case .ship:
            judgement.headline = Headline.ships(
                judgement.gates.filter { $0.waiver == nil }, reservations: judgement.reservations.count,
                settlers: settlers(judgement),
                examples: examples)
            let waived = judgement.gates.filter { $0.waiver != nil }
            if let lead = waived.first {
                let rest = waived.count > 1 ? " and \(waived.count - 1) more" : ""
                judgement.headline = Headline.joined(
                    judgement.headline, "; waived: \(lead.rule.text.prefix(80))\(rest)")
            }
        case .cannotTell, .couldNotMeasure:
            if conclusion.undecided.isEmpty {
                judgement.headline =
                    judgement.gates.isEmpty
                    ? "the policy has no gates, so that nothing decides"
                    : judgement.gates.contains { $0.waiver != nil }
                        ? "every gate that could decide is waived, so that nothing decides"
                        : "no gate finds anything in this data set to judge it by, so that nothing decides"
            } else {
                judgement.headline = Headline.undecided(conclusion.undecided)
            }
        }
    }

    private static func answer(_ own: UnsurePolicy?, _ options: GateOptions) -> UnsurePolicy {
        // A gate that says nothing itself leaves it to the policy.
        let chosen = own.flatMap { $0 == .default ? nil : $0 } ?? options.unsure
        guard chosen == .default || chosen == .continue else { return chosen }
        return options.laterLayers.isEmpty ? .ask : .continue
    }

    private func settlers(_ judgement: Judgement) -> [String] {
        var names: [String] = []
        for reservation in judgement.reservations where !names.contains(reservation.settledBy) {
            names.append(reservation.settledBy)
        }
        return names
    }

    // MARK: What was not measured

    func unmeasured(_ measurement: MeasurementCounts) -> (Verdict, String)? {
        let why = reason(measurement).map { " (\($0))" } ?? ""
        if measurement.answered == 0, measurement.appFailures == 0 {
            return (.couldNotMeasure, Headline.joined("nothing could be measured\(why)"))
        }
        if measurement.answered == 0 {
            return (.cannotTell, Headline.joined("the app gave no answer at all\(why)"))
        }
        let planned = max(1, measurement.planned)
        if Double(measurement.unmeasured) > options.unmeasuredLimit * Double(planned) {
            let counts = "\(measurement.unmeasured) of \(planned) observations could not be measured"
            return (.cannotTell, Headline.joined(counts + why))
        }
        // By arm as well: all of one arm's losses are half of the observations at most.
        for arm in arms {
            let own = measurement.causes.filter { $0.arm == arm && !$0.isMetric }
            let lost = own.filter { !isAppFailure($0.cause) }.reduce(0) { $0 + $1.count }
            if Double(lost) > options.unmeasuredLimit * Double(max(1, rowCount)) {
                let counts =
                    "\(lost) of \(rowCount) observations of the \(arm.rawValue) could not be measured"
                return (.cannotTell, Headline.joined(counts + why))
            }
            let failed = own.reduce(0) { $0 + $1.count }
            guard arm == .baseline, rowCount > 0 else { continue }
            if failed >= rowCount {
                return (
                    .cannotTell, Headline.joined("the baseline gave no answer at all to compare with\(why)")
                )
            }
            // Failures score worst, and a baseline that fails would let any candidate look well beside it.
            if Double(failed) > options.unmeasuredLimit * Double(rowCount) {
                let counts = "the baseline failed on \(failed) of \(rowCount): nothing to compare with"
                return (.cannotTell, Headline.joined(counts + why))
            }
        }
        return nil
    }

    private func isAppFailure(_ cause: String) -> Bool {
        guard let known = Failure.Cause(rawValue: cause) else { return false }
        return Failure(cause: known, detail: "").countsAgainstApp
    }

    private func reason(_ measurement: MeasurementCounts) -> String? {
        measurement.causes.filter { !$0.isMetric }.max { ($0.count, $1.cause) < ($1.count, $0.cause) }.map {
            "\($0.cause): \($0.detail)"
        }
    }

    private func warn(_ judgement: inout Judgement, _ measurement: MeasurementCounts) {
        if options.attempt > 1 {
            let level = shortNumber(options.proof.alpha)
            judgement.warnings.append(
                "attempt \(options.attempt) on this pair: a pass must be proven at \(level), half as much with each "
                    + "attempt, so that all attempts together err in less than \(shortNumber(2 * options.alpha)); fresh "
                    + "examples start anew")
        }
        if judgement.gates.contains(where: { $0.outcome == .unsure && $0.note.contains("fresh ones") }) {
            judgement.warnings.append(
                "asking for the same examples again proves nothing: five tries ship a candidate at its margin in "
                    + "13.5 % instead of 5 %; more evidence is fresh examples")
        }
        for gate in judgement.gates where gate.outcome == .notJudged {
            let place = gate.rule.place.file
            judgement.warnings.append("\(gate.rule.text) (\(place)) is not judged: \(gate.note)")
        }
        let failed = measurement.causes.filter { $0.arm == .baseline && isAppFailure($0.cause) }
            .reduce(0) { $0 + $1.count }
        if rowCount > 0, Double(failed) > options.unmeasuredLimit * Double(rowCount) {
            judgement.warnings.append(
                "the baseline failed on \(failed) of \(rowCount) observations: comparisons with it flatter the candidate"
            )
        }
    }
}
