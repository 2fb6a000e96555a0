import Domain
import Synchronization

/// A run store in memory, for tests and for runs that shall leave nothing behind.
public final class MemoryRunStore: RunStore {
    private let records = Mutex<[RunRecord]>([])
    private let kept = Mutex<[String: RunSummary]>([:])
    private let noted = Mutex<[RunNote]>([])

    public init() {}

    public func begin(_ run: RunRecord) {
        kept.withLock { $0[run.id] = nil }
        records.withLock { records in
            if let index = records.firstIndex(where: { $0.id == run.id }) {
                records[index] = run.begun(at: records[index].startedAt)
            } else {
                records.append(run.begun(at: run.startedAt))
            }
        }
    }

    public func end(
        run: String, verdict: Verdict, durationSeconds: Double, gates: [RunRecord.Gate]
    ) throws(StoreError) {
        let found = records.withLock { records in
            guard let index = records.firstIndex(where: { $0.id == run }) else { return false }
            records[index] = records[index].ended(verdict, durationSeconds, gates)
            return true
        }
        if !found { throw StoreError(.missing, "run \(run) was never begun") }
    }

    public func keep(_ summary: RunSummary) throws(StoreError) {
        guard run(summary.id) != nil else {
            throw StoreError(.missing, "run \(summary.id) was never begun")
        }
        kept.withLock { $0[summary.id] = summary }
    }

    public func run(_ id: String) -> RunRecord? { records.withLock { $0.first { $0.id == id } } }

    public func runs(limit: Int) -> [RunRecord] {
        records.withLock { records in
            let ordered = records.sorted(by: isNewer)
            return Array(ordered.prefix(max(0, limit)))
        }
    }

    public func attempts(pair: String) -> Int {
        records.withLock { $0.count { $0.pair == pair && ($0.verdict?.isAnswer ?? false) } }
    }
}

extension MemoryRunStore: RunHistory {
    public func summaries(
        _ query: HistoryQuery, problem: (StoreError) -> Void
    ) throws(StoreError) -> [RunSummary] {
        let ended = records.withLock { $0.filter { $0.verdict != nil } }
        let kept = kept.withLock { $0 }
        return query.ordered(
            ended.map { kept[$0.id] ?? RunSummary($0) }.filter { query.matches($0) })
    }

    public func notes(problem: (StoreError) -> Void) -> [RunNote] { noted.withLock { $0 } }

    public func append(_ note: RunNote) throws(StoreError) {
        guard run(note.run) != nil else { throw StoreError(.missing, "there is no run \(note.run)") }
        noted.withLock { $0.append(note) }
    }
}

private func isNewer(_ one: RunRecord, _ other: RunRecord) -> Bool {
    if one.startedAt != other.startedAt {
        return other.startedAt.utf8.lexicographicallyPrecedes(one.startedAt.utf8)
    }
    return other.id.utf8.lexicographicallyPrecedes(one.id.utf8)
}

extension RunRecord {
    /// The record without an end, begun at this time.
    func begun(at time: String) -> RunRecord {
        RunRecord(
            id: id, project: project, startedAt: time, pair: pair, datasetDigest: datasetDigest,
            policyDigest: policyDigest)
    }

    /// The record with its end.
    public func ended(_ verdict: Verdict, _ seconds: Double, _ gates: [Gate]) -> RunRecord {
        RunRecord(
            id: id, project: project, startedAt: startedAt, pair: pair, datasetDigest: datasetDigest,
            policyDigest: policyDigest, verdict: verdict, durationSeconds: seconds, gates: gates)
    }
}

extension Verdict {
    /// Whether it looked at the data at all: what counts as an attempt.
    public var isAnswer: Bool { self != .couldNotMeasure }
}
