import Domain
import Foundation
import Storage
import Testing

struct DirectoryEvidenceTests {
    private let folder: TemporaryFolder
    private let store: DirectoryEvidence

    init() throws {
        folder = try TemporaryFolder()
        store = DirectoryEvidence(root: folder.file("store"))
    }

    private var journal: String { "store/runs/r-1/observations.jsonl" }
    private var packed: String { journal + ".zst" }

    private func write(_ count: Int, finishing: Bool) throws {
        let log = try store.open(run: "r-1")
        for number in 0..<count { try log.append(Sample.observation(number)) }
        if finishing { try log.finish() }
    }

    private func examples() throws -> [String] { try store.all("r-1").observations.map(\.example) }

    // MARK: Files

    @Test func aRunIsLinesWhileItGoesOnAndPackedWhenItIsWhole() throws {
        let log = try store.open(run: "r-1")
        try log.append(Sample.observation(1))
        #expect(try folder.contents("store/runs/r-1") == ["observations.jsonl", "writer.lock"])
        try log.append(Sample.observation(2))
        #expect(try folder.data(journal).split(separator: 0x0A).count == 2)
        try log.finish()
        #expect(try folder.contents("store/runs/r-1") == ["observations.jsonl.zst"])
        // The frame's magic number, RFC 8878 section 3.1.1.
        #expect(try folder.data(packed).prefix(4) == Data([0x28, 0xB5, 0x2F, 0xFD]))
    }

    @Test func aLineOfMegabytesAndOnesThatEndAtABufferComeBack() throws {
        let texts = [65_535, 131_072, 262_144, 3_000_000, 1].map { String(repeating: "x", count: $0) }
        let log = try store.open(run: "r-1")
        for (number, text) in texts.enumerated() { try log.append(Sample.observation(number, text: text)) }
        #expect(try store.all("r-1").observations.map { $0.answer?.text } == texts)
        try log.finish()
        #expect(try store.all("r-1").observations.map { $0.answer?.text } == texts)
        try store.open(run: "r-1").finish()
        #expect(try store.all("r-1").observations.map { $0.answer?.text } == texts)
    }

    // MARK: Damage

    @Test(arguments: ["{\"v\":1,\"exam", "x", "{\"v\":1}", String(repeating: "y", count: 200_000)])
    func aTornLastLineIsCutOffAndSaid(torn: String) throws {
        try write(3, finishing: false)
        let whole = try folder.data(journal)
        try folder.write(journal, whole + Data(torn.utf8))
        // Read as it lies, it is told and not taken.
        let lying = try store.all("r-1")
        #expect(lying.observations.count == 3 && lying.problems.count == 1)
        #expect(
            lying.problems[0].kind == .damaged
                && lying.problems[0].description.contains("\(torn.utf8.count) bytes"))

        let log = try store.open(run: "r-1")
        #expect(log.repairs.map(\.kind) == [.damaged])
        #expect(log.repairs[0].description.contains("\(torn.utf8.count) bytes were cut off"))
        #expect(try folder.data(journal) == whole)
        try log.append(Sample.observation(3))
        try log.finish()
        let found = try store.all("r-1")
        #expect(found.observations == (0..<4).map { Sample.observation($0) } && found.problems.isEmpty)
    }

    @Test func aFirstLineThatIsTornLeavesAnEmptyRun() throws {
        try folder.write(journal, "{\"v\":1,")
        let log = try store.open(run: "r-1")
        #expect(log.repairs.count == 1)
        #expect(try folder.data(journal).isEmpty)
    }

    @Test(arguments: [false, true])
    func linesThatAreNoObservationAreToldByTheirNumberAndTheRestIsRead(isPacked: Bool) throws {
        let bad = ["no JSON", "", "[1]", "{\"v\":99}", "{\"v\":1,\"example\":\"E\"}", "\u{0}\u{1}"]
        try write(2, finishing: false)
        let lines = try folder.data(journal)
        try folder.write(
            journal, lines + Data((bad.joined(separator: "\n") + "\n").utf8) + Data([0xFF, 0x0A]) + lines)
        if isPacked { try store.open(run: "r-1").finish() }
        let found = try store.all("r-1")
        #expect(found.observations.map(\.example) == ["E-0", "E-1", "E-0", "E-1"])
        let places = found.problems.map {
            String($0.description.drop { $0 != ":" }.dropFirst().prefix { $0 != ":" })
        }
        #expect(places == ["3", "4", "5", "6", "7", "8", "9"])
        #expect(found.problems.allSatisfy { $0.kind == .damaged && !$0.description.contains("no JSON,") })
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Which of the four frames are lost.
        let lost: [Int]
        let change: @Sendable (Data) -> Data
    }

    /// Where frames begin: at their magic number.
    private static func frames(_ data: Data) -> [Int] {
        var starts: [Int] = []
        var from = data.startIndex
        while let found = data.range(of: Data([0x28, 0xB5, 0x2F, 0xFD]), in: from..<data.endIndex) {
            starts.append(found.lowerBound)
            from = found.upperBound
        }
        return starts
    }

    private static let damages = [
        Damage(testDescription: "half a file", lost: [2, 3]) { $0.prefix(frames($0)[2] + 1000) },
        Damage(testDescription: "the last byte missing", lost: [3]) { $0.dropLast() },
        Damage(testDescription: "a bit changed in the middle", lost: [1]) {
            var data = $0
            data[frames($0)[1] + 5000] ^= 0x10
            return data
        },
        Damage(testDescription: "a hole of zeros over two frames", lost: [1, 2]) {
            let start = frames($0)[2] - 500
            return $0.prefix(start) + Data(repeating: 0, count: 1000) + $0.dropFirst(start + 1000)
        },
        Damage(testDescription: "a stretch missing", lost: [0]) { $0.prefix(700) + $0.dropFirst(1000) },
        Damage(testDescription: "garbage behind", lost: []) { $0 + Data("garbage".utf8) },
        Damage(testDescription: "no zstd at all", lost: [0, 1, 2, 3]) { _ in Data("not packed".utf8) },
        Damage(testDescription: "empty", lost: [0, 1, 2, 3]) { _ in Data() },
    ]

    /// 40 KB each, about 30 to a frame, of texts that pack badly, so that there is much to damage.
    private static let large: [Observation] = {
        var state: UInt64 = 1
        return (0..<110).map { number in
            var text: [UInt8] = []
            while text.count < 40_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(UInt8(ascii: "0") + UInt8(state >> 58))
            }
            return Sample.observation(number, text: String(decoding: text, as: UTF8.self))
        }
    }()

    @Test(arguments: damages)
    func aDamagedPackedFileIsSetAsideAndAllThatIsWholeIsKept(damage: Damage) throws {
        let observations = DirectoryEvidenceTests.large
        let log = try store.open(run: "r-1")
        for observation in observations { try log.append(observation) }
        try log.finish()
        let whole = try folder.data(packed)
        let starts = DirectoryEvidenceTests.frames(whole)
        try #require(starts.count == 4)
        var lost: [Int] = []
        for frame in damage.lost {
            let end = frame + 1 < starts.count ? starts[frame + 1] : whole.count
            try folder.write("store/runs/one/observations.jsonl.zst", Data(whole[starts[frame]..<end]))
            lost += try store.all("one").observations.compactMap { Int($0.example.dropFirst(2)) }
        }
        let changed = damage.change(whole)
        try folder.write(packed, changed)

        let found = try store.all("r-1")
        #expect(found.problems.count == 1 && found.problems[0].kind == .damaged)
        #expect(found.problems.first?.description.contains(folder.file(packed)) == true)
        // Nothing that was changed is taken for an observation, and nothing that is whole is lost.
        let expected = observations.indices.filter { !lost.contains($0) }
        let isAsExpected = found.observations == expected.map { observations[$0] }
        #expect(isAsExpected, "\(found.observations.count) of \(expected.count)")
        #expect(lost.count == 110 || lost.count <= damage.lost.count * 40)

        // It goes on from what was kept, and the bytes that cannot be read are still there.
        let resumed = try store.open(run: "r-1")
        #expect(resumed.repairs.map(\.kind) == [.damaged])
        let words = resumed.repairs.first?.description
        #expect(words?.contains(": \(expected.count) observations could be read and were kept") == true)
        #expect(try folder.data(packed + ".damaged") == changed)
        for number in lost { try resumed.append(observations[number]) }
        try resumed.finish()
        let mended = try store.all("r-1")
        let isMended = Set(mended.observations) == Set(observations) && mended.observations.count == 110
        #expect(isMended && mended.problems.isEmpty)
        #expect(try store.open(run: "r-1").repairs.isEmpty)
    }

    /// Packed by another tool, as one frame: it reads all the same.
    @Test func aFileThatWasPackedByTheZstdToolIsRead() throws {
        try write(40, finishing: false)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = ["zstd", "-q", "--rm", folder.file(journal)]
        tool.standardError = FileHandle.nullDevice
        try tool.run()
        tool.waitUntilExit()
        // Where the tool is missing there is nothing to compare with.
        guard tool.terminationStatus == 0 else { return }
        #expect(try examples() == (0..<40).map { "E-\($0)" })
    }

    @Test func whatTheDeadLeftBehindIsCleared() throws {
        try write(2, finishing: true)
        for name in ["observations.jsonl.zst.tmp-1-0", "observations.jsonl.tmp-99999-3", "writer.lock"] {
            try folder.write("store/runs/r-1/" + name, "4194999\n")
        }
        let log = try store.open(run: "r-1")
        #expect(
            try folder.contents("store/runs/r-1") == [
                "observations.jsonl", "observations.jsonl.zst", "writer.lock",
            ])
        try log.finish()
        #expect(try folder.contents("store/runs/r-1") == ["observations.jsonl.zst"])
    }

    /// The moment between the packed file's appearance and the journal's end.
    @Test func whereBothArePresentTheJournalCounts() throws {
        try write(3, finishing: false)
        let lines = try folder.data(journal)
        try store.open(run: "r-1").finish()
        try folder.write(journal, lines)
        #expect(try examples() == ["E-0", "E-1", "E-2"])
        let log = try store.open(run: "r-1")
        try log.append(Sample.observation(3))
        try log.finish()
        #expect(try examples() == ["E-0", "E-1", "E-2", "E-3"])
    }

    // MARK: Processes

    /// Everything that a process said was kept is there after it was killed, wherever in its work it was.
    @Test(arguments: ["append", "cycle"])
    func nothingAcknowledgedIsLostToAKill(mode: String) throws {
        var acknowledged = -1
        var kills = 0
        for round in 0..<12 {
            let writer = try WriterProcess(mode, folder.file("store"), "r-1", "100000")
            // A moment that differs from round to round: so many lines, and a little time.
            let lines = Int.random(in: 0...60)
            let microseconds = useconds_t.random(in: 0...3000)
            var said = -1
            for _ in 0..<lines {
                guard let line = writer.line() else { break }
                said = Int(line) ?? said
            }
            usleep(microseconds)
            writer.kill()
            kills += 1
            for line in writer.remainingLines() { said = Int(line) ?? said }
            acknowledged = max(acknowledged, said)
            let comment: Comment = "round \(round): killed after \(lines) lines and \(microseconds) µs"
            if acknowledged < 0 { continue }
            let found = try store.all("r-1")
            // It may hold one more that nobody was told of, and a torn one.
            #expect(found.observations.count >= acknowledged + 1, comment)
            #expect(
                found.observations.map(\.example) == found.observations.indices.map { "E-\($0)" }, comment)
            #expect(found.problems.count <= 1, comment)
        }
        #expect(kills == 12 && acknowledged > 20)
        let writer = try WriterProcess("append", folder.file("store"), "r-1", "\(acknowledged + 10)")
        #expect(writer.remainingLines().last == "finished")
        #expect(try examples() == (0..<(acknowledged + 10)).map { "E-\($0)" })
    }

    @Test func aSecondProcessIsRefusedByTheNumberOfTheFirst() throws {
        let holder = try WriterProcess("hold", folder.file("store"), "r-1")
        #expect(holder.line() == "held")
        let error = #expect(throws: StoreError.self) { _ = try store.open(run: "r-1") }
        #expect(error?.kind == .busy)
        #expect(
            error?.description
                == "run r-1 is being written by process \(holder.identifier); wait for it, or stop it")
        // To read needs no lock.
        #expect(try examples() == ["E-0"])
        holder.kill()
        try store.open(run: "r-1").finish()
        #expect(try examples() == ["E-0"])
    }

    /// Each opens, appends and packs as soon as it may: between the end of one and the beginning of the next, none
    /// may hold a file that the other has already put away.
    @Test func writersThatTakeTurnsLoseNothing() async throws {
        let writers = 4
        let turns = 25
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    var turn = 0
                    while turn < turns {
                        do {
                            let log = try store.open(run: "r-1")
                            try log.append(Sample.failure(writer * turns + turn, .timeout))
                            try log.finish()
                            turn += 1
                        } catch let error as StoreError where error.kind == .busy {
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try store.all("r-1")
        let numbers = found.observations.compactMap { Int($0.example.dropFirst(2)) }.sorted()
        #expect(numbers == Array(0..<(writers * turns)) && found.problems.isEmpty)
    }

    @Test func manyThatBeginAtOnceLeaveOneWriter() throws {
        for _ in 0..<5 {
            let writers = try (0..<4).map { _ in try WriterProcess("hold", folder.file("store"), "r-1") }
            let said = writers.map { $0.line() ?? "" }
            #expect(said.filter { $0 == "held" }.count == 1)
            #expect(said.filter { $0.hasPrefix("error busy run r-1") }.count == 3)
            for writer in writers { writer.kill() }
        }
        #expect(try examples() == ["E-0", "E-0", "E-0", "E-0", "E-0"])
    }

    // MARK: A full disk

    @Test func aDeviceThatIsFullIsFull() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("store/runs/r-1"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(journal), withDestinationPath: "/dev/full")
        let log = try store.open(run: "r-1")
        let error = #expect(throws: StoreError.self) { try log.append(Sample.observation(1)) }
        #expect(error?.kind == .full)
        #expect(
            error?.description.contains(
                "No space left on device; free some space and say it again") == true)
    }

    /// Each line is about 2,030 bytes: the limit of 20,000 falls within the tenth.
    @Test func aLineThatDoesNotFitIsNotHalfWritten() throws {
        let writer = try WriterProcess("full", folder.file("store"), "r-1", "APPEND", "20000")
        let lines = writer.remainingLines()
        #expect(writer.wait() == 1)
        #expect(lines.first == "kept 9")
        #expect(lines.last?.hasPrefix("error full cannot write ") == true)
        #expect(try folder.data(journal).last == 0x0A)
        let log = try store.open(run: "r-1")
        #expect(log.repairs.isEmpty)
        try log.append(Sample.observation(9))
        try log.finish()
        #expect(try examples() == (0..<10).map { "E-\($0)" })
    }

    @Test func aRunThatCannotBePackedIsStillThere() throws {
        let writer = try WriterProcess("full", folder.file("store"), "r-1", "FINISH", "8192")
        let lines = writer.remainingLines()
        #expect(lines.first == "kept 50")
        #expect(lines.last?.hasPrefix("error full cannot write ") == true)
        #expect(try folder.contents("store/runs/r-1") == ["observations.jsonl"])
        #expect(try examples().count == 50)
        try store.open(run: "r-1").finish()
        #expect(try examples().count == 50)
        #expect(try folder.contents("store/runs/r-1") == ["observations.jsonl.zst"])
    }

    @Test func aFolderThatCannotBeMadeIsSaid() throws {
        try folder.write("store", "a file where the folder should be")
        let error = #expect(throws: StoreError.self) { _ = try store.open(run: "r-1") }
        #expect(error?.kind == .denied)
        #expect(error?.description.contains("cannot create the folder \(folder.file("store"))") == true)
        #expect(throws: StoreError.self) { try store.put(run: "r-1", name: "a", bytes: []) }
    }
}
