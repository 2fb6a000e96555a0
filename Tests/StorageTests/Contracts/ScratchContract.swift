import Domain
import Storage
import Testing

/// What every scratch does, whatever it is made of.
struct ScratchContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder?
        let scratch: any Scratch
    }

    enum Kind: CaseIterable, Sendable {
        case memory, file

        func make() throws -> Adapter {
            switch self {
            case .memory: return Adapter(folder: nil, scratch: MemoryScratch())
            case .file:
                let folder = try TemporaryFolder()
                return Adapter(folder: folder, scratch: try ScratchFile(folder: folder.file("scratch")))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func bytesComeBackFromWhereTheyWereSaidToBegin(kind: Kind) throws {
        let adapter = try kind.make()
        var places: [(Int, [UInt8])] = []
        for size in [0, 1, 7, 4096, 0, 100_000, 3] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
            places.append((try bytes.withUnsafeBytes { try adapter.scratch.append($0) }, bytes))
        }
        #expect(places.map(\.0) == [0, 0, 1, 8, 4104, 4104, 104_104])
        for (offset, bytes) in places.reversed() {
            #expect(try adapter.scratch.bytes(at: offset, count: bytes.count) == bytes)
        }
        #expect(try adapter.scratch.bytes(at: 2, count: 3) == Array(places[2].1[1..<4]))
    }

    @Test(arguments: Kind.allCases, [(0, 11), (10, 1), (11, 0), (-1, 1), (Int.max, 1), (1 << 40, 8)])
    func readingBeyondTheEndIsAnError(kind: Kind, place: (Int, Int)) throws {
        let adapter = try kind.make()
        let ten = [UInt8](repeating: 1, count: 10)
        _ = try ten.withUnsafeBytes { try adapter.scratch.append($0) }
        let error = #expect(throws: StoreError.self) {
            try adapter.scratch.bytes(at: place.0, count: place.1)
        }
        #expect(error?.kind == .damaged)
    }

    @Test(arguments: Kind.allCases)
    func manyTasksAppendAtOnceWithoutOverlap(kind: Kind) async throws {
        let adapter = try kind.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        let bytes = [UInt8](repeating: UInt8(worker * 30 + number % 30), count: 100 + number)
                        let offset = try bytes.withUnsafeBytes { try adapter.scratch.append($0) }
                        let found = try adapter.scratch.bytes(at: offset, count: bytes.count)
                        #expect(found == bytes)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension Scratch {
    @discardableResult
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
        return bytes
    }
}
