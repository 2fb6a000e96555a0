import Domain

/// Each trusted gate has to be implied by one that the change keeps, for every kind of change.
struct GateComparison {
    let trusted: ReleasePolicy
    let proposed: ReleasePolicy
    private(set) var loosenings: [Loosening] = []
    private(set) var stricter: [String] = []

    init(trusted: ReleasePolicy, proposed: ReleasePolicy) {
        self.trusted = trusted
        self.proposed = proposed
    }

    mutating func compare() {
        let before = Strictness.rank(nil, policy: trusted.unsure)
        let after = Strictness.rank(nil, policy: proposed.unsure)
        if after < before {
            loosenings.append(
                Loosening(
                    .unsureSoftened, "unsure", before: words(trusted.unsure), after: words(proposed.unsure)))
        } else if after > before {
            stricter.append("unsure: \(words(trusted.unsure)) → \(words(proposed.unsure))")
        }
        if proposed.unfedWaits != trusted.unfedWaits {
            let (was, now) = (trusted.unfedWaits ? "wait" : "ask", proposed.unfedWaits ? "wait" : "ask")
            if proposed.unfedWaits {
                loosenings.append(Loosening(.unsureSoftened, "unfed", before: was, after: now))
            } else {
                stricter.append("unfed: \(was) → \(now)")
            }
        }
        for gate in trusted.gates { hold(gate, among: proposed.gates, nil) }
        for kind in ChangeKind.allCases {
            let among = proposed.gates + (proposed.gatesByChange[kind] ?? [])
            for gate in trusted.gatesByChange[kind] ?? [] { hold(gate, among: among, kind) }
        }
        added(proposed.gates, to: trusted.gates, nil)
        for kind in ChangeKind.allCases {
            added(
                proposed.gatesByChange[kind] ?? [], to: trusted.gates + (trusted.gatesByChange[kind] ?? []),
                kind)
        }
    }

    private func words(_ unsure: UnsurePolicy) -> String {
        unsure == .default ? "the usual" : unsure.rawValue
    }

    /// Reports where no gate among those kept asks for at least as much.
    private mutating func hold(_ gate: GateRule, among kept: [GateRule], _ kind: ChangeKind?) {
        let name = self.name(gate, kind)
        let near = kept.filter { $0.slice == gate.slice && $0.metric == gate.metric }
        let implying = near.filter { Strictness.implies($0.form, gate.form) }
        guard let best = implying.max(by: { rank($0) < rank($1) }) else {
            let same = near.first { Strictness.kind(of: $0.form) == Strictness.kind(of: gate.form) }
            loosenings.append(
                same.map { Loosening(.gateLoosened, name, before: gate.text, after: $0.text) }
                    ?? Loosening(.gateRemoved, name))
            return
        }
        // Where neither says anything itself, the policy's own answer is told once for all.
        let isOwn = gate.unsure != nil || best.unsure != nil
        if isOwn, rank(best) < Strictness.rank(gate.unsure, policy: trusted.unsure) {
            loosenings.append(
                Loosening(
                    .unsureSoftened, name, before: words(gate.unsure ?? trusted.unsure),
                    after: words(best.unsure ?? proposed.unsure)))
        }
        people(gate, best, name)
        if best.text != gate.text { stricter.append("gate tightened: \(name) → \(best.text)") }
    }

    private func rank(_ gate: GateRule) -> Int { Strictness.rank(gate.unsure, policy: proposed.unsure) }

    /// Who answers for a threshold, and when it is looked at again.
    private mutating func people(_ before: GateRule, _ after: GateRule, _ name: String) {
        for (what, was, now) in [
            ("owner", before.owner, after.owner), ("approved by", before.approvedBy, after.approvedBy),
        ]
        where was != now {
            loosenings.append(
                Loosening(
                    .ownerChanged, name, before: "\(what) \(was ?? "none")", after: "\(what) \(now ?? "none")"
                ))
        }
        guard let review = before.review, before.review != after.review else { return }
        if let later = after.review, later < review { return }
        loosenings.append(
            Loosening(
                .reviewPostponed, name, before: review.description,
                after: after.review?.description ?? "never"))
    }

    private mutating func added(_ gates: [GateRule], to known: [GateRule], _ kind: ChangeKind?) {
        for gate in gates
        where !known.contains(where: {
            $0.slice == gate.slice && $0.metric == gate.metric
                && Strictness.implies($0.form, gate.form)
        }) {
            let tightens = known.contains {
                $0.slice == gate.slice && $0.metric == gate.metric && Strictness.implies(gate.form, $0.form)
            }
            if !tightens { stricter.append("gate added: \(name(gate, kind))") }
        }
    }

    private func name(_ gate: GateRule, _ kind: ChangeKind?) -> String {
        kind.map { "\(gate.text), for a change of the \($0.rawValue)" } ?? gate.text
    }
}
