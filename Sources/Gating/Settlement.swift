import Domain
import Metrics
import Statistics

/// Outcomes of gates and slices once the claims of all of them are adjusted together.
struct Settlement {
    private(set) var gates: [GateResult] = []
    private(set) var slices: [SliceResult] = []
    private let family: ClaimFamily
    private let isWordy: Bool
    private var next = 0

    /// - Parameter isWordy: Whether notes are made, which costs more than the outcomes.
    init(
        family: ClaimFamily, drafts: [GateDraft], slices: [SliceAnalysis.Draft], isWordy: Bool = true
    ) {
        self.family = family
        self.isWordy = isWordy
        for draft in drafts { gates.append(settled(draft)) }
        for draft in slices { self.slices.append(settled(draft)) }
    }

    private enum Standing { case proven, open, unproven }

    /// How a claim stands, and its adjusted p: proven, open (it would be proven were the unmeasured bad), or not.
    private mutating func stand(_ claim: GateDraft.Claim) -> (standing: Standing, p: Double) {
        defer { next += 1 }
        let p = family.adjusted[next]
        if p < family.alpha, claim.isBeyondMargin { return (.proven, p) }
        if family.cautious[next] < family.alpha, claim.isCautiouslyBeyond { return (.open, p) }
        return (.unproven, p)
    }

    private mutating func settled(_ draft: GateDraft) -> GateResult {
        var result = draft.result
        if let claim = draft.claim {
            let (standing, p) = stand(claim)
            result.adjustedP = p
            if standing == .proven { result.outcome = .fails }
            if standing == .open, result.outcome == .passes { result.outcome = .unsure }
        }
        if !draft.members.isEmpty { settleMembers(draft.members, &result) }
        if isWordy, let note = draft.afterwards?(result.outcome, family), !note.isEmpty {
            result.note = result.note.isEmpty ? note : result.note + "; " + note
        }
        return result
    }

    private mutating func settleMembers(_ members: [GateDraft.MemberDraft], _ result: inout GateResult) {
        for member in members {
            var outcome = member.outcome
            var adjusted: Double?
            if let claim = member.claim {
                let (standing, p) = stand(claim)
                adjusted = p
                switch standing {
                case .proven: outcome = .fails
                case .open: outcome = .unsure
                case .unproven: outcome = .passes
                }
            }
            result.members.append(
                GateResult.Member(
                    name: member.name, outcome: outcome, baseline: member.baseline,
                    candidate: member.candidate,
                    difference: member.difference, n: member.n, adjustedP: adjusted, test: member.test))
        }
        let isLower = result.direction == Direction.lower.rawValue
        result.members.sort { first, second in
            let (left, right) = (Settlement.rank(first.outcome), Settlement.rank(second.outcome))
            if left != right { return left < right }
            let one = Settlement.drop(first, isLower)
            let two = Settlement.drop(second, isLower)
            return one != two ? one > two : first.name < second.name
        }
        let failing = result.members.filter { $0.outcome == .fails }
        let open = result.members.filter { $0.outcome == .unsure }
        if !failing.isEmpty {
            result.outcome = .fails
            result.note = "worse in " + failing.prefix(5).map(\.name).joined(separator: ", ")
        } else if !open.isEmpty, result.outcome == .passes {
            result.outcome = .unsure
            result.note =
                "unmeasured examples could make it worse in "
                + open.prefix(5).map(\.name).joined(separator: ", ")
        }
    }

    /// What fails stands first, then what is open.
    private static func rank(_ outcome: GateResult.Outcome) -> Int {
        switch outcome {
        case .fails: 0
        case .unsure: 1
        case .passes, .notJudged: 2
        }
    }

    private static func drop(_ member: GateResult.Member, _ isLower: Bool) -> Double {
        guard let was = member.baseline, let now = member.candidate else { return 0 }
        return isLower ? now - was : was - now
    }

    private mutating func settled(_ draft: SliceAnalysis.Draft) -> SliceResult {
        var outcome = GateResult.Outcome.notJudged
        // A slice never has to prove anything: what is open does not block it.
        if let claim = draft.claim { outcome = stand(claim).standing == .proven ? .fails : .passes }
        return SliceResult(
            metric: draft.metric, slice: draft.slice, value: draft.value, n: draft.n,
            baseline: draft.baseline,
            candidate: draft.candidate, difference: draft.difference, goodness: draft.goodness,
            outcome: outcome)
    }
}
