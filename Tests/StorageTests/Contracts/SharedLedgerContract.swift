import Digest
import Domain
import Foundation
import Ledger
import Testing

@testable import Storage

/// What every shared ledger does, whatever it is made of.
struct SharedLedgerContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder
        let place: String
        let ledger: any SharedLedger

        func again() throws -> any SharedLedger { try LedgerPlace.open(place, writes: true) }
    }

    enum Kind: CaseIterable, Sendable {
        case folder, sqlite

        func make() throws -> Adapter {
            let folder = try TemporaryFolder()
            let place = folder.file(self == .folder ? "shared/ledger" : "shared/ledger.db")
            return Adapter(folder: folder, place: place, ledger: try LedgerPlace.open(place, writes: true))
        }
    }

    private static let scores = Array("{\"id\":\"E-1\"}\n".utf8)

    private func entry(
        _ id: String, verdict: Verdict = .ship, at day: Int = 1, project: String = "helpdesk"
    ) -> LedgerEntry {
        var summary = RunSummary(id: id)
        summary.project = project
        summary.startedAt = "2026-11-0\(day)T00:00:00Z"
        summary.verdict = verdict
        summary.branch = "fix"
        return LedgerEntry(
            summary: summary,
            parts: [
                LedgerEntry.Part(
                    name: "scores-00001.jsonl", digest: ContentDigest(of: Self.scores),
                    count: Self.scores.count)
            ])
    }

    private func push(_ entry: LedgerEntry, _ ledger: any SharedLedger) throws -> Bool {
        try ledger.put(Self.scores)
        return try ledger.commit(entry, by: "tester", at: "2026-11-20T00:00:00Z")
    }

    private func runs(_ ledger: any SharedLedger, _ query: HistoryQuery = HistoryQuery()) throws -> [String] {
        try ledger.summaries(query, problem: { Issue.record("\($0.description)") }).map(\.id)
    }

    @Test(arguments: Kind.allCases)
    func aRunIsThereOnceHoweverOftenItIsPushed(kind: Kind) throws {
        let adapter = try kind.make()
        let entry = entry("r-1")
        #expect(try push(entry, adapter.ledger))
        #expect(try !push(entry, adapter.ledger))
        #expect(try !push(entry, try adapter.again()))
        #expect(try runs(adapter.ledger) == ["r-1"])
        #expect(try adapter.ledger.entry("r-1") == entry)
        #expect(try adapter.ledger.part(entry.parts[0].digest) == Self.scores)
    }

    @Test(arguments: Kind.allCases)
    func anotherContentUnderTheSameNameIsRefused(kind: Kind) throws {
        let adapter = try kind.make()
        _ = try push(entry("r-1", verdict: .block), adapter.ledger)
        let problem = #expect(throws: StoreError.self) { _ = try push(entry("r-1"), adapter.ledger) }
        #expect(problem?.kind == .denied)
        #expect(problem?.description.contains("already with another content") == true)
        #expect(try adapter.ledger.entry("r-1")?.summary.verdict == .block, "what was pushed stays")
    }

    @Test(arguments: Kind.allCases)
    func noEntryIsThereBeforeItsParts(kind: Kind) throws {
        let adapter = try kind.make()
        #expect(throws: StoreError.self) {
            _ = try adapter.ledger.commit(entry("r-1"), by: "tester", at: "2026-11-20T00:00:00Z")
        }
        #expect(try runs(adapter.ledger).isEmpty)
        #expect(try adapter.ledger.entry("r-1") == nil)
        #expect(throws: StoreError.self) { try adapter.ledger.attach([], to: "r-1", .all) }
    }

    @Test(arguments: Kind.allCases)
    func evidenceComesAfterwardsAndMayComeAgain(kind: Kind) throws {
        let adapter = try kind.make()
        let entry = entry("r-1")
        _ = try push(entry, adapter.ledger)
        #expect(try adapter.ledger.evidence("r-1", .all) == nil)
        for _ in 0..<2 { try adapter.ledger.attach(entry.parts, to: "r-1", .all) }
        #expect(try adapter.ledger.evidence("r-1", .all) == entry.parts)
        #expect(try adapter.ledger.evidence("r-1", .failing) == nil)
        let lost = LedgerEntry.Part(name: "x", digest: ContentDigest(of: "lost"), count: 4)
        #expect(throws: StoreError.self) { try adapter.ledger.attach([lost], to: "r-1", .failing) }
        #expect(try !adapter.ledger.holds(lost))
        #expect(
            try !adapter.ledger.holds(
                LedgerEntry.Part(name: "x", digest: entry.parts[0].digest, count: 99)),
            "nor one of another size")
    }

    @Test(arguments: Kind.allCases)
    func runsAreAskedForByProjectBranchTimeAndNumber(kind: Kind) throws {
        let adapter = try kind.make()
        for (id, day, project) in [("r-3", 3, "b"), ("r-1", 1, "a"), ("r-2", 2, "a"), ("r-4", 4, "a")] {
            _ = try push(entry(id, at: day, project: project), adapter.ledger)
        }
        #expect(try runs(adapter.ledger) == ["r-1", "r-2", "r-3", "r-4"])
        #expect(try runs(adapter.ledger, HistoryQuery(project: "a", last: 2)) == ["r-2", "r-4"])
        #expect(try runs(adapter.ledger, HistoryQuery(since: "2026-11-03")) == ["r-3", "r-4"])
        #expect(try runs(adapter.ledger, HistoryQuery(branch: "fix", last: 1)) == ["r-4"])
        #expect(try runs(adapter.ledger, HistoryQuery(branch: "other")).isEmpty)
        #expect(try runs(adapter.ledger, HistoryQuery(last: 0)).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func notesAreAddedToRunsThatAreThere(kind: Kind) throws {
        let adapter = try kind.make()
        _ = try push(entry("r-1"), adapter.ledger)
        let notes = (0..<5).map {
            RunNote(run: "r-1", outcome: .trueAlarm, why: "\($0)", by: "b", at: "2026-11-20T00:00:0\($0)Z")
        }
        for note in notes { try adapter.ledger.append(note) }
        let twin = RunNote(run: "r-1", outcome: .falseAlarm, why: "same second", by: "c", at: notes[4].at)
        try adapter.ledger.append(twin)
        #expect(try adapter.again().notes(problem: { _ in }) == notes + [twin])
        let stray = RunNote(run: "r-2", outcome: .trueAlarm, why: "", by: "", at: "2026-11-20T00:00:00Z")
        #expect(throws: StoreError.self) { try adapter.ledger.append(stray) }
    }

    @Test(arguments: Kind.allCases)
    func manyPushersAtOnceLoseNothing(kind: Kind) async throws {
        let adapter = try kind.make()
        let added = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let ledger = try adapter.again()
                    return try (0..<10).count { try self.push(self.entry("r-\($0)"), ledger) }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(added == 10, "each run was new to one pusher")
        #expect(try runs(adapter.ledger).count == 10)
    }

    @Test(arguments: Kind.allCases)
    func namesThatArePathsAreRefused(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.ledger.put(Self.scores)
        for name in ["../evil", "a/b", "", ".hidden", "a\u{0}b"] {
            #expect(throws: StoreError.self, "\(name)") {
                _ = try adapter.ledger.commit(entry(name), by: "b", at: "2026-11-20T00:00:00Z")
            }
        }
        #expect(try runs(adapter.ledger).isEmpty)
    }

    // MARK: What lies on the disk

    @Test func whatWasChangedOnTheDiskIsSaidAndNotBelieved() throws {
        let adapter = try Kind.folder.make()
        for number in 1...3 {
            _ = try push(entry("r-\(number)", verdict: .block, at: number), adapter.ledger)
        }
        let path = adapter.place + "/runs/r-2"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacingOccurrences(of: "BLOCK", with: "SHIP").write(
            toFile: path, atomically: true, encoding: .utf8)
        var problems: [String] = []
        let found = try adapter.ledger.summaries(HistoryQuery(), problem: { problems.append($0.description) })
        #expect(found.map(\.id) == ["r-1", "r-3"])
        #expect(problems == ["\(path) was changed after it was pushed"])
        #expect(throws: StoreError.self) { _ = try adapter.ledger.entry("r-2") }
    }

    @Test func aDamagedPartIsMendedByTheNextPush() throws {
        let adapter = try Kind.folder.make()
        let entry = entry("r-1")
        _ = try push(entry, adapter.ledger)
        let hex = entry.parts[0].digest.hex
        let path = "\(adapter.place)/objects/\(hex.prefix(2))/\(hex).zst"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try !adapter.ledger.holds(entry.parts[0]))
        #expect(throws: StoreError.self) { _ = try adapter.ledger.part(entry.parts[0].digest) }
        try adapter.ledger.put(Self.scores)
        #expect(try adapter.ledger.part(entry.parts[0].digest) == Self.scores)
    }

    @Test func aFolderOfOtherThingsIsNoLedger() throws {
        let folder = try TemporaryFolder()
        try folder.write("home/letter.txt", "dear")
        for writes in [true, false] {
            #expect(throws: StoreError.self) { _ = try LedgerPlace.open(folder.file("home"), writes: writes) }
        }
        #expect(throws: StoreError.self) { _ = try LedgerPlace.open(folder.file("none"), writes: false) }
        #expect(throws: StoreError.self) { _ = try LedgerPlace.open(folder.file("none.db"), writes: false) }
        #expect(throws: StoreError.self) { _ = try LedgerPlace.open("postgres://db/sluice", writes: true) }
        #expect(throws: StoreError.self) { _ = try LedgerPlace.open("https://example.com", writes: true) }
    }
}
