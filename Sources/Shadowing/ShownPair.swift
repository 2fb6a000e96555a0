import Domain

/// A pair worth reading: what was asked, what each arm said, and where they differ.
public struct ShownPair: Sendable {
    public struct Side: Sendable {
        public let status: Int?
        public let text: String?
        public let intent: String?
        public let guardrail: String?
        public let documents: [RetrievedDocument]?
        public let failure: String?
        public let latencyMilliseconds: Double?
    }

    public let id: String
    public let key: String?
    public let query: String
    public let route: String
    public let slices: [ShadowPair.Label]
    public let production: Side
    public let candidate: Side
    /// What differs, worst first, in words.
    public let reasons: [String]
    /// Fields of the bodies that differ, bounded.
    public let changes: [FieldChange]
    /// Changes beyond those.
    public let furtherChanges: Int
    /// The larger, the worse.
    public let severity: Double
}

/// The worst pairs, a bounded number of them; ties by id, so that the order of reading changes nothing.
struct WorstPairs {
    private(set) var pairs: [ShownPair] = []
    let most: Int

    init(most: Int) { self.most = most }

    /// Whether a pair of that severity would be kept.
    func wants(_ severity: Double, id: String) -> Bool {
        guard most > 0, severity > 0 else { return false }
        guard pairs.count >= most, let last = pairs.last else { return true }
        return severity > last.severity || (severity == last.severity && id < last.id)
    }

    mutating func add(_ pair: ShownPair) {
        let place = pairs.firstIndex {
            $0.severity < pair.severity || ($0.severity == pair.severity && pair.id < $0.id)
        }
        pairs.insert(pair, at: place ?? pairs.count)
        if pairs.count > most { pairs.removeLast() }
    }
}
