import CSQLite

/// SQLite's own opinion of a text: prepared against an empty database in memory, never run.
///
/// Nothing is read or written: the database has no file, and statements are compiled, not stepped.
struct SQLiteSyntax {
    enum Finding: Sendable, Hashable {
        case valid
        /// No statement stands in the text.
        case empty
        /// SQLite's words.
        case syntaxError(String)
        /// The syntax is right; what the statement names (or what it makes of it) is not there.
        case objectError(String)
        case unusable(String)
    }

    /// Longest text, in bytes, and the most statements of one text.
    private static let longest: Int32 = 1_000_000
    private static let mostStatements = 10_000

    /// - Parameter schema: Statements that make the tables which the text may name, run first; nil: any name may be there.
    static func check(_ text: String, schema: String? = nil) -> Finding {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        defer { sqlite3_close_v2(handle) }
        guard sqlite3_open_v2(":memory:", &handle, flags, nil) == SQLITE_OK, let database = handle else {
            return .unusable("SQLite could not be opened")
        }
        sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest)
        sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, longest)
        sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0)
        if let schema, sqlite3_exec(database, schema, nil, nil, nil) != SQLITE_OK {
            return .unusable("the schema cannot be made: \(String(cString: sqlite3_errmsg(database)))")
        }
        guard text.utf8.count < Int(longest) else { return .syntaxError("the text is over 1 MB long") }
        // SQLite reads up to a zero byte; what stands behind one would not be looked at.
        if text.utf8.contains(0) { return .syntaxError("the text holds a zero byte") }
        return text.withCString { statements($0, database) }
    }

    private static func statements(_ text: UnsafePointer<CChar>, _ database: OpaquePointer) -> Finding {
        var rest = text
        var found: Finding = .empty
        for _ in 0..<mostStatements {
            var statement: OpaquePointer?
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(database, rest, -1, &statement, &tail)
            let isStatement = statement != nil
            sqlite3_finalize(statement)
            guard let tail else { return .unusable("SQLite did not say where a statement ends") }
            if code != SQLITE_OK {
                let words = String(cString: sqlite3_errmsg(database))
                if isSyntax(words) { return .syntaxError(words) }
                // An object may be missed before the statement's end is reached: then its rest was never read.
                guard isEnd(text, tail) else { return .syntaxError("\(words), and not read to its end") }
                if case .objectError = found {} else { found = .objectError(words) }
            } else if isStatement, found == .empty {
                found = .valid
            }
            if tail.pointee == 0 || tail == rest { return found }
            rest = tail
        }
        return .syntaxError("the text has over \(mostStatements) statements")
    }

    private static func isSyntax(_ words: String) -> Bool {
        words.hasPrefix("near \"") || words.hasPrefix("incomplete input")
            || words.hasPrefix("unrecognized token") || words.hasPrefix("parser stack overflow")
    }

    /// Whether the text was read to a semicolon or to its end.
    private static func isEnd(_ text: UnsafePointer<CChar>, _ tail: UnsafePointer<CChar>) -> Bool {
        if tail.pointee == 0 || tail == text { return true }
        return tail[-1] == CChar(UInt8(ascii: ";"))
    }
}
