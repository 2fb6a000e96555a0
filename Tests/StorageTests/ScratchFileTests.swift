import Domain
import Foundation
import Storage
import Testing

struct ScratchFileTests {
    @Test func itHasNoNameAndManyAreOneProcessApart() throws {
        let folder = try TemporaryFolder()
        let files = try (0..<20).map { _ in try ScratchFile(folder: folder.file("s")) }
        #expect(try folder.contents("s") == [])
        for (number, file) in files.enumerated() {
            let bytes = [UInt8](repeating: UInt8(number), count: 10)
            #expect(try bytes.withUnsafeBytes { try file.append($0) } == 0)
        }
        for (number, file) in files.enumerated() {
            #expect(try file.bytes(at: 0, count: 10) == [UInt8](repeating: UInt8(number), count: 10))
        }
    }

    @Test func manyAreMadeAtOnce() async throws {
        let folder = try TemporaryFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let file = try ScratchFile(folder: folder.file("s"))
                    let bytes = [UInt8](repeating: UInt8(number), count: 1000)
                    _ = try bytes.withUnsafeBytes { try file.append($0) }
                    await Task.yield()
                    let found = try file.bytes(at: 0, count: 1000)
                    #expect(found == bytes)
                }
            }
            try await group.waitForAll()
        }
    }

    /// A name that a dead process of the same number left is passed over, and not written to.
    @Test func aFileThatLiesInTheWayIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        for number in 0..<2000 { try folder.write("s/scratch.tmp-\(getpid())-\(number)", "mine") }
        let file = try ScratchFile(folder: folder.file("s"))
        _ = try [UInt8(1)].withUnsafeBytes { try file.append($0) }
        let texts = try folder.contents("s").map {
            String(decoding: try folder.data("s/" + $0), as: UTF8.self)
        }
        #expect(texts.count == 2000 && texts.allSatisfy { $0 == "mine" })
    }

    @Test func aHundredMegabytesComeBack() throws {
        let folder = try TemporaryFolder()
        let file = try ScratchFile(folder: folder.file("s"))
        let piece = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 8 ^ $0) }
        for number in 0..<12 {
            #expect(try piece.withUnsafeBytes { try file.append($0) } == number << 23)
        }
        #expect(try file.bytes(at: 11 << 23, count: 8 << 20) == piece)
        #expect(try file.bytes(at: (7 << 23) - 3, count: 6) == Array(piece.suffix(3) + piece.prefix(3)))
    }

    @Test func aFolderThatCannotBeIsSaid() throws {
        let folder = try TemporaryFolder()
        try folder.write("s", "")
        let error = #expect(throws: StoreError.self) { _ = try ScratchFile(folder: folder.file("s")) }
        #expect(error?.kind == .denied)
        let gone = #expect(throws: StoreError.self) { _ = try ScratchFile(folder: "/proc/none/s") }
        #expect(gone?.description.contains("/proc/none") == true)
    }
}
