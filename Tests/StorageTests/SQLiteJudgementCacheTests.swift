import Domain
import Foundation
import Notation
import Testing

@testable import Storage

struct SQLiteJudgementCacheTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("a/judgements.db") }
    private let key = JudgementKey(judge: "j", question: "q", parser: 1)

    init() throws { folder = try TemporaryFolder() }

    private func reply() throws -> JudgeReply {
        guard case .object(let verdict) = try JSONValue.parse("{\"verdict\": \"yes\"}") else {
            throw StoreError(.damaged, "no object")
        }
        return JudgeReply(verdict: verdict, isKept: true)
    }

    /// Ninety days, to the second.
    @Test(arguments: [(0, true), (7_776_000, true), (7_776_001, false)])
    func aJudgementLastsThreeMonths(later: Int64, isThere: Bool) throws {
        try SQLiteJudgementCache(path: path, now: 1_000_000).keep([(key, reply())])
        let cache = try SQLiteJudgementCache(path: path, now: 1_000_000 + later)
        #expect(try cache.judgements(of: [key]) == [isThere ? reply() : nil])
    }

    @Test(arguments: ["'no json'", "'[1]'", "''"])
    func whatDoesNotReadIsJudgedAgain(verdict: String) throws {
        let cache = try SQLiteJudgementCache(path: path, now: 1_000_000)
        try cache.keep([(key, reply())])
        try SQLite(path: path).run("UPDATE judgements SET verdict = \(verdict)")
        #expect(try cache.judgements(of: [key]) == [nil])
    }

    @Test func aDamagedFileIsSetAside() throws {
        try FileManager.default.createDirectory(atPath: folder.file("a"), withIntermediateDirectories: true)
        try Data("no database at all, but long enough to be read as a head of one".utf8)
            .write(to: URL(fileURLWithPath: path))
        let cache = try SQLiteJudgementCache(path: path, now: 1_000_000)
        try cache.keep([(key, reply())])
        #expect(try cache.judgements(of: [key]) == [reply()])
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
    }

    @Test func anotherCacheIsNotTakenForOneOfJudgements() throws {
        _ = try SQLiteEmbeddingCache(path: path, now: 1_000_000)
        #expect(throws: StoreError.self) { try SQLiteJudgementCache(path: path, now: 1_000_000) }
    }
}
