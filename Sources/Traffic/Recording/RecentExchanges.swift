import Domain

/// Who the last requests were, so that feedback on them can be counted where they were: a table of bounded size in
/// which a new request takes the place of an old one.
struct RecentExchanges {
    struct Entry {
        let hash: UInt64
        let key: UInt64?
        let assigned: LiveArm
        let stage: RecordedStage
        let slices: [LiveField]
    }

    private var entries: [Entry?]
    private let mask: UInt64

    /// - Parameter bits: The table has two to that power places.
    init(bits: Int = 16) {
        entries = [Entry?](repeating: nil, count: 1 << bits)
        mask = 1 << UInt64(bits) - 1
    }

    mutating func insert(_ facts: RequestFacts, slices: [LiveField]) {
        let hash = facts.identity.hash
        entries[Int(hash & mask)] = Entry(
            hash: hash, key: facts.key, assigned: facts.assigned, stage: facts.stage, slices: slices)
    }

    subscript(hash: UInt64) -> Entry? {
        guard let entry = entries[Int(hash & mask)], entry.hash == hash else { return nil }
        return entry
    }
}
