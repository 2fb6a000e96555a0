import Domain
import Rollout
import Synchronization

/// Outcomes of the candidate's requests on their way from the loops to the fuse.
final class OutcomeBox: Sendable {
    struct Entry: Sendable {
        let outcome: FuseOutcome
        /// The number of the plan that sent the request.
        let plan: Int
    }

    private let entries = Mutex<[Entry]>([])
    /// The keeper empties it ten times a second.
    private static let most = 65_536

    func add(_ outcome: FuseOutcome, plan: Int) {
        entries.withLock { if $0.count < Self.most { $0.append(Entry(outcome: outcome, plan: plan)) } }
    }

    /// Takes what was learnt of a user's answer by looking at it, beside the loops: its validity, its first token, and
    /// whether a stream said that it failed. What else there is was told when the answer ended.
    func add(afterLook outcome: LiveOutcome) {
        guard outcome.arm == .candidate, !outcome.isCopy, let plan = outcome.plan else { return }
        let failed = outcome.failure?.kind == .stream
        let first = outcome.failure == nil ? outcome.firstTokenMilliseconds : nil
        guard failed || outcome.isValid != nil || first != nil else { return }
        add(
            .afterLook(
                key: outcome.sender, failed: failed, invalid: outcome.isValid.map { !$0 },
                firstToken: first.map { .nanoseconds(Int64($0 * 1e6)) }), plan: plan)
    }

    func take() -> [Entry] {
        entries.withLock { entries in
            guard !entries.isEmpty else { return [] }
            let taken = entries
            entries = []
            return taken
        }
    }
}
