import Domain

/// From settled gates to one answer.
struct VerdictRules {
    let options: GateOptions

    func conclude(_ judgement: inout Judgement, _ measurement: MeasurementCounts) {
        let failing = judgement.gates.filter { $0.outcome == .fails }
        let failingSlices = judgement.slices.filter { $0.outcome == .fails }
        var undecided: [GateResult] = []
        var refused: [GateResult] = []
        for gate in judgement.gates where gate.outcome == .unsure {
            switch answer(gate.rule.unsure) {
            case .fail: refused.append(gate)
            case .continue:
                judgement.reservations.append(
                    Reservation(
                        gate: gate.rule.text, why: gate.note, settledBy: options.laterLayers.first?.rawValue ?? "a person"))
            case .ask, .default: undecided.append(gate)
            }
        }
        if options.attempt > 1 {
            judgement.warnings.append(
                "attempt \(options.attempt) on this pair: proofs are held to a level halved with each attempt; "
                    + "fresh examples restore it")
        }
        if measurement.answered == 0, measurement.appFailures == 0 {
            judgement.verdict = .couldNotMeasure
            judgement.headline = reason(measurement) ?? "nothing was answered"
            return
        }
        let unmeasured = measurement.unmeasured
        if Double(unmeasured) > options.unmeasuredLimit * Double(max(1, measurement.planned)) {
            judgement.verdict = .cannotTell
            judgement.headline =
                "\(unmeasured) of \(measurement.planned) observations could not be measured"
                + (reason(measurement).map { " (\($0))" } ?? "")
            return
        }
        if judgement.gates.isEmpty {
            judgement.verdict = .cannotTell
            judgement.headline = "the policy has no gates"
        } else if !failing.isEmpty || !refused.isEmpty || !failingSlices.isEmpty {
            judgement.verdict = .block
            judgement.headline = blocked(failing, refused, failingSlices)
        } else if !undecided.isEmpty {
            judgement.verdict = .cannotTell
            judgement.headline = "undecided: " + undecided.map(\.rule.text).prefix(3).joined(separator: "; ")
        } else {
            judgement.verdict = .ship
            let open = judgement.reservations.count
            judgement.headline =
                open == 0
                ? "every gate passes" : "no gate fails; \(open) with a reservation for \(settlers(judgement))"
        }
    }

    private func answer(_ own: UnsurePolicy?) -> UnsurePolicy {
        let chosen = own ?? options.unsure
        guard chosen == .default || chosen == .continue else { return chosen }
        return options.laterLayers.isEmpty ? .ask : .continue
    }

    private func settlers(_ judgement: Judgement) -> String {
        var names: [String] = []
        for reservation in judgement.reservations where !names.contains(reservation.settledBy) {
            names.append(reservation.settledBy)
        }
        return names.joined(separator: ", ")
    }

    private func blocked(_ failing: [GateResult], _ refused: [GateResult], _ slices: [SliceResult]) -> String {
        var parts = failing.map(\.rule.text)
        parts += refused.map { $0.rule.text + " (undecided counts as failed)" }
        parts += slices.map { "\($0.metric) in \($0.slice) = \($0.value)" }
        let shown = parts.prefix(3).joined(separator: "; ")
        return parts.count > 3 ? shown + "; and \(parts.count - 3) more" : shown
    }

    private func reason(_ measurement: MeasurementCounts) -> String? {
        measurement.causes.max { ($0.count, $1.cause) < ($1.count, $0.cause) }.map { "\($0.cause): \($0.detail)" }
    }
}
