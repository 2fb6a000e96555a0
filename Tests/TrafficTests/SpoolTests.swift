import Domain
import Foundation
import HTTPServer
import Interchange
import Notation
import Synchronization
import Testing

@testable import Traffic

@Suite struct SpoolTests {
    /// Writes 30 exchanges into one segment.
    private func segment() throws -> (folder: Folder, name: String, bytes: [UInt8]) {
        let recording = try Recording()
        for number in 0..<30 { recording.exchange(id: "e-\(number)") }
        _ = try recording.close()
        let name = try #require(try recording.folder.names().first { $0.hasSuffix(".seg") })
        return (recording.folder, name, try recording.folder.bytes(name))
    }

    private func read(_ path: String) throws -> (ids: [String], problems: [TrafficReader.Problem]) {
        var ids: [String] = []
        var problems: [TrafficReader.Problem] = []
        _ = try TrafficReader([path]).read(each: { ids.append($0.id) }, problem: { problems.append($0) })
        return (ids, problems)
    }

    @Test func aTornTailIsCutOffSaidAndCostsNothingBefore() throws {
        let (folder, name, bytes) = try segment()
        let open = String(name.dropLast(4)) + ".open"
        for cut in [1, 7, 20, 100, 300] {
            for old in try folder.names() where old.hasSuffix(".seg") || old.hasSuffix(".open") {
                try FileManager.default.removeItem(atPath: folder.path + "/" + old)
            }
            try folder.put(open, Array(bytes.dropLast(cut)))
            let found = try read(folder.path)
            #expect(found.problems.count == 1 && found.problems.first?.isTorn == true)
            let recording = try Recording(folder: folder)
            recording.exchange(id: "next")
            let after = try recording.close().map(\.id)
            #expect(after == found.ids + ["next"])
            #expect(found.ids.count >= 28)
        }
    }

    @Test func aDamagedRecordCostsItselfAlone() throws {
        let (folder, name, bytes) = try segment()
        let middle = bytes.count / 2
        for bit in 0..<8 {
            var damaged = bytes
            damaged[middle] ^= 1 << UInt8(bit)
            try folder.put(name, damaged)
            let found = try read(folder.path)
            #expect(found.ids.count == 29 && found.problems.count == 1)
            let problem = try #require(found.problems.first)
            #expect(!problem.isTorn && problem.place.contains(name) && problem.place.contains("byte"))
        }
        // A stretch that is gone takes with it what it held of.
        try folder.put(name, Array(bytes[..<middle] + bytes[(middle + 100)...]))
        #expect((27...29).contains(try read(folder.path).ids.count))
    }

    /// Whatever stands in a segment, nothing is made up and nothing stops the reader.
    @Test func bytesOfAnyKindAreRead() throws {
        let (folder, name, bytes) = try segment()
        let known = Set((0..<30).map { "e-\($0)" })
        var state: UInt64 = 11
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<(1 + next(20)) {
                switch next(3) {
                case 0: damaged[next(damaged.count)] = UInt8(next(256))
                case 1: damaged.remove(at: next(damaged.count))
                default: damaged.insert(UInt8(next(256)), at: next(damaged.count))
                }
            }
            try folder.put(name, damaged)
            let found = try read(folder.path)
            #expect(Set(found.ids).isSubset(of: known))
            #expect(found.ids.count + found.problems.count >= 1)
        }
    }

    /// A body that holds a whole record, as one of another segment lies on the disk, is still a body where its own record
    /// is torn.
    @Test func whatABodyHoldsDoesNotPassForARecord() throws {
        let (_, _, bytes) = try segment()
        let start = 8 + 1 + 4 + 16
        let forged = bytes[start..<(start + 400)]
        let recording = try Recording(rules: {
            $0.contentTypes = ["*/*"]
            $0.redactedKinds = []
        })
        let exchange = recording.begin()
        let answer = exchange.answer(of: .production)
        answer.head(status: 200, fields: ["Content-Type": "application/octet-stream"])
        answer.take(Array(forged))
        answer.end()
        exchange.finish(served: .production)
        #expect(try recording.close().count == 1)
        let name = try #require(try recording.folder.names().first { $0.hasSuffix(".seg") })
        let whole = try recording.folder.bytes(name)
        #expect(ByteSearch.first(Array(forged), in: whole) != nil)
        try recording.folder.put(name, Array(whole.dropLast(1)))
        let found = try read(recording.folder.path)
        #expect(found.ids.isEmpty && found.problems.count == 1)
    }

    @Test func segmentsAreClosedByLengthAndShippedWhole() throws {
        let recording = try Recording(spool: { $0.segmentBytes = 4000 })
        for number in 0..<100 {
            recording.exchange(id: "e-\(number)")
            if number % 10 == 9 { usleep(12_000) }
        }
        let before = try recording.close()
        #expect(before.count == 100)
        #expect(try recording.folder.names().count { $0.hasSuffix(".seg") } > 3)
        let store = MemoryEvidence()
        let names = try recording.folder.names().filter { $0.hasSuffix(".seg") }.map {
            String($0.dropLast(4)) + ".jsonl.zst"
        }
        let shipment = try SegmentShipper(folder: recording.folder.path, to: store).ship()
        #expect(shipment.exchanges == 100 && shipment.problems.isEmpty)
        #expect(try recording.folder.names() == ["writer.lock"])
        let runs = store.runs()
        #expect(runs.count == 1 && runs.first?.hasPrefix("traffic-gw-a-20") == true)
        // What was shipped reads as what was spooled.
        let shipped = try Folder()
        for name in names { try shipped.put(name, try #require(try store.get(run: runs[0], name: name))) }
        #expect(try TrafficReader([shipped.path]).exchanges() == before)
    }

    /// A store that is away at first.
    private final class LateStore: EvidenceStore {
        let inner = MemoryEvidence()
        let isThere = Mutex(false)

        func open(run: String) throws(StoreError) -> any ObservationLog { try inner.open(run: run) }
        func read(run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void) throws {
            try inner.read(run: run, each: each, problem: problem)
        }
        func put(run: String, name: String, bytes: [UInt8]) throws(StoreError) {
            guard isThere.withLock({ $0 }) else { throw StoreError(.unavailable, "the store is away") }
            try inner.put(run: run, name: name, bytes: bytes)
        }
        func get(run: String, name: String) throws(StoreError) -> [UInt8]? {
            try inner.get(run: run, name: name)
        }
        func runs() throws(StoreError) -> [String] { inner.runs() }
    }

    /// Dies when it has kept something, before it can say so.
    private final class DyingStore: EvidenceStore {
        let inner = MemoryEvidence()
        let puts = Mutex(0)
        let isDying = Mutex(true)

        func open(run: String) throws(StoreError) -> any ObservationLog { try inner.open(run: run) }
        func read(run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void) throws {
            try inner.read(run: run, each: each, problem: problem)
        }
        func put(run: String, name: String, bytes: [UInt8]) throws(StoreError) {
            puts.withLock { $0 += 1 }
            try inner.put(run: run, name: name, bytes: bytes)
            if isDying.withLock({ $0 }) { throw StoreError(.unavailable, "killed") }
        }
        func get(run: String, name: String) throws(StoreError) -> [UInt8]? {
            try inner.get(run: run, name: name)
        }
        func runs() throws(StoreError) -> [String] { inner.runs() }
    }

    @Test func aSegmentThatWasShippedAndNotRemovedIsShippedOnce() throws {
        let recording = try Recording()
        for number in 0..<20 { recording.exchange(id: "e-\(number)") }
        let before = try recording.close()
        let store = DyingStore()
        let shipper = SegmentShipper(folder: recording.folder.path, to: store)
        #expect(throws: StoreError.self) { _ = try shipper.ship() }
        let names = try recording.folder.names()
        #expect(names.count == 2)
        store.isDying.withLock { $0 = false }
        #expect(try shipper.ship().segments == 1)
        #expect(try recording.folder.names() == ["writer.lock"])
        #expect(store.puts.withLock { $0 } == 1)
        let shipped = try Folder()
        let run = try #require(store.inner.runs().first)
        for name in names where name.hasSuffix(".seg") {
            let packed = String(name.dropLast(4)) + ".jsonl.zst"
            try shipped.put(packed, try #require(try store.get(run: run, name: packed)))
        }
        #expect(try TrafficReader([shipped.path]).exchanges() == before)
    }

    @Test func segmentsWaitForAStoreThatIsAway() throws {
        let recording = try Recording(spool: { $0.segmentBytes = 3000 })
        let store = LateStore()
        let notices = Mutex<[String]>([])
        let carrier = SegmentCarrier(SegmentShipper(folder: recording.folder.path, to: store), every: 1) {
            notice in
            notices.withLock { $0.append(notice) }
        }
        for number in 0..<50 {
            recording.exchange()
            if number % 10 == 9 { usleep(12_000) }
        }
        try carrier.start()
        usleep(200_000)
        recording.recorder.close()
        #expect(try recording.folder.names().count > 3)
        #expect(notices.withLock { $0.count == 1 && $0[0].contains("the store is away") })
        store.isThere.withLock { $0 = true }
        carrier.close()
        #expect(try recording.folder.names() == ["writer.lock"])
        #expect(notices.withLock { $0.last == "segments are shipped again" })
    }

    @Test func aSpoolAtItsBoundTakesNothingAndSaysSo() async throws {
        let recording = try Recording(spool: {
            $0.segmentBytes = 2000
            $0.totalBytes = 12_000
        })
        for _ in 0..<200 {
            recording.exchange()
            usleep(500)
        }
        usleep(20_000)
        #expect(!recording.recorder.counts.isSpooling && recording.recorder.counts.unwritten > 0)
        #expect(recording.notices.withLock { $0.contains { $0.contains("its bound is 12000") } })
        #expect(await recording.recorder.record(Feedback(request: "a", received: 1, thumb: .up)) != .kept)
        let sizes = try recording.folder.names().map { try recording.folder.bytes($0).count }
        #expect(sizes.reduce(0, +) <= 12_000)
        // Room again, and it goes on by itself.
        _ = try SegmentShipper(folder: recording.folder.path, to: MemoryEvidence()).ship()
        usleep(600_000)
        recording.exchange(id: "again")
        usleep(50_000)
        #expect(recording.recorder.counts.isSpooling)
        #expect(try recording.close().last?.id == "again")
        #expect(recording.notices.withLock { $0.contains { $0.contains("again") } })
    }

    @Test func linesOfJSONAreReadWithTheirFeedback() throws {
        let recording = try Recording()
        for number in 0..<5 { recording.exchange(id: "e-\(number)") }
        let exchanges = try recording.close()
        let folder = try Folder()
        var bytes = FeedbackCodec.encode(Feedback(request: "e-3", received: 5, thumb: .down))
        for exchange in exchanges { bytes += ExchangeCodec.encode(exchange) }
        bytes += Array("{\"v\":1}\n\n{\"v\":1,\"feedback\":3}\n{\"v\":1,\"id\":\"tor".utf8)
        try folder.put("a.jsonl", bytes)
        var problems: [TrafficReader.Problem] = []
        var read: [Exchange] = []
        let summary = try TrafficReader([folder.path + "/a.jsonl"]).read(
            each: { read.append($0) }, problem: { problems.append($0) })
        #expect(read.map(\.feedback.count) == [0, 0, 0, 1, 0])
        #expect(summary.feedbackJoined == 1 && summary.problems == 3)
        #expect(problems.map { String($0.place.split(separator: ":").last ?? "") } == ["9", "7", "10"])
        #expect(throws: StoreError.self) { try TrafficReader(["/nowhere"]).read { _ in } }
    }

    @Test func whatEachThrowsEndsTheReading() throws {
        struct Enough: Error {}
        let (folder, _, _) = try segment()
        var count = 0
        #expect(throws: Enough.self) {
            try TrafficReader([folder.path]).read { _ in
                count += 1
                if count == 3 { throw Enough() }
            }
        }
        #expect(count == 3)
    }
}

extension TrafficReader {
    func exchanges() throws -> [Exchange] {
        var read: [Exchange] = []
        _ = try self.read { read.append($0) }
        return read
    }
}
