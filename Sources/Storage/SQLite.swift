import CSQLite
import Domain
import Synchronization

/// One connection to a SQLite file in WAL mode, with the statements it prepared. Every call holds its lock.
final class SQLite: Sendable {
    enum Value: Sendable, Hashable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        case blob([UInt8])
    }

    private struct Connection: @unchecked Sendable {
        // Only reached under the lock.
        var handle: OpaquePointer?
        var statements: [String: OpaquePointer] = [:]
    }

    private let connection: Mutex<Connection>
    let path: String

    init(path: String) throws(StoreError) {
        self.path = path
        if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let words = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close(handle)
            throw StoreError(.unavailable, "cannot open \(path): \(words); check that the folder may be written")
        }
        sqlite3_busy_timeout(handle, 10_000)
        connection = Mutex(Connection(handle: handle))
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = NORMAL")
        try run("PRAGMA foreign_keys = ON")
    }

    deinit {
        connection.withLock { connection in
            for statement in connection.statements.values { sqlite3_finalize(statement) }
            sqlite3_close(connection.handle)
        }
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func run(_ sql: String, _ values: [Value] = []) throws(StoreError) -> [[Value]] {
        let outcome = connection.withLock { connection -> Result<[[Value]], StoreError> in
            do throws(StoreError) {
                return .success(try step(&connection, sql, values))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func step(
        _ connection: inout Connection, _ sql: String, _ values: [Value]
    ) throws(StoreError) -> [[Value]] {
        let statement = try prepared(&connection, sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { bind(value, Int32(index + 1), statement) }
        var rows: [[Value]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                var row: [Value] = []
                for column in 0..<sqlite3_column_count(statement) { row.append(read(statement, column)) }
                rows.append(row)
            case SQLITE_DONE: return rows
            default: throw problem(connection, sql)
            }
        }
    }

    private func prepared(_ connection: inout Connection, _ sql: String) throws(StoreError) -> OpaquePointer {
        if let statement = connection.statements[sql] { return statement }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection.handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw problem(connection, sql)
        }
        connection.statements[sql] = statement
        return statement
    }

    private func problem(_ connection: Connection, _ sql: String) -> StoreError {
        let words = String(cString: sqlite3_errmsg(connection.handle))
        let code = sqlite3_errcode(connection.handle)
        switch code {
        case SQLITE_FULL: return StoreError(.full, "\(path): \(words); free some space and try again")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return StoreError(.busy, "\(path): \(words); another process holds it, try again")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return StoreError(.damaged, "\(path): \(words); restore it from a copy, or move it away")
        case SQLITE_READONLY, SQLITE_PERM:
            return StoreError(.denied, "\(path): \(words); check who may write there")
        default: return StoreError(.unavailable, "\(path): \(words)")
        }
    }

    private func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) {
        // SQLITE_TRANSIENT: SQLite copies before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(let text):
            var text = text
            text.withUTF8 { bytes in
                let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
                if let start {
                    sqlite3_bind_text(statement, index, start, Int32(bytes.count), transient)
                } else {
                    sqlite3_bind_text(statement, index, "", 0, transient)
                }
            }
        case .blob(let bytes):
            sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
        }
    }

    private func read(_ statement: OpaquePointer, _ column: Int32) -> Value {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_text(statement, column) else { return .text("") }
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_blob(statement, column) else { return .blob([]) }
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    /// Brings the file's schema up to date: each step runs once, in order, in a transaction of its own.
    func migrate(_ steps: [String]) throws(StoreError) {
        guard case .integer(let version)? = try run("PRAGMA user_version").first?.first else { return }
        guard version <= steps.count else {
            throw StoreError(
                .unavailable, "\(path) was written by a newer Sluice (schema \(version), known \(steps.count)); update Sluice")
        }
        for number in Int(version)..<steps.count {
            try run("BEGIN IMMEDIATE")
            do throws(StoreError) {
                // Another process may have been faster.
                if case .integer(let now)? = try run("PRAGMA user_version").first?.first, now > number {
                    try run("ROLLBACK")
                    continue
                }
                for statement in steps[number].split(separator: ";\n") { try run(String(statement)) }
                try run("PRAGMA user_version = \(number + 1)")
                try run("COMMIT")
            } catch {
                _ = try? run("ROLLBACK")
                throw error
            }
        }
    }
}
