import Digest
import Domain
import Foundation
import Interchange
import Storage
import Testing

struct BaselineFilesTests {
    private let folder: TemporaryFolder
    private let files: BaselineFiles
    private let evidence = MemoryEvidence()

    init() throws {
        folder = try TemporaryFolder()
        files = BaselineFiles(folder: folder.file("baselines"))
        let log = try evidence.open(run: "r-1")
        for number in 0..<20 {
            try log.append(Sample.observation(number, arm: .baseline, text: "old"))
            try log.append(Sample.observation(number))
        }
        try log.finish()
    }

    private func blessing(
        _ name: String = "main", run: String = "r-1", why: String = "v14 is what users have",
        who: String = "Ada",
        at time: String = "2026-03-01T10:00:00Z", arm: Arm = .candidate
    ) -> Blessing {
        Blessing(
            name: name, why: why, who: who, blessedAt: time, run: run, arm: arm, project: "helpdesk",
            sluiceVersion: "0.1.0",
            dataset: Manifest.DatasetFacts(
                digest: "sha256:ab12", count: 20, files: ["golden/a.jsonl"], version: "2026-Q1"),
            policyDigest: "sha256:cd34",
            target: Manifest.TargetFacts(
                identity: TargetIdentity(
                    kind: "http", address: "http://127.0.0.1:1/a", configuration: "ef56"),
                versions: [Manifest.ObservedVersion(name: "prompt", values: ["v14", "v15"])], blessed: "older"
            ),
            verdict: .ship,
            gates: [
                Blessing.Gate(rule: "recall@3 >= 0.8", outcome: "passes", baseline: nil, candidate: 0.8125),
                Blessing.Gate(rule: "latency.p95 <= 1s", outcome: "unsure", baseline: 1e-9, candidate: nil),
            ],
            margins: [
                Blessing.Margin(metric: "recall@3", margin: 0.1 + 0.2),
                Blessing.Margin(metric: "bleu", margin: 0.05),
            ])
    }

    @Test func whatIsBlessedIsLoadedEqualAndUnpackedWhole() throws {
        let blessed = try files.bless(blessing(), observationsFrom: evidence)
        #expect(try files.load("main") == blessed)
        #expect(blessed.observations.count == 20)
        #expect(blessed.automaticMargins == ["recall@3": 0.1 + 0.2, "bleu": 0.05])
        #expect(
            try folder.contents("baselines") == [
                "main.history.jsonl", "main.json", "main.observations.jsonl.zst",
            ])

        let path = try files.unpackedObservations("main", into: folder.file("scratch/x"))
        let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == blessed.observations.unpackedBytes)
        let observations = try lines.map { try ObservationCodec.decode(Array($0)) }
        #expect(observations == (0..<20).map { Sample.observation($0, arm: .baseline) })
        // Twice is no trouble.
        #expect(try files.unpackedObservations("main", into: folder.file("scratch/x")) == path)
    }

    @Test func theOtherArmCanBeBlessedToo() throws {
        _ = try files.bless(blessing(arm: .baseline), observationsFrom: evidence)
        let path = try files.unpackedObservations("main", into: folder.file("scratch"))
        let line = try #require(try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A).first)
        #expect(try ObservationCodec.decode(Array(line)).answer?.text == "old")
    }

    @Test func theSameRunGivesTheSameBytes() throws {
        _ = try files.bless(blessing(), observationsFrom: evidence)
        let first = try folder.data("baselines/main.observations.jsonl.zst")
        let facts = try folder.data("baselines/main.json")
        _ = try files.bless(blessing(), observationsFrom: evidence)
        #expect(try folder.data("baselines/main.observations.jsonl.zst") == first)
        #expect(try folder.data("baselines/main.json") == facts)
    }

    @Test func theFileIsOneThatPeopleCanReview() throws {
        _ = try files.bless(blessing(), observationsFrom: evidence)
        let text = String(decoding: try folder.data("baselines/main.json"), as: UTF8.self)
        #expect(
            text.hasPrefix(
                "{\n  \"format\": \"sluice.baseline/1\",\n  \"name\": \"main\",\n  \"why\": \"v14 is"))
        #expect(text.hasSuffix("}\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 120 })
        // Foundation vouches that it is JSON, and for the digest of the file beside it.
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let observations = try #require(object["observations"] as? [String: Any])
        let packed = try folder.data("baselines/main.observations.jsonl.zst")
        #expect(observations["digest"] as? String == ContentDigest(of: Array(packed)).description)
        #expect(observations["count"] as? Int == 20)
    }

    /// A resumed run may hold more than one observation of an example: the one that the run itself scored counts.
    @Test func oneObservationStandsForEachExampleAndRepeat() throws {
        let log = try evidence.open(run: "r-2")
        try log.append(Sample.failure(1, .unreachable))
        try log.append(Sample.observation(1, text: "measured first"))
        try log.append(Sample.observation(1, text: "measured later"))
        try log.append(Sample.observation(1, repetition: 1, text: "repeat"))
        try log.append(Sample.failure(2, .unreachable))
        try log.append(Sample.failure(2, .cancelled))
        try log.append(Sample.failure(3, .timeout))
        try log.append(Sample.observation(3, text: "the failure counted already"))
        try log.finish()
        let baseline = try files.bless(blessing(run: "r-2"), observationsFrom: evidence)
        #expect(baseline.observations.count == 4)
        let path = try files.unpackedObservations("main", into: folder.file("scratch"))
        let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A)
        let found = try lines.map { try ObservationCodec.decode(Array($0)) }
        let words = found.map {
            "\($0.example)/\($0.repetition) \($0.answer?.text ?? $0.failure!.cause.rawValue)"
        }
        #expect(words == ["E-1/0 measured first", "E-1/1 repeat", "E-2/0 cancelled", "E-3/0 timeout"])
    }

    @Test func everyBlessingIsInTheHistory() throws {
        _ = try files.bless(blessing(why: "first", at: "2026-01-01T00:00:00Z"), observationsFrom: evidence)
        _ = try files.bless(
            blessing(why: "second\nline", who: "Bob", at: "2026-02-01T00:00:00Z"), observationsFrom: evidence)
        let last = try files.bless(
            blessing(why: "third", at: "2026-03-01T00:00:00Z"), observationsFrom: evidence)
        let history = try files.history("main")
        #expect(history.map(\.why) == ["first", "second\nline", "third"])
        #expect(history.map(\.who) == ["Ada", "Bob", "Ada"])
        #expect(history.last == BlessingRecord(last))
        #expect(
            history.allSatisfy { $0.run == "r-1" && $0.verdict == .ship && $0.datasetDigest == "sha256:ab12" }
        )
        #expect(try folder.data("baselines/main.history.jsonl").split(separator: 0x0A).count == 3)
    }

    /// The JSON file is written before the history, so a killed blessing may lack its line: it is not forgotten.
    @Test func aBlessingThatDiedBeforeItsHistoryIsStillInIt() throws {
        _ = try files.bless(blessing(why: "first"), observationsFrom: evidence)
        try FileManager.default.removeItem(atPath: folder.file("baselines/main.history.jsonl"))
        #expect(try files.history("main").map(\.why) == ["first"])
        _ = try files.bless(blessing(why: "second"), observationsFrom: evidence)
        #expect(try files.history("main").map(\.why) == ["first", "second"])
    }

    @Test func namesAreListedSorted() throws {
        #expect(try files.list() == [])
        for name in ["rc", "main", "B.2"] { _ = try files.bless(blessing(name), observationsFrom: evidence) }
        try folder.write("baselines/.draft.json", "{}")
        try folder.write("baselines/README.md", "")
        #expect(try files.list() == ["B.2", "main", "rc"])
    }

    @Test func anUnknownBaselineNamesThoseThatThereAre() throws {
        let none = #expect(throws: StoreError.self) { _ = try files.load("main") }
        #expect(none?.kind == .missing && none?.description.contains("there is none yet") == true)
        _ = try files.bless(blessing("rc"), observationsFrom: evidence)
        for attempt in [{ _ = try files.load("main") }, { _ = try files.history("main") }]
            as [() throws -> Void]
        {
            let other = #expect(throws: StoreError.self) { try attempt() }
            #expect(other?.kind == .missing && other?.description.contains("there are: rc") == true)
        }
    }

    @Test(arguments: [
        "", "../main", "a/b", ".main", "-x", "a b", "ä", "a\u{0}", String(repeating: "a", count: 101),
    ])
    func aNameIsNeverAPath(name: String) throws {
        let attempts: [() throws -> Void] = [
            { _ = try files.bless(blessing(name), observationsFrom: evidence) }, { _ = try files.load(name) },
            { _ = try files.history(name) }, { _ = try files.unpackedObservations(name, into: folder.path) },
        ]
        for attempt in attempts {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .denied)
        }
        #expect(try folder.contents() == [])
    }

    @Test func aBlessingSaysWhoAndWhyAndHasSomethingToBless() throws {
        let cases: [(Blessing, StoreError.Kind, String)] = [
            (blessing(why: " \n"), .denied, "--why"), (blessing(who: ""), .denied, "who"),
            (blessing(run: "r-9"), .missing, "no run r-9"),
        ]
        for (blessing, kind, words) in cases {
            let error = #expect(throws: StoreError.self) {
                _ = try files.bless(blessing, observationsFrom: evidence)
            }
            #expect(error?.kind == kind && error?.description.contains(words) == true)
        }
        let log = try evidence.open(run: "r-3")
        try log.append(Sample.observation(1, arm: .baseline))
        try log.finish()
        let error = #expect(throws: StoreError.self) {
            _ = try files.bless(blessing(run: "r-3"), observationsFrom: evidence)
        }
        #expect(error?.description.contains("no observation of its candidate") == true)
        #expect(try folder.contents() == [])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let words: String
        let change: @Sendable (Data) -> Data?
    }

    private static let damages = [
        Damage(
            testDescription: "packed file gone", file: "main.observations.jsonl.zst", words: "is not there"
        ) { _ in nil },
        Damage(
            testDescription: "packed file cut", file: "main.observations.jsonl.zst",
            words: "is not the file that"
        ) {
            $0.prefix($0.count / 2)
        },
        Damage(
            testDescription: "a byte changed", file: "main.observations.jsonl.zst",
            words: "take both from version control"
        ) {
            var data = $0
            data[40] ^= 1
            return data
        },
        Damage(testDescription: "Git LFS pointer", file: "main.observations.jsonl.zst", words: "git lfs pull")
        { _ in
            Data("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n".utf8)
        },
        Damage(testDescription: "half a JSON", file: "main.json", words: "truncated") {
            $0.prefix($0.count / 2)
        },
        Damage(testDescription: "another format", file: "main.json", words: "sluice.baseline/1") { _ in
            Data(#"{"format": "sluice.baseline/2"}"#.utf8)
        },
        Damage(testDescription: "a part missing", file: "main.json", words: "'dataset.digest' is missing") {
            Data(
                String(decoding: $0, as: UTF8.self).replacingOccurrences(
                    of: #""digest": "sha256:ab12","#, with: ""
                ).utf8)
        },
        Damage(testDescription: "an element's part wrong", file: "main.json", words: "'gates[1].rule'") {
            Data(
                String(decoding: $0, as: UTF8.self).replacingOccurrences(
                    of: #""latency.p95 <= 1s""#, with: "7"
                ).utf8)
        },
        Damage(
            testDescription: "renamed", file: "main.json", words: "is the baseline 'rc' under another name"
        ) {
            Data(
                String(decoding: $0, as: UTF8.self).replacingOccurrences(
                    of: #""name": "main""#, with: #""name": "rc""#
                ).utf8)
        },
    ]

    @Test(arguments: damages)
    func whatWasChangedAfterTheBlessingIsNamed(damage: Damage) throws {
        _ = try files.bless(blessing(), observationsFrom: evidence)
        let path = "baselines/" + damage.file
        let data = try folder.data(path)
        try FileManager.default.removeItem(atPath: folder.file(path))
        if let changed = damage.change(data) {
            #expect(changed != data)
            try folder.write(path, changed)
        }
        for attempt in [
            { _ = try files.load("main") },
            { _ = try files.unpackedObservations("main", into: folder.file("s")) },
        ] as [() throws -> Void] {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .damaged || error?.kind == .missing)
            #expect(error?.description.contains(damage.words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains(folder.file(path)) == true)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("s")))
        // To bless again mends it.
        _ = try files.bless(blessing(), observationsFrom: evidence)
        #expect(try files.load("main").name == "main")
    }

    @Test func aPackedFileThatHidesMoreThanItSaysIsRefused() throws {
        _ = try files.bless(blessing(), observationsFrom: evidence)
        let text = String(decoding: try folder.data("baselines/main.json"), as: UTF8.self)
        let range = try #require(text.range(of: #""unpacked_bytes": [0-9]+"#, options: .regularExpression))
        try folder.write(
            "baselines/main.json", text.replacingCharacters(in: range, with: #""unpacked_bytes": 1000"#))
        let error = #expect(throws: StoreError.self) {
            _ = try files.unpackedObservations("main", into: folder.file("scratch"))
        }
        #expect(error?.kind == .damaged && error?.description.contains("1000 bytes") == true)
        #expect(try folder.contents("scratch") == [])
    }

    @Test func aDamagedHistoryIsNotWrittenOver() throws {
        _ = try files.bless(blessing(), observationsFrom: evidence)
        let history = "baselines/main.history.jsonl"
        let text = String(decoding: try folder.data(history), as: UTF8.self)
        try folder.write(history, text + "<<<<<<< HEAD\n")
        for attempt in [
            { _ = try files.history("main") },
            { _ = try files.bless(blessing(), observationsFrom: evidence) },
        ] as [() throws -> Void] {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .damaged && error?.description.contains("main.history.jsonl:2: ") == true)
        }
        #expect(String(decoding: try folder.data(history), as: UTF8.self).hasSuffix("HEAD\n"))
    }

    @Test func recordsThatCannotBeReadAreToldAndTheRestIsBlessed() throws {
        let root = folder.file("store")
        let store = DirectoryEvidence(root: root)
        let log = try store.open(run: "r-4")
        try log.append(Sample.observation(1))
        let path = root + "/runs/r-4/observations.jsonl"
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("no JSON\n".utf8))
        try handle.close()
        var problems: [StoreError] = []
        let baseline = try files.bless(blessing(run: "r-4"), observationsFrom: store) { problems.append($0) }
        #expect(baseline.observations.count == 1)
        #expect(problems.count == 1 && problems[0].description.contains("observations.jsonl:2"))
    }

    @Test func anotherDataSetIsSaidInWords() throws {
        let baseline = try files.bless(blessing(), observationsFrom: evidence)
        #expect(baseline.datasetWarning(digest: "sha256:ab12", count: 20) == nil)
        let words = try #require(baseline.datasetWarning(digest: "sha256:ffee", count: 30))
        for part in [
            "'main'", "ab12", "20 examples", "ffee", "30 examples", "bless a run over the present set",
        ] {
            #expect(words.contains(part))
        }
    }

    @Test func aManifestGivesTheBlessingOfAnArmItHas() throws {
        var manifest = Manifest(
            runID: "r-1", sluiceVersion: "0.1.0", project: "helpdesk", policyPath: "sluice.yaml")
        manifest.candidate = blessing().target
        manifest.dataset = blessing().dataset
        manifest.policyDigest = "sha256:cd34"
        func from(_ arm: Arm) -> Blessing? {
            Blessing(
                name: "main", why: "w", who: "Ada", blessedAt: "t", manifest: manifest, arm: arm,
                verdict: .block,
                gates: [], margins: ["b": 2, "a": 1])
        }
        let made = try #require(from(.candidate))
        #expect(made.run == "r-1" && made.target == blessing().target && made.verdict == .block)
        #expect(made.margins.map(\.metric) == ["a", "b"])
        #expect(from(.baseline) == nil)
    }
}
