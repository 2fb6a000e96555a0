import Domain
import Synchronization

/// Who hears how requests came out: named after the recorder was made, by another thread than the one that tells.
public final class OutcomeListener: Sendable {
    /// A closure that passes through a generic place by itself is wrapped anew each time it is looked at; in a value it lies
    /// as it is.
    private struct Hearer: Sendable {
        let hear: @Sendable (LiveOutcome) -> Void
    }

    private let hearer = Mutex<Hearer?>(nil)

    public init() {}

    /// From now on `hear` is told; whoever was named before is not.
    public func listen(_ hear: @escaping @Sendable (LiveOutcome) -> Void) {
        hearer.withLock { $0 = Hearer(hear: hear) }
    }

    /// Tells whoever listens; nobody, and it is forgotten.
    public func tell(_ outcome: LiveOutcome) {
        hearer.withLock { $0 }?.hear(outcome)
    }
}
