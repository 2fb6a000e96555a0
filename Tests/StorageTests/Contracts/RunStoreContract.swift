import Domain
import Ledger
import Storage
import Testing

/// What every run store does, whatever it is made of.
struct RunStoreContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder?
        let store: any RunStore
    }

    enum Kind: CaseIterable, Sendable {
        case memory, sqlite

        func make() throws -> Adapter {
            switch self {
            case .memory: return Adapter(folder: nil, store: MemoryRunStore())
            case .sqlite:
                let folder = try TemporaryFolder()
                return Adapter(folder: folder, store: try SQLiteRunStore(path: folder.file("a/ledger.db")))
            }
        }
    }

    private func run(_ id: String, at time: String = "2026-01-02T03:04:05Z", pair: String = "p") -> RunRecord
    {
        RunRecord(
            id: id, project: "helpdesk", startedAt: time, pair: pair, datasetDigest: "sha256:d",
            policyDigest: "sha256:p")
    }

    private let gates = [
        RunRecord.Gate(rule: "recall@3 >= 0.9", outcome: "fails", candidate: 0.8125, baseline: nil),
        RunRecord.Gate(rule: "a \"b\"; DROP TABLE runs", outcome: "passes", candidate: nil, baseline: 1),
        RunRecord.Gate(rule: "", outcome: "not judged", candidate: -0.0, baseline: .infinity),
    ]

    @Test(arguments: Kind.allCases)
    func aRunComesBackAsItWasKept(kind: Kind) throws {
        let adapter = try kind.make()
        let begun = run("r-1 'ü'", pair: "")
        try adapter.store.begin(begun)
        #expect(try adapter.store.run(begun.id) == begun)
        try adapter.store.end(run: begun.id, verdict: .block, durationSeconds: 12.25, gates: gates)
        #expect(try adapter.store.run(begun.id) == begun.ended(.block, 12.25, gates))
        #expect(try adapter.store.run("r-2") == nil)
    }

    @Test(arguments: Kind.allCases)
    func aSecondEndTakesThePlaceOfTheFirst(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.store.begin(run("r-1"))
        try adapter.store.end(run: "r-1", verdict: .block, durationSeconds: 1, gates: gates)
        try adapter.store.end(run: "r-1", verdict: .ship, durationSeconds: 2, gates: [gates[1]])
        #expect(try adapter.store.run("r-1") == run("r-1").ended(.ship, 2, [gates[1]]))
        #expect(try adapter.store.attempts(pair: "p") == 1)
    }

    @Test(arguments: Kind.allCases)
    func aRunThatWasNeverBegunCannotEnd(kind: Kind) throws {
        let adapter = try kind.make()
        let error = #expect(throws: StoreError.self) {
            try adapter.store.end(run: "r-1", verdict: .ship, durationSeconds: 1, gates: gates)
        }
        #expect(error?.kind == .missing)
        #expect(try adapter.store.runs(limit: 10) == [])
        // Nor does the failed end stand in the way of what comes after it.
        try adapter.store.begin(run("r-1"))
        try adapter.store.end(run: "r-1", verdict: .ship, durationSeconds: 1, gates: gates)
    }

    @Test(arguments: Kind.allCases)
    func aContinuedRunKeepsItsBeginningAndLosesItsEnd(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.store.begin(run("r-1", at: "2026-01-01T00:00:00Z", pair: "p"))
        try adapter.store.end(run: "r-1", verdict: .cannotTell, durationSeconds: 1, gates: gates)
        let again = RunRecord(
            id: "r-1", project: "other", startedAt: "2026-02-02T00:00:00Z", pair: "q", datasetDigest: "d2",
            policyDigest: "p2", verdict: .ship, durationSeconds: 9, gates: gates)
        try adapter.store.begin(again)
        let expected = RunRecord(
            id: "r-1", project: "other", startedAt: "2026-01-01T00:00:00Z", pair: "q", datasetDigest: "d2",
            policyDigest: "p2")
        #expect(try adapter.store.run("r-1") == expected)
        #expect(try adapter.store.runs(limit: 10) == [expected])
    }

    @Test(arguments: Kind.allCases)
    func runsComeNewestFirst(kind: Kind) throws {
        let adapter = try kind.make()
        for (id, time) in [
            ("b", "2026-01-01"), ("a", "2026-01-01"), ("c", "2025-12-31"), ("d", "2026-03-01"),
        ] {
            try adapter.store.begin(run(id, at: time))
        }
        #expect(try adapter.store.runs(limit: 10).map(\.id) == ["d", "b", "a", "c"])
        #expect(try adapter.store.runs(limit: 2).map(\.id) == ["d", "b"])
        #expect(try adapter.store.runs(limit: 0) == [])
        #expect(try adapter.store.runs(limit: -1) == [])
    }

    /// One line a step: what happens, and how many attempts at the pair there were after it.
    @Test(arguments: Kind.allCases)
    func attemptsAreRunsThatReachedAVerdict(kind: Kind) throws {
        let store = try kind.make().store
        func attempts() throws -> Int { try store.attempts(pair: "p") }
        func end(_ id: String, _ verdict: Verdict) throws {
            try store.end(run: id, verdict: verdict, durationSeconds: 1, gates: [])
        }
        #expect(try attempts() == 0)
        try store.begin(run("r-1"))
        #expect(try attempts() == 0, "begun is not looked at")
        try end("r-1", .block)
        #expect(try attempts() == 1)
        try store.begin(run("r-2"))
        try end("r-2", .couldNotMeasure)
        #expect(try attempts() == 1, "nothing was measured, so nothing was looked at")
        try store.begin(run("r-2"))
        try end("r-2", .cannotTell)
        #expect(try attempts() == 2, "resumed, it was")
        try store.begin(run("r-2"))
        #expect(try attempts() == 1, "it goes on: it is no attempt of its own past")
        try end("r-2", .ship)
        #expect(try attempts() == 2, "a resumed run counts once")
        try store.begin(run("r-3", pair: "q"))
        try end("r-3", .ship)
        #expect(try attempts() == 2, "another pair")
        #expect(try store.attempts(pair: "q") == 1)
        #expect(try store.attempts(pair: "") == 0)
    }

    @Test(arguments: Kind.allCases)
    func manyTasksUseItAtOnce(kind: Kind) async throws {
        let adapter = try kind.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<10 {
                        let id = "r-\(worker)-\(number)"
                        try adapter.store.begin(run(id))
                        try adapter.store.end(run: id, verdict: .ship, durationSeconds: 1, gates: gates)
                        _ = try adapter.store.attempts(pair: "p")
                        let found = try adapter.store.run(id)
                        #expect(found?.gates.count == gates.count)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try adapter.store.attempts(pair: "p") == 80)
    }
}
