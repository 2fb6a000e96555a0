import Domain
import Storage
import Testing

/// What every response cache does, whatever it is made of.
struct ResponseCacheContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder?
        let cache: any ResponseCache
    }

    enum Kind: CaseIterable, Sendable {
        case memory, sqlite

        func make() throws -> Adapter {
            switch self {
            case .memory: return Adapter(folder: nil, cache: MemoryResponseCache())
            case .sqlite:
                let folder = try TemporaryFolder()
                return Adapter(
                    folder: folder,
                    cache: try SQLiteResponseCache(path: folder.file("cache.db"), now: 1_000_000))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func whatIsKeptComesBackUnderItsKeyAlone(kind: Kind) throws {
        let adapter = try kind.make()
        // Enough that some lie in the file and some are yet to go there.
        for number in 0..<700 { try adapter.cache.keep(Sample.observation(number), "key \(number)") }
        for number in stride(from: 0, to: 700, by: 7) {
            #expect(try adapter.cache.observation("key \(number)") == Sample.observation(number))
        }
        #expect(try adapter.cache.observation("key 700") == nil)
        #expect(try adapter.cache.observation("") == nil)
        #expect(try adapter.cache.observation("KEY 1") == nil)
    }

    @Test(arguments: Kind.allCases)
    func theLaterTakesThePlaceOfTheEarlier(kind: Kind) throws {
        let adapter = try kind.make()
        for round in 0..<600 { try adapter.cache.keep(Sample.observation(round), "key \(round % 3)") }
        for place in 0..<3 {
            #expect(try adapter.cache.observation("key \(place)") == Sample.observation(597 + place))
        }
    }

    @Test(arguments: Kind.allCases)
    func manyTasksKeepAndLookAtOnce(kind: Kind) async throws {
        let adapter = try kind.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        let key = "\(worker)/\(number)"
                        try adapter.cache.keep(Sample.observation(number), key)
                        let found = try adapter.cache.observation(key)
                        #expect(found == Sample.observation(number))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
