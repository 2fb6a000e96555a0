import Domain
import Glibc
import Notation

/// Judgements of earlier runs in a SQLite file. What was not kept anew for a time is removed when the file is opened.
///
/// Verdicts and reasons are the judge's words on what it was shown, after redaction; the questions themselves are not
/// kept, only their digests.
public final class SQLiteJudgementCache: JudgementCache {
    private let database: SQLite
    private let now: Int64

    static let migrations = [
        """
        CREATE TABLE judges (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE judgements (
          judge INTEGER NOT NULL REFERENCES judges (id), question TEXT NOT NULL, parser INTEGER NOT NULL,
          made INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT, model TEXT, attempts INTEGER NOT NULL,
          milliseconds REAL, input INTEGER, cached INTEGER, output INTEGER, cost REAL,
          UNIQUE (judge, question, parser)) STRICT;
        CREATE INDEX judgements_by_age ON judgements (made)
        """
    ]

    /// `Sljd` in the file's head.
    static let application = 0x536C_6A64

    /// - Parameters:
    ///   - path: Usually `.sluice/judgements.db`. A damaged file is set aside as `.damaged`, and a new one begun.
    ///   - now: Seconds since 1970.
    ///   - lifetimeSeconds: How long a judgement is kept: a model behind an endpoint may change without a word.
    /// - Throws: `denied`, `busy`, `full` or `unavailable`.
    public init(path: String, now: Int64, lifetimeSeconds: Int64 = 90 * 86_400) throws(StoreError) {
        self.now = now
        database = try SQLite.openOrBegin(path) { () throws(StoreError) in
            try Self.open(path, before: now - lifetimeSeconds)
        }.database
    }

    private static func open(_ path: String, before oldest: Int64) throws(StoreError) -> SQLite {
        let database = try SQLite(path: path)
        try database.migrate(
            migrations, kind: "cache of judgements", application: application, table: "judgements")
        try database.run("DELETE FROM judgements WHERE made < ?", [.integer(oldest)])
        return database
    }

    public func judgements(of keys: [JudgementKey]) throws(StoreError) -> [JudgeReply?] {
        var found: [JudgeReply?] = []
        found.reserveCapacity(keys.count)
        for key in keys {
            let rows = try database.run(
                """
                SELECT verdict, reason, model, attempts, milliseconds, input, cached, output, cost
                FROM judgements JOIN judges ON judges.id = judgements.judge
                WHERE judges.digest = ? AND question = ? AND parser = ?
                """, [.text(key.judge), .text(key.question), .integer(Int64(key.parser))])
            found.append(rows.first.flatMap(Self.reply))
        }
        return found
    }

    public func keep(_ judgements: [(key: JudgementKey, reply: JudgeReply)]) throws(StoreError) {
        if judgements.isEmpty { return }
        let now = now
        try database.transaction { (connection) throws(StoreError) in
            for (key, reply) in judgements {
                try connection.run("INSERT OR IGNORE INTO judges (digest) VALUES (?)", [.text(key.judge)])
                let verdict = String(decoding: JSONValue.object(reply.verdict).bytes(), as: UTF8.self)
                try connection.run(
                    """
                    INSERT OR REPLACE INTO judgements
                      (judge, question, parser, made, verdict, reason, model, attempts, milliseconds,
                       input, cached, output, cost)
                    VALUES ((SELECT id FROM judges WHERE digest = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(key.judge), .text(key.question), .integer(Int64(key.parser)), .integer(now),
                        .text(verdict), Self.text(reply.reason), Self.text(reply.model),
                        .integer(Int64(reply.attempts)), Self.real(reply.milliseconds),
                        Self.integer(reply.usage?.inputTokens), Self.integer(reply.usage?.cachedInputTokens),
                        Self.integer(reply.usage?.outputTokens), Self.real(reply.usage?.cost),
                    ])
            }
        }
    }

    private static func text(_ value: String?) -> SQLiteValue { value.map { .text($0) } ?? .null }

    private static func integer(_ value: Int?) -> SQLiteValue { value.map { .integer(Int64($0)) } ?? .null }

    private static func real(_ value: Double?) -> SQLiteValue { value.map { .real($0) } ?? .null }

    /// What does not read is judged again.
    private static func reply(_ row: [SQLiteValue]) -> JudgeReply? {
        guard row.count == 9, case .text(let written) = row[0],
            case .object(let verdict)? = try? JSONValue.parse(written), case .integer(let attempts) = row[3]
        else { return nil }
        func text(_ place: Int) -> String? {
            if case .text(let text) = row[place] { return text }
            return nil
        }
        func integer(_ place: Int) -> Int? {
            if case .integer(let number) = row[place] { return Int(number) }
            return nil
        }
        func real(_ place: Int) -> Double? {
            if case .real(let number) = row[place] { return number }
            return nil
        }
        var usage: Usage? = Usage(
            inputTokens: integer(5), cachedInputTokens: integer(6), outputTokens: integer(7), cost: real(8))
        if usage == Usage() { usage = nil }
        return JudgeReply(
            verdict: verdict, reason: text(1), usage: usage, attempts: Int(attempts), model: text(2),
            milliseconds: real(4), isKept: true)
    }
}
