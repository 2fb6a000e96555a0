import Domain

/// What a change must pass: gates and layers, each with the kinds of change that asked for it.
public struct Requirements: Sendable {
    /// The policy's own gates first, then those of the kinds; a gate that another implies is left out, and
    /// its kinds are named at the other.
    public let gates: [GateRule]
    /// In the order of a release.
    public let layers: [RequiredLayers]
}

extension ReleasePolicy {
    /// The union of what the kinds of a change ask for; where two rules are on the same metric and slice and
    /// one implies the other (see `Strictness`), only the stricter holds.
    ///
    /// A rule that always holds is asked for by no kind. Kinds that `layers` does not name require the golden
    /// gate, as does a change of no named kind.
    public func requirements(for kinds: [ChangeKind]) -> Requirements {
        let sorted = Set(kinds).sorted()
        var kept: [GateRule] = []
        for gate in gates { merge(gate.asked(by: []), into: &kept) }
        for kind in sorted {
            for gate in gatesByChange[kind] ?? [] { merge(gate.asked(by: [kind]), into: &kept) }
        }
        return Requirements(gates: kept, layers: requiredLayers(sorted))
    }

    private func merge(_ gate: GateRule, into kept: inout [GateRule]) {
        if let index = kept.firstIndex(where: { dominates($0, gate) }) {
            // What always holds is asked for by no kind in particular.
            guard !kept[index].askedBy.isEmpty else { return }
            let kinds = gate.askedBy.isEmpty ? [] : Set(kept[index].askedBy + gate.askedBy).sorted()
            kept[index] = kept[index].asked(by: kinds)
            return
        }
        var place: Int?
        var kinds = Set(gate.askedBy)
        for index in kept.indices.reversed() where dominates(gate, kept[index]) {
            kinds.formUnion(kept[index].askedBy)
            kept.remove(at: index)
            place = index
        }
        kept.insert(gate.asked(by: kinds.sorted()), at: place ?? kept.count)
    }

    private func dominates(_ gate: GateRule, _ other: GateRule) -> Bool {
        guard gate.slice == other.slice, gate.metric == other.metric else { return false }
        let rank = Strictness.rank(gate.unsure, policy: unsure)
        guard rank >= Strictness.rank(other.unsure, policy: unsure) else { return false }
        return Strictness.implies(gate.form, other.form)
    }

    private func requiredLayers(_ kinds: [ChangeKind]) -> [RequiredLayers] {
        var required: [RequiredLayers] = []
        for layer in Layer.allCases {
            let asking = kinds.filter { (layers[$0] ?? [.golden]).contains(layer) }
            guard !asking.isEmpty || (kinds.isEmpty && layer == .golden) else { continue }
            required.append(RequiredLayers(layer: layer, askedBy: asking))
        }
        return required
    }
}
