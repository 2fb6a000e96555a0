import Domain
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Storage

struct SQLiteTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let steps = [
        "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = 'x;\ny'",
        "CREATE INDEX t_by_b ON t (b)",
    ]

    private func migrate(_ database: SQLite, to count: Int) throws {
        try database.migrate(
            Array(SQLiteTests.steps.prefix(count)), kind: "ledger", application: 77, table: "t")
    }

    @Test(arguments: 0...3)
    func everyOlderSchemaIsBroughtUpToDate(version: Int) throws {
        try migrate(try SQLite(path: folder.file("a.db")), to: version)
        let database = try SQLite(path: folder.file("a.db"))
        try migrate(database, to: 3)
        #expect(try database.run("PRAGMA user_version") == [[.integer(3)]])
        #expect(try database.run("PRAGMA application_id") == [[.integer(77)]])
        #expect(
            try database.run("SELECT a, b FROM t INDEXED BY t_by_b WHERE b > ''") == [
                [.integer(1), .text("x;\ny")]
            ])
        try migrate(database, to: 3)
        #expect(try database.run("SELECT count(*) FROM t") == [[.integer(1)]])
    }

    @Test func aStepThatFailsLeavesNothingOfItself() throws {
        let database = try SQLite(path: folder.file("a.db"))
        let steps = [SQLiteTests.steps[0], "CREATE TABLE u (a); INSERT INTO nowhere VALUES (1)"]
        #expect(throws: StoreError.self) {
            try database.migrate(steps, kind: "ledger", application: 77, table: "t")
        }
        #expect(try database.run("PRAGMA user_version") == [[.integer(1)]])
        #expect(try database.run("SELECT name FROM sqlite_schema") == [[.text("t")]])
        try migrate(database, to: 3)
    }

    @Test func aNewerSchemaIsRefusedInWords() throws {
        try migrate(try SQLite(path: folder.file("a.db")), to: 3)
        let error = #expect(throws: StoreError.self) {
            try migrate(try SQLite(path: folder.file("a.db")), to: 2)
        }
        #expect(error?.kind == .unavailable)
        #expect(
            error?.description
                == "\(folder.file("a.db")) was written by a newer Sluice (ledger schema 3, known up to 2); update Sluice"
        )
    }

    @Test(arguments: [
        "CREATE TABLE other (a)", "PRAGMA application_id = 5",
        "CREATE TABLE other (a); PRAGMA user_version = 1",
    ])
    func theDatabaseOfAnotherProgramIsLeftAlone(script: String) throws {
        let database = try SQLite(path: folder.file("a.db"))
        try database.script(script)
        let before = try database.run("SELECT * FROM sqlite_schema")
        let error = #expect(throws: StoreError.self) { try migrate(database, to: 3) }
        #expect(error?.kind == .denied)
        #expect(error?.description.contains("no ledger of Sluice's") == true)
        #expect(try database.run("SELECT * FROM sqlite_schema") == before)
    }

    @Test func everyKindOfValueComesBack() throws {
        let database = try SQLite(path: folder.file("a.db"))
        try database.script("CREATE TABLE t (n INTEGER PRIMARY KEY, a ANY) STRICT")
        let values: [SQLiteValue] = [
            .null, .integer(.max), .integer(.min), .real(0.1), .real(-.infinity), .text(""),
            .text("a\u{0}b ü 🙂"),
            .blob([]), .blob([0, 255, 0]), .text("'); DROP TABLE t; --"),
        ]
        for value in values { try database.run("INSERT INTO t (a) VALUES (?)", [value]) }
        #expect(try database.run("SELECT a FROM t ORDER BY n").map { $0[0] } == values)
    }

    @Test func aTransactionIsWholeOrNothing() throws {
        let database = try SQLite(path: folder.file("a.db"))
        try database.script("CREATE TABLE t (a)")
        #expect(throws: StoreError.self) {
            try database.transaction { (connection) throws(StoreError) in
                try connection.run("INSERT INTO t VALUES (1)")
                try connection.run("INSERT INTO nowhere VALUES (1)")
            }
        }
        #expect(try database.run("SELECT count(*) FROM t") == [[.integer(0)]])
        try database.transaction { (connection) throws(StoreError) in
            try connection.run("INSERT INTO t VALUES (1)")
        }
        #expect(try database.run("SELECT count(*) FROM t") == [[.integer(1)]])
    }

    @Test func statementsArePreparedOnceAndNoneIsForgotten() throws {
        let database = try SQLite(path: folder.file("a.db"))
        try database.script("CREATE TABLE t (a INTEGER UNIQUE) STRICT")
        for number in 0..<100 {
            try database.run("INSERT INTO t VALUES (?)", [.integer(Int64(number))])
            // Failures at each stage: in preparing, in binding too many, in stepping.
            #expect(throws: StoreError.self) { try database.run("SELECT nothing") }
            #expect(throws: StoreError.self) { try database.run("SELECT a FROM t", [.integer(1)]) }
            #expect(throws: StoreError.self) {
                try database.run("INSERT INTO t VALUES (?)", [.integer(Int64(number))])
            }
        }
        try database.transaction { (connection) throws(StoreError) in
            let counts = connection.statementCounts
            #expect(counts.held == 2 && counts.known == 2)
        }
    }

    // MARK: The ledger

    private func record(_ id: String) -> RunRecord {
        RunRecord(id: id, project: "p", startedAt: "t", pair: "pair", datasetDigest: "d", policyDigest: "p")
    }

    @Test(arguments: 0..<SQLiteRunStore.migrations.count)
    func aLedgerOfEveryOlderSchemaIsReadAndWritten(version: Int) throws {
        let path = folder.file("ledger.db")
        do {
            // As the releases before this one left it: the first two kept no number of the program.
            let old = try SQLite(path: path)
            for step in SQLiteRunStore.migrations[..<version] { try old.script(step) }
            try old.script("PRAGMA user_version = \(version)")
            if version > 0 {
                try old.script(
                    """
                    INSERT INTO runs VALUES ('old', 'p', 't', 'pair', 'd', 'p', 'BLOCK', 2.5);
                    INSERT INTO gates VALUES ('old', 0, 'g', 'fails', NULL, 0.5)
                    """)
            }
        }
        let store = try SQLiteRunStore(path: path)
        try store.begin(record("new"))
        try store.end(run: "new", verdict: .ship, durationSeconds: 1, gates: [])
        #expect(try store.attempts(pair: "pair") == (version > 0 ? 2 : 1))
        let gate = RunRecord.Gate(rule: "g", outcome: "fails", candidate: 0.5, baseline: nil)
        #expect(try store.run("old") == (version > 0 ? record("old").ended(.block, 2.5, [gate]) : nil))
    }

    @Test func theLedgerOfALaterReleaseIsRefused() throws {
        let path = folder.file("ledger.db")
        _ = try SQLiteRunStore(path: path)
        try SQLite(path: path).script("PRAGMA user_version = 99")
        let error = #expect(throws: StoreError.self) { _ = try SQLiteRunStore(path: path) }
        #expect(error?.description.contains("newer Sluice (ledger schema 99") == true)
    }

    @Test func aCacheIsNoLedger() throws {
        _ = try SQLiteResponseCache(path: folder.file("cache.db"), now: 0)
        let error = #expect(throws: StoreError.self) { _ = try SQLiteRunStore(path: folder.file("cache.db")) }
        #expect(error?.kind == .denied)
    }

    @Test func manyProcessesUseOneLedgerAtOnce() throws {
        let path = folder.file("ledger.db")
        // All of them also make the file.
        let writers = try (0..<4).map { try WriterProcess("ledger", path, "w\($0)", "40") }
        for writer in writers { #expect(writer.remainingLines() == ["done"]) }
        let store = try SQLiteRunStore(path: path)
        #expect(try store.attempts(pair: "pair") == 160)
        #expect(try store.runs(limit: 1000).allSatisfy { $0.gates.count == 2 })
    }

    /// All at the same moment make the same new file: each step is done once, by whoever is first.
    @Test func manyThreadsMakeOneLedgerAtOnce() throws {
        for round in 0..<8 {
            let path = folder.file("ledger-\(round).db")
            let ready = DispatchSemaphore(value: 0)
            let go = DispatchSemaphore(value: 0)
            let done = DispatchSemaphore(value: 0)
            let problems = Mutex<[String]>([])
            for number in 0..<8 {
                Thread {
                    ready.signal()
                    go.wait()
                    do {
                        try SQLiteRunStore(path: path).begin(record("r-\(number)"))
                    } catch {
                        problems.withLock { $0.append("\(error)") }
                    }
                    done.signal()
                }.start()
            }
            for _ in 0..<8 { ready.wait() }
            for _ in 0..<8 { go.signal() }
            for _ in 0..<8 { done.wait() }
            #expect(problems.withLock { $0 } == [])
            #expect(try SQLiteRunStore(path: path).runs(limit: 100).count == 8)
        }
    }

    @Test func aKilledProcessLeavesALedgerThatIsWhole() throws {
        let path = folder.file("ledger.db")
        for round in 0..<5 {
            let writer = try WriterProcess("ledger", path, "w\(round)", "100000")
            usleep(useconds_t.random(in: 20_000...120_000))
            writer.kill()
            let store = try SQLiteRunStore(path: path)
            let runs = try store.runs(limit: 1_000_000)
            // A run has ended with all of its gates, or has not ended.
            #expect(runs.allSatisfy { ($0.verdict == nil) == $0.gates.isEmpty })
            #expect(runs.filter { $0.verdict == nil }.count <= round + 1)
        }
        #expect(try SQLite(path: path).run("PRAGMA integrity_check") == [[.text("ok")]])
    }

    @Test func aFileThatIsNoDatabaseIsDamaged() throws {
        try folder.write("ledger.db", String(repeating: "this is no database. ", count: 500))
        let error = #expect(throws: StoreError.self) {
            _ = try SQLiteRunStore(path: folder.file("ledger.db"))
        }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains("restore it from a copy, or move it away") == true)
    }

    @Test func halfALedgerIsDamaged() throws {
        do {
            let store = try SQLiteRunStore(path: folder.file("ledger.db"))
            for number in 0..<300 { try store.begin(record("run \(number)")) }
        }
        let whole = try folder.data("ledger.db")
        try folder.write("ledger.db", whole.prefix(whole.count / 2))
        let error = #expect(throws: StoreError.self) {
            let store = try SQLiteRunStore(path: folder.file("ledger.db"))
            _ = try store.runs(limit: 1000)
            try store.begin(record("another"))
        }
        #expect(error?.kind == .damaged)
    }

    @Test func aFolderInItsPlaceIsSaid() throws {
        try folder.write("ledger.db/x", "")
        let error = #expect(throws: StoreError.self) {
            _ = try SQLiteRunStore(path: folder.file("ledger.db"))
        }
        #expect(error?.kind == .denied)
        #expect(error?.description.contains(folder.file("ledger.db")) == true)
    }

    /// A process without rights, since a privileged one is let everywhere.
    @Test(arguments: [(0o555, false), (0o555, true), (0o000, false)])
    func aFolderThatMayNotBeWrittenIsDenied(mode: Int, isThere: Bool) throws {
        let path = folder.file("locked/ledger.db")
        if isThere { _ = try SQLiteRunStore(path: path) } else { try folder.write("locked/x", "") }
        chmod(folder.path, 0o755)
        chmod(folder.file("locked"), mode_t(mode))
        defer { chmod(folder.file("locked"), 0o755) }
        if isThere { chmod(path, 0o444) }
        let process = try WriterProcess("unprivileged", path)
        let said = process.remainingLines()
        #expect(said.count == 1 && said[0].hasPrefix("error denied ") && said[0].contains(path))
    }
}
