import Domain
import Metrics
import Statistics

/// A gate that was evaluated but for its claims of regression, which wait for Holm's adjustment over all of them.
struct GateDraft {
    var result: GateResult
    /// What a claim of regression must satisfy besides its adjusted p: nil where the rule makes no such claim.
    var claim: Claim?
    /// For `[each]`: a claim a member, in the order of `result.members`.
    var memberClaims: [Claim?] = []
    var members: [MemberDraft] = []

    struct Claim {
        let p: Double
        /// False where the drop, however sure, is within the margin.
        let beyondMargin: Bool
    }

    struct MemberDraft {
        let name: String
        let baseline: Double
        let candidate: Double
        let difference: Interval?
        let n: Int
        let claim: Claim?
    }
}
