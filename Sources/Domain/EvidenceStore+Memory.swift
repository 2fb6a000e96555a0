import Synchronization

/// Evidence in memory, for tests and for runs that shall leave nothing behind.
public final class MemoryEvidence: EvidenceStore {
    private struct Record: Sendable {
        var observations: [Observation] = []
        var files: [String: [UInt8]] = [:]
        /// The log that may append; a later one gets the next number.
        var writer: Int?
    }

    private struct Content: Sendable {
        var records: [String: Record] = [:]
        var logs = 0
    }

    private let content = Mutex(Content())

    public init() {}

    public func open(run: String) throws(StoreError) -> any ObservationLog {
        try EvidenceName.check(run: run)
        let number = content.withLock { content -> Int? in
            guard content.records[run]?.writer == nil else { return nil }
            content.logs += 1
            content.records[run, default: Record()].writer = content.logs
            return content.logs
        }
        guard let number else {
            throw StoreError(.busy, "run \(run) is being written; wait for it, or stop it")
        }
        return MemoryLog(store: self, run: run, number: number)
    }

    public func read(
        run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void
    ) throws {
        try EvidenceName.check(run: run)
        guard let found = content.withLock({ $0.records[run]?.observations }) else {
            throw StoreError(.missing, "there is no run \(run)")
        }
        for observation in found { try each(observation) }
    }

    public func put(run: String, name: String, bytes: [UInt8]) throws(StoreError) {
        try EvidenceName.check(run: run)
        try EvidenceName.check(file: name)
        content.withLock { $0.records[run, default: Record()].files[name] = bytes }
    }

    public func get(run: String, name: String) throws(StoreError) -> [UInt8]? {
        try EvidenceName.check(run: run)
        try EvidenceName.check(file: name)
        return content.withLock { $0.records[run]?.files[name] }
    }

    public func runs() -> [String] {
        content.withLock { $0.records.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    fileprivate func append(_ observation: Observation, _ run: String, _ number: Int) -> Bool {
        content.withLock { content in
            guard content.records[run]?.writer == number else { return false }
            content.records[run]?.observations.append(observation)
            return true
        }
    }

    fileprivate func release(_ run: String, _ number: Int) {
        content.withLock { content in
            if content.records[run]?.writer == number { content.records[run]?.writer = nil }
        }
    }
}

private final class MemoryLog: ObservationLog {
    private let store: MemoryEvidence
    private let run: String
    private let number: Int

    init(store: MemoryEvidence, run: String, number: Int) {
        self.store = store
        self.run = run
        self.number = number
    }

    deinit { store.release(run, number) }

    func append(_ observation: Observation) throws(StoreError) {
        guard store.append(observation, run, number) else {
            throw StoreError(.unavailable, "the log of run \(run) is closed")
        }
    }

    func finish() { store.release(run, number) }
}
