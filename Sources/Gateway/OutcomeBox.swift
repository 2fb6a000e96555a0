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

    func take() -> [Entry] {
        entries.withLock { entries in
            guard !entries.isEmpty else { return [] }
            let taken = entries
            entries = []
            return taken
        }
    }
}
