import Synchronization

/// Whether a record was found damaged while it was read.
final class RecordDamage: Sendable {
    private let found = Atomic<Bool>(false)

    var isFound: Bool { found.load(ordering: .relaxed) }

    func note() { found.store(true, ordering: .relaxed) }
}

extension EvalSession {
    /// As often as a row of a data set and a policy may ask at most.
    static let mostRepeats = 1000
}
