import CSQLite
import Domain
import Glibc
import Synchronization

/// A SQLite file in WAL mode. One connection behind a lock: a block of calls that belong together holds it throughout.
final class SQLite: Sendable {
    let path: String
    private let connection: Mutex<SQLiteConnection>

    /// How often, and how long at most, another process is waited for.
    private static let patienceMilliseconds: Int32 = 10_000

    /// - Throws: `denied`, `damaged`, `busy` or `unavailable`, with a way to mend it.
    init(path: String) throws(StoreError) {
        self.path = path
        if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        // The handle bears the words of a failed opening too, and the connection closes it.
        guard let handle else { throw StoreError(.unavailable, "cannot open \(path): out of memory") }
        let opened = SQLiteConnection(handle: handle, path: path)
        guard code == SQLITE_OK else {
            let problem = opened.problem()
            opened.close()
            throw problem
        }
        do throws(StoreError) {
            sqlite3_busy_timeout(handle, SQLite.patienceMilliseconds)
            try SQLite.useWAL(opened)
            try opened.script("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
        } catch {
            opened.close()
            throw error
        }
        connection = Mutex(opened)
    }

    deinit { connection.withLock { $0.close() } }

    /// SQLite does not wait for its lock here: of 360 processes that began a new file six at a time, five were turned
    /// away at once (3.40.1). They come again.
    private static func useWAL(_ connection: borrowing SQLiteConnection) throws(StoreError) {
        var waited: Int32 = 0
        while true {
            do throws(StoreError) {
                try connection.script("PRAGMA journal_mode = WAL")
                return
            } catch {
                guard error.kind == .busy, waited < patienceMilliseconds else { throw error }
                usleep(10_000)
                waited += 10
            }
        }
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> [[SQLiteValue]] {
        try connection.withLock { (connection) throws(StoreError) in try connection.run(sql, values) }
    }

    /// Runs statements that need nothing and return nothing.
    func script(_ sql: String) throws(StoreError) {
        try connection.withLock { (connection) throws(StoreError) in try connection.script(sql) }
    }

    /// Runs a block whole or not at all; no other task's statement comes in between.
    func transaction(
        _ body: @Sendable (inout SQLiteConnection) throws(StoreError) -> Void
    ) throws(StoreError) {
        try connection.withLock { (connection) throws(StoreError) in
            try connection.script("BEGIN IMMEDIATE")
            do throws(StoreError) {
                try body(&connection)
                try connection.script("COMMIT")
            } catch {
                _ = try? connection.script("ROLLBACK")
                throw error
            }
        }
    }

    /// Brings the file's schema up to date: each step runs once, in order, in a transaction of its own.
    ///
    /// - Parameters:
    ///   - kind: What the file is, for its words: `ledger`.
    ///   - application: The number in the file's head that says whose it is.
    ///   - table: A table that such files have had from the first step on.
    /// - Throws: `unavailable` for a file of a newer Sluice; `denied` for one of another program.
    func migrate(_ steps: [String], kind: String, application: Int, table: String) throws(StoreError) {
        var version = 0
        while true {
            version = try checkedVersion(steps.count, kind, application, table)
            guard version < steps.count else { return }
            let number = version
            try transaction { (connection) throws(StoreError) in
                // Another process may have been faster.
                guard try connection.integer("PRAGMA user_version") == number else { return }
                try connection.script(steps[number])
                try connection.script(
                    "PRAGMA application_id = \(application); PRAGMA user_version = \(number + 1)")
            }
        }
    }

    private func checkedVersion(
        _ known: Int, _ kind: String, _ application: Int, _ table: String
    ) throws(StoreError) -> Int {
        try connection.withLock { (connection) throws(StoreError) in
            let version = try connection.integer("PRAGMA user_version")
            let owner = try connection.integer("PRAGMA application_id")
            let tables = try connection.run("SELECT name FROM sqlite_schema WHERE type = 'table'").map(
                \.first)
            let isOurs =
                owner == application || (owner == 0 && (tables.isEmpty || tables.contains(.text(table))))
            guard isOurs, version >= 0 else {
                throw StoreError(
                    .denied,
                    "\(path) is a database, but no \(kind) of Sluice's; name another file, or move it away")
            }
            guard version <= known else {
                throw StoreError(
                    .unavailable,
                    "\(path) was written by a newer Sluice (\(kind) schema \(version), known up to \(known)); "
                        + "update Sluice")
            }
            return version
        }
    }
}
