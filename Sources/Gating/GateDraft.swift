import Domain
import Metrics
import Statistics

/// A gate that was evaluated but for its claims of regression, which wait for Holm's adjustment over all of them.
struct GateDraft {
    var result: GateResult
    /// What a claim of regression must satisfy besides its adjusted p: nil where the rule makes no such claim.
    var claim: Claim?
    /// For `[each]`: the classes, with a claim where one may be judged.
    var members: [MemberDraft] = []
    /// What the note adds, once it is known at which level claims were held.
    var afterwards: ((GateResult.Outcome, ClaimFamily) -> String?)?

    struct Claim {
        let p: Double
        /// With the unmeasured imputed against the candidate.
        let cautiousP: Double
        /// False where the drop, however sure, is within the margin.
        let isBeyondMargin: Bool
        /// The same with the unmeasured imputed.
        let isCautiouslyBeyond: Bool

        init(p: Double, cautiousP: Double? = nil, isBeyondMargin: Bool, isCautiouslyBeyond: Bool? = nil) {
            self.p = p
            self.cautiousP = min(p, cautiousP ?? p)
            self.isBeyondMargin = isBeyondMargin
            self.isCautiouslyBeyond = isCautiouslyBeyond ?? isBeyondMargin
        }
    }

    struct MemberDraft {
        let name: String
        let baseline: Double?
        let candidate: Double?
        let difference: Interval?
        let n: Int
        let claim: Claim?
        /// Decided without a claim.
        var outcome = GateResult.Outcome.notJudged
        /// The test behind the claim.
        var test = ""
    }

    /// Every claim in a fixed order: the gate's own, then its members'.
    var claims: [Claim] { [claim].compactMap(\.self) + members.compactMap(\.claim) }
}
