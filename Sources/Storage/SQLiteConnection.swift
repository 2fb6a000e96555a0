import CSQLite
import Domain
import Glibc

/// A value in a row.
enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// The handle of an open SQLite file, and the statements prepared on it.
///
/// `@unchecked`: the handle is opened without a lock of SQLite's own, and only reached through the lock of `SQLite`.
struct SQLiteConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private let path: String
    /// By their text. Texts are literals of this room, so there are few.
    private var statements: [String: OpaquePointer] = [:]

    init(handle: OpaquePointer, path: String) {
        self.handle = handle
        self.path = path
    }

    /// Called once, and nothing after it.
    func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        let code = sqlite3_close(handle)
        assert(code == SQLITE_OK, "a statement was not finalised")
    }

    /// How many statements SQLite holds, and how many of them are known here.
    var statementCounts: (held: Int, known: Int) {
        var held = 0
        var next = sqlite3_next_stmt(handle, nil)
        while let statement = next {
            held += 1
            next = sqlite3_next_stmt(handle, statement)
        }
        return (held, statements.count)
    }

    /// Runs statements that need nothing and return nothing.
    func script(_ sql: String) throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw problem() }
    }

    /// The first number of the first row; 0 where there is none.
    mutating func integer(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> Int {
        guard case .integer(let number)? = try run(sql, values).first?.first else { return 0 }
        return Int(number)
    }

    @discardableResult
    mutating func run(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> [[SQLiteValue]] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            guard bind(value, Int32(index + 1), statement) == SQLITE_OK else { throw problem() }
        }
        var rows: [[SQLiteValue]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                var row: [SQLiteValue] = []
                for column in 0..<sqlite3_column_count(statement) { row.append(read(statement, column)) }
                rows.append(row)
            case SQLITE_DONE: return rows
            default: throw problem()
            }
        }
    }

    private mutating func prepared(_ sql: String) throws(StoreError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw problem()
        }
        statements[sql] = statement
        return statement
    }

    /// What the last call failed with.
    func problem() -> StoreError {
        let words = "\(path): " + String(cString: sqlite3_errmsg(handle))
        switch sqlite3_errcode(handle) {
        case SQLITE_FULL: return StoreError(.full, words + "; free some space and try again")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return StoreError(.busy, words + "; another process holds it, try again")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return StoreError(
                .damaged, words + "; restore it from a copy, or move it away and begin a new one")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            return StoreError(.denied, words + "; check who may write there")
        case SQLITE_CANTOPEN:
            let code = sqlite3_system_errno(handle)
            if [ENOSPC, EDQUOT, EMFILE, ENFILE].contains(code) { return Files.error("open", path, code) }
            return StoreError(.denied, words + "; check that it is a file in a folder that may be written")
        case SQLITE_IOERR:
            // A limit on the size of files, or a full disk, may look like this.
            let code = sqlite3_system_errno(handle)
            return code == 0
                ? StoreError(.unavailable, words + "; check the disk") : Files.error("use", path, code)
        default: return StoreError(.unavailable, words)
        }
    }

    private func bind(_ value: SQLiteValue, _ index: Int32, _ statement: OpaquePointer) -> Int32 {
        // SQLITE_TRANSIENT, "copy before the call returns", which Swift cannot import: in C it is the number -1 cast
        // to the type of a function pointer, and this is that cast. SQLite compares it and never calls it.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .real(let number): return sqlite3_bind_double(statement, index, number)
        case .text(let text):
            var text = text
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { bytes in
                    guard let start = bytes.baseAddress else {
                        return sqlite3_bind_text(statement, index, "", 0, transient)
                    }
                    return sqlite3_bind_text64(
                        statement, index, start, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), transient)
            }
        }
    }

    private func read(_ statement: OpaquePointer, _ column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(statement, column) else { return .text("") }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(statement, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
