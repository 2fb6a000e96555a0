import Domain
import Storage
import Testing

/// What every evidence store does, whatever it is made of.
struct EvidenceStoreContract {
    struct Adapter: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let folder: TemporaryFolder?
        let store: any EvidenceStore

        static func memory() -> Adapter {
            Adapter(testDescription: "memory", folder: nil, store: MemoryEvidence())
        }

        static func directory() throws -> Adapter {
            let folder = try TemporaryFolder()
            return Adapter(
                testDescription: "directory", folder: folder,
                store: DirectoryEvidence(root: folder.file("store")))
        }
    }

    enum Kind: CaseIterable, Sendable {
        case memory, directory

        func make() throws -> Adapter { try self == .memory ? .memory() : .directory() }
    }

    @Test(arguments: Kind.allCases)
    func observationsComeBackEqualAndInTheOrderWritten(kind: Kind) throws {
        let adapter = try kind.make()
        let written =
            (0..<50).map { Sample.observation($0, arm: $0 % 2 == 0 ? .baseline : .candidate) }
            + [Sample.failure(50, .timeout), Sample.failure(51, .unreachable)]
        let log = try adapter.store.open(run: "r-1")
        for observation in written { try log.append(observation) }
        let open = try adapter.store.all("r-1")
        #expect(open.observations == written)
        try log.finish()
        let finished = try adapter.store.all("r-1")
        #expect(finished.observations == written)
        #expect(open.problems.isEmpty && finished.problems.isEmpty && log.repairs.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func aFinishedRunIsOpenedAgainAndGoesOn(kind: Kind) throws {
        let adapter = try kind.make()
        var expected: [Observation] = []
        for round in 0..<4 {
            let log = try adapter.store.open(run: "r-1")
            for number in 0..<3 {
                expected.append(Sample.observation(10 * round + number))
                try log.append(expected[expected.count - 1])
            }
            // The third round dies without an end.
            if round != 2 { try log.finish() }
            #expect(log.repairs.isEmpty)
        }
        #expect(try adapter.store.all("r-1").observations == expected)
    }

    @Test(arguments: Kind.allCases)
    func aSecondWriterIsRefusedUntilTheFirstIsDone(kind: Kind) throws {
        let adapter = try kind.make()
        let first = try adapter.store.open(run: "r-1")
        let error = #expect(throws: StoreError.self) { _ = try adapter.store.open(run: "r-1") }
        #expect(error?.kind == .busy)
        #expect(error?.description.contains("run r-1 is being written") == true)
        #expect(error?.description.contains("wait for it, or stop it") == true)
        // Another run is nobody else's business.
        try adapter.store.open(run: "r-2").finish()
        try first.finish()
        try adapter.store.open(run: "r-1").finish()
    }

    @Test(arguments: Kind.allCases)
    func aLogThatIsLetGoLetsTheNextOneWrite(kind: Kind) throws {
        let adapter = try kind.make()
        do {
            let log = try adapter.store.open(run: "r-1")
            try log.append(Sample.observation(1))
        }
        let log = try adapter.store.open(run: "r-1")
        try log.append(Sample.observation(2))
        #expect(try adapter.store.all("r-1").observations.map(\.example) == ["E-1", "E-2"])
    }

    @Test(arguments: Kind.allCases)
    func aFinishedLogTakesNothingMore(kind: Kind) throws {
        let adapter = try kind.make()
        let log = try adapter.store.open(run: "r-1")
        try log.append(Sample.observation(1))
        try log.finish()
        try log.finish()
        let error = #expect(throws: StoreError.self) { try log.append(Sample.observation(2)) }
        #expect(error?.kind == .unavailable)
        let next = try adapter.store.open(run: "r-1")
        #expect(throws: StoreError.self) { try log.append(Sample.observation(3)) }
        try next.finish()
        #expect(try adapter.store.all("r-1").observations.map(\.example) == ["E-1"])
    }

    @Test(arguments: Kind.allCases)
    func manyTasksAppendAtOnceAndNothingIsLost(kind: Kind) async throws {
        let adapter = try kind.make()
        let log = try adapter.store.open(run: "r-1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<50 { try log.append(Sample.observation(worker * 50 + number)) }
                }
            }
            try await group.waitForAll()
        }
        let found = try adapter.store.all("r-1")
        #expect(Set(found.observations) == Set((0..<400).map { Sample.observation($0) }))
        #expect(found.observations.count == 400 && found.problems.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func whatTheReaderThrowsEndsTheReading(kind: Kind) throws {
        struct Enough: Error {}
        let adapter = try kind.make()
        let log = try adapter.store.open(run: "r-1")
        for number in 0..<5 { try log.append(Sample.observation(number)) }
        for isFinished in [false, true] {
            if isFinished { try log.finish() }
            var seen = 0
            #expect(throws: Enough.self) {
                try adapter.store.read(
                    run: "r-1",
                    each: { _ in
                        seen += 1
                        if seen == 2 { throw Enough() }
                    }, problem: { _ in })
            }
            #expect(seen == 2)
        }
    }

    @Test(arguments: Kind.allCases)
    func anUnknownRunIsMissingAndOneWithoutObservationsIsEmpty(kind: Kind) throws {
        let adapter = try kind.make()
        let error = #expect(throws: StoreError.self) { _ = try adapter.store.all("r-9") }
        #expect(error?.kind == .missing)
        #expect(error?.description.contains("there is no run r-9") == true)
        #expect(try adapter.store.get(run: "r-9", name: "manifest.json") == nil)
        #expect(try adapter.store.runs() == [])
        try adapter.store.put(run: "r-8", name: "manifest.json", bytes: [1])
        #expect(try adapter.store.all("r-8").observations == [])
        try adapter.store.open(run: "r-7").finish()
        #expect(try adapter.store.all("r-7").observations == [])
        #expect(try adapter.store.runs() == ["r-7", "r-8"])
    }

    @Test(arguments: Kind.allCases)
    func filesBesideARunAreReplacedWhole(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.store.put(run: "r-1", name: "report.html", bytes: Array("first".utf8))
        try adapter.store.put(run: "r-1", name: "report.html", bytes: [])
        #expect(try adapter.store.get(run: "r-1", name: "report.html") == [])
        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try adapter.store.put(run: "r-1", name: "report.html", bytes: large)
        #expect(try adapter.store.get(run: "r-1", name: "report.html") == large)
        #expect(try adapter.store.get(run: "r-1", name: "other.html") == nil)
    }

    private static let noNames = [
        "", ".", "..", "../r-1", "a/b", "/etc/passwd", ".hidden", "a\\b", "a\u{0}b", "a\nb", "\u{1B}[2J",
        "a\u{7F}",
        "a\u{202E}b", String(repeating: "x", count: 201),
    ]

    @Test(arguments: Kind.allCases, noNames)
    func aNameIsNeverAPath(kind: Kind, name: String) throws {
        let adapter = try kind.make()
        let attempts: [() throws -> Void] = [
            { _ = try adapter.store.open(run: name) }, { _ = try adapter.store.all(name) },
            { try adapter.store.put(run: name, name: "a", bytes: []) },
            { try adapter.store.put(run: "r-1", name: name, bytes: []) },
            { _ = try adapter.store.get(run: name, name: "a") },
            { _ = try adapter.store.get(run: "r-1", name: name) },
        ]
        for attempt in attempts {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .missing)
            let printable = error?.description.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0 != "\u{202E}"
            }
            #expect(printable == true && (error?.description.count ?? 0) < 120)
        }
        #expect(try adapter.store.runs() == [])
        if let folder = adapter.folder { #expect(try folder.contents() == []) }
    }

    @Test(arguments: Kind.allCases, ["observations.jsonl", "observations.jsonl.zst", "writer.lock"])
    func aFileCannotTakeThePlaceOfTheObservations(kind: Kind, name: String) throws {
        let adapter = try kind.make()
        let error = #expect(throws: StoreError.self) {
            try adapter.store.put(run: "r-1", name: name, bytes: [])
        }
        #expect(error?.kind == .denied)
    }

    @Test(arguments: Kind.allCases)
    func runsAreSortedByTheirBytes(kind: Kind) throws {
        let adapter = try kind.make()
        for run in ["r-10", "r-2", "Z", "é", "a b"] { try adapter.store.put(run: run, name: "x", bytes: []) }
        #expect(try adapter.store.runs() == ["Z", "a b", "r-10", "r-2", "é"])
    }
}
