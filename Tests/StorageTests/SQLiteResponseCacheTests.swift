import Domain
import Foundation
import Testing

@testable import Storage

struct SQLiteResponseCacheTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("a/cache.db") }

    init() throws { folder = try TemporaryFolder() }

    private func keep(_ count: Int, at now: Int64 = 1_000_000) throws {
        let cache = try SQLiteResponseCache(path: path, now: now)
        for number in 0..<count { cache.keep(Sample.observation(number), "key \(number)") }
    }

    private func rows() throws -> Int {
        guard
            case .integer(let count)? = try SQLite(path: path).run("SELECT count(*) FROM answers").first?
                .first
        else {
            return -1
        }
        return Int(count)
    }

    @Test func whatWasKeptIsThereForTheNextRun() throws {
        try keep(300)
        let cache = try SQLiteResponseCache(path: path, now: 1_000_100)
        for number in 0..<300 { #expect(cache.observation("key \(number)") == Sample.observation(number)) }
        #expect(cache.notes.isEmpty)
    }

    /// From the outside: by age, the day that an answer lasts, and to the second.
    @Test(arguments: [(0, true), (86_400, true), (86_401, false), (200_000, false)])
    func anAnswerLastsADay(later: Int64, isThere: Bool) throws {
        try keep(3)
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000 + later)
        #expect((cache.observation("key 1") != nil) == isThere)
        #expect(try rows() == (isThere ? 3 : 0), "what is too old is removed")
    }

    /// A run that began yesterday still keeps answers while one of today looks for them.
    @Test func whatAnOldRunKeepsMeanwhileIsAsOldAsThatRun() throws {
        let yesterday = try SQLiteResponseCache(path: path, now: 1_000_000)
        let today = try SQLiteResponseCache(path: path, now: 1_086_401)
        yesterday.keep(Sample.observation(1), "one")
        yesterday.close()
        #expect(today.observation("one") == nil)
        #expect(yesterday.observation("one") == Sample.observation(1))
    }

    /// A clock that was set back: what is dated in the time to come is of unknown age.
    @Test(arguments: [(0, true), (60, true), (61, false), (500_000, false)])
    func anAnswerFromTheTimeToComeIsNotUsed(earlier: Int64, isThere: Bool) throws {
        try keep(3)
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000 - earlier)
        #expect((cache.observation("key 1") != nil) == isThere)
        #expect(try rows() == (isThere ? 3 : 0))
    }

    @Test func anotherAgeMayBeAskedFor() throws {
        try keep(3)
        let strict = try SQLiteResponseCache(path: path, now: 1_000_100, lifetimeSeconds: 99)
        #expect(strict.observation("key 1") == nil)
        #expect(try rows() == 0)
    }

    @Test func theDiskIsBoundedAndTheOldestGo() throws {
        let limit = 2 << 20
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000, maximumBytes: limit)
        let text = String(repeating: "x", count: 10_000)
        for number in 0..<1000 { cache.keep(Sample.observation(number, text: text), "key \(number)") }
        cache.close()
        let kept = (0..<1000).filter { cache.observation("key \($0)") != nil }
        #expect(kept.count > 80 && kept.count < 220, "\(kept.count)")
        // A batch goes to the file in no order: about a hundred of these.
        #expect(Set(kept).isSuperset(of: 900..<1000) && (kept.first ?? 0) > 600, "the newest stay")
        // A batch of a megabyte may come on top before the oldest go.
        #expect(try folder.data("a/cache.db").count <= limit + (3 << 20))
        let smaller = try SQLiteResponseCache(path: path, now: 1_000_001, maximumBytes: 300_000)
        #expect((700..<1000).contains { smaller.observation("key \($0)") != nil })
        #expect(try rows() > 10 && rows() < 40)
        smaller.close()
        #expect(try SQLite(path: path).run("PRAGMA integrity_check") == [[.text("ok")]])
        #expect(try folder.data("a/cache.db").count <= 600_000, "and the file is no larger than it need be")
    }

    @Test func itGoesToTheFileInBatches() throws {
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000, batchTime: .seconds(1000))
        for number in 0..<255 { cache.keep(Sample.failure(number, .timeout), "key \(number)") }
        #expect(try rows() == 0)
        cache.keep(Sample.failure(255, .timeout), "key 255")
        #expect(try rows() == 256)
        // A megabyte is a batch too.
        cache.keep(Sample.observation(1, text: String(repeating: "x", count: 600_000)), "large 1")
        #expect(try rows() == 256)
        cache.keep(Sample.observation(1, text: String(repeating: "x", count: 600_000)), "large 2")
        #expect(try rows() == 258)
        cache.keep(Sample.failure(1, .timeout), "last")
        cache.close()
        #expect(try rows() == 259)
    }

    @Test func itGoesToTheFileInTime() throws {
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000, batchTime: .milliseconds(20))
        cache.keep(Sample.observation(1), "one")
        usleep(30_000)
        cache.keep(Sample.observation(2), "two")
        #expect(try rows() == 2)
    }

    @Test func aKilledProcessLosesABatchAndNoMore() throws {
        let writer = try WriterProcess("cache", path, "1000")
        #expect(writer.line() == "kept")
        writer.kill()
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000)
        let found = (0..<1000).filter { cache.observation("key \($0)") != nil }.count
        #expect(found >= 1000 - 256)
        #expect(try SQLite(path: path).run("PRAGMA integrity_check") == [[.text("ok")]])
    }

    @Test func twoRunsShareOne() throws {
        let one = try SQLiteResponseCache(path: path, now: 1_000_000)
        let other = try SQLiteResponseCache(path: path, now: 1_000_000)
        for number in 0..<600 {
            (number % 2 == 0 ? one : other).keep(Sample.observation(number), "key \(number)")
        }
        one.close()
        other.close()
        for number in 0..<600 {
            #expect(
                (number % 2 == 0 ? other : one).observation("key \(number)") == Sample.observation(number))
        }
        #expect(one.notes.isEmpty && other.notes.isEmpty)
    }

    @Test func aDamagedFileIsSetAsideAndSaid() throws {
        try folder.write("a/cache.db", String(repeating: "this is no database. ", count: 500))
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000)
        #expect(cache.notes.map(\.kind) == [.damaged])
        #expect(cache.notes[0].description.contains(path + ".damaged"))
        cache.keep(Sample.observation(1), "one")
        cache.close()
        #expect(cache.observation("one") == Sample.observation(1))
        #expect(try folder.data("a/cache.db.damaged").count == 10_500)
    }

    @Test func whatFailsLaterTurnsTheCacheOffAndSaysSo() throws {
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000)
        cache.keep(Sample.observation(1), "one")
        cache.close()
        try SQLite(path: path).script("DROP TABLE answers")
        cache.keep(Sample.observation(2), "two")
        cache.close()
        #expect(cache.observation("two") == nil)
        cache.keep(Sample.observation(3), "three")
        #expect(cache.observation("three") == nil)
        #expect(cache.notes.count == 1)
        #expect(cache.notes[0].description.hasPrefix("answers are no longer kept for later runs: ") == true)
    }

    @Test func anEntryThatDoesNotReadIsAskedAgain() throws {
        try keep(2)
        try SQLite(path: path).script("UPDATE answers SET line = x'7B7D' WHERE key = 'key 0'")
        let cache = try SQLiteResponseCache(path: path, now: 1_000_000)
        #expect(cache.observation("key 0") == nil)
        #expect(cache.observation("key 1") != nil)
    }

    @Test(arguments: 0..<SQLiteResponseCache.migrations.count)
    func aCacheOfEveryOlderSchemaIsUsedOn(version: Int) throws {
        do {
            let old = try SQLite(path: path)
            for step in SQLiteResponseCache.migrations[..<version] { try old.script(step) }
            try old.script("PRAGMA user_version = \(version)")
        }
        try keep(3)
        #expect(try rows() == 3)
    }
}
