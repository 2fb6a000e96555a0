import Digest
import Domain
import Glibc
import Interchange

/// Blessed baselines in a folder that people review and commit, usually `baselines/`:
///
/// - `NAME.json`: who blessed which run and why, its versions, gates and margins; names the next by its digest.
/// - `NAME.observations.jsonl.zst`: the observations to pair with.
/// - `NAME.history.jsonl`: one line a blessing, oldest first.
public struct BaselineFiles: Sendable {
    public let folder: String

    /// A packed file that unpacks to more is refused, whatever it says of itself.
    private static let maximumUnpackedBytes = 16 << 30

    public init(folder: String) { self.folder = folder }

    private func path(_ name: String, _ ending: String) -> String { folder + "/" + name + ending }

    // MARK: Blessing

    /// Makes a run the baseline of a name, in the place of an earlier one: packs its observations, one for each
    /// example and repeat, and writes down who says so and why.
    ///
    /// The observations are kept as those of the arm `baseline`, which they are from now on. The JSON file is written
    /// after what it names, so that a blessing that was cut short is seen to be.
    ///
    /// - Parameter problem: Told of every record of the run that cannot be read.
    /// - Throws: `denied` without a proper name, a reason or a person; `missing` where the run has no observation of
    ///   that arm; what the evidence and the disk throw.
    public func bless(
        _ blessing: Blessing, observationsFrom evidence: any EvidenceStore,
        problem: (StoreError) -> Void = { _ in }
    ) throws(StoreError) -> BlessedBaseline {
        try check(blessing)
        let chosen = try choose(blessing, evidence, problem)
        guard !chosen.isEmpty else {
            throw StoreError(
                .missing,
                "run \(blessing.run) holds no observation of its \(blessing.arm.rawValue); bless a run that has"
            )
        }
        var earlier = try recorded(blessing.name)
        try Files.makeFolder(folder)
        let packed = path(blessing.name, ".observations.jsonl.zst")
        var unpackedBytes = 0
        try Files.replace(packed) { descriptor, path in
            unpackedBytes = try pack(blessing, evidence, chosen, descriptor, path)
        }
        let baseline = BlessedBaseline(
            blessing: blessing,
            observations: BlessedBaseline.PackedObservations(
                file: blessing.name + ".observations.jsonl.zst", digest: try Files.digest(packed).description,
                count: chosen.count, unpackedBytes: unpackedBytes))
        try Files.replace(path(blessing.name, ".json"), with: BaselineCodec.encode(baseline))
        earlier.append(BlessingRecord(baseline))
        try Files.replace(
            path(blessing.name, ".history.jsonl"), with: earlier.flatMap { BaselineCodec.encode($0) })
        return baseline
    }

    private func check(_ blessing: Blessing) throws(StoreError) {
        try check(name: blessing.name)
        func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
        if isBlank(blessing.why) {
            throw StoreError(
                .denied, "a baseline needs a reason that others can read later; give --why \"…\"")
        }
        if isBlank(blessing.who) { throw StoreError(.denied, "a baseline needs the name of who blesses it") }
    }

    private func check(name: String) throws(StoreError) {
        guard Blessing.isName(name) else {
            throw StoreError(
                .denied,
                "a baseline's name has letters, digits, '-', '_' and '.', a letter or digit first: not this one"
            )
        }
    }

    /// The place, among the arm's observations, of the one that stands for each example and repeat: the first that
    /// was measured, as a run scores it, else the last.
    private func choose(
        _ blessing: Blessing, _ evidence: any EvidenceStore, _ problem: (StoreError) -> Void
    ) throws(StoreError) -> Set<Int> {
        struct Unit: Hashable {
            let example: String
            let repetition: Int
        }
        struct Choice {
            let place: Int
            let isMeasured: Bool
        }
        var choices: [Unit: Choice] = [:]
        var place = 0
        try visit(blessing, evidence, problem) { observation in
            let unit = Unit(example: observation.example, repetition: observation.repetition)
            if choices[unit]?.isMeasured != true {
                let isMeasured = observation.failure.map(\.countsAgainstApp) ?? true
                choices[unit] = Choice(place: place, isMeasured: isMeasured)
            }
            place += 1
        }
        return Set(choices.values.map(\.place))
    }

    /// Returns how many bytes were packed.
    private func pack(
        _ blessing: Blessing, _ evidence: any EvidenceStore, _ chosen: Set<Int>, _ descriptor: Int32,
        _ path: String
    ) throws(StoreError) -> Int {
        let packer = try Zstandard.Packer(into: descriptor, path, level: 12)
        var place = 0
        try visit(blessing, evidence, { _ in }) { observation in
            defer { place += 1 }
            guard chosen.contains(place) else { return }
            let line = ObservationCodec.encode(observation.asBaseline)
            try line.withUnsafeBytes { try packer.feed($0, endsLine: true) }
        }
        try packer.finish()
        return packer.fed
    }

    private func visit(
        _ blessing: Blessing, _ evidence: any EvidenceStore, _ problem: (StoreError) -> Void,
        _ body: (Observation) throws -> Void
    ) throws(StoreError) {
        do {
            try evidence.read(
                run: blessing.run, each: { if $0.arm == blessing.arm { try body($0) } }, problem: problem)
        } catch {
            throw Files.storeError(error)
        }
    }

    // MARK: Reading

    /// Names of all baselines, sorted.
    public func list() throws(StoreError) -> [String] {
        var names: [String] = []
        for file in try Files.list(folder) where file.hasSuffix(".json") {
            let name = String(file.dropLast(5))
            if Blessing.isName(name) { names.append(name) }
        }
        return names
    }

    /// The baseline of a name, checked against the digest of its observations.
    ///
    /// - Throws: `missing` where there is none, with those that there are; `damaged`, naming the file, where one was
    ///   changed after the blessing.
    public func load(_ name: String) throws(StoreError) -> BlessedBaseline {
        let baseline = try facts(name)
        let packed = path(name, ".observations.jsonl.zst")
        guard Files.exists(packed) else {
            throw StoreError(
                .missing,
                "\(packed) is not there, although \(path(name, ".json")) names it; "
                    + "take both from version control, or bless again")
        }
        let found = try Files.digest(packed).description
        guard found == baseline.observations.digest else {
            throw StoreError(
                .damaged,
                "\(packed) is not the file that \(path(name, ".json")) was blessed with"
                    + (try isPointer(packed)
                        ? ", but a Git LFS pointer to it: run git lfs pull"
                        : "; take both from version control, or bless again"))
        }
        return baseline
    }

    /// Unpacks a baseline's observations for a recorded target, and returns the path of the JSON Lines file.
    ///
    /// - Parameter scratch: The folder to put it in; made where it is missing.
    public func unpackedObservations(_ name: String, into scratch: String) throws(StoreError) -> String {
        let baseline = try load(name)
        try Files.makeFolder(scratch)
        let source = path(name, ".observations.jsonl.zst")
        let digest = ContentDigest(baseline.observations.digest)?.short ?? "unknown"
        let destination = scratch + "/baseline-" + name + "-" + digest + ".jsonl"
        let input = try Files.openToRead(source)
        defer { close(input) }
        let limit = min(baseline.observations.unpackedBytes, BaselineFiles.maximumUnpackedBytes)
        try Files.replace(destination) { output, path in
            var total = 0
            try Zstandard.read(
                input, source,
                { bytes in
                    total += bytes.count
                    guard total <= limit else {
                        throw StoreError(
                            .damaged, "\(source) unpacks to more than the \(limit) bytes it says; bless again"
                        )
                    }
                    try Files.writeAll(output, UnsafeRawBufferPointer(bytes), path)
                }, damage: { throw StoreError(.damaged, "\(source) is damaged (\($0)); bless again") })
        }
        return destination
    }

    /// The blessings of a name, oldest first. One whose line was not written in time is taken from the baseline.
    public func history(_ name: String) throws(StoreError) -> [BlessingRecord] {
        try check(name: name)
        let records = try recorded(name)
        if records.isEmpty { _ = try facts(name) }
        return records
    }

    private func recorded(_ name: String) throws(StoreError) -> [BlessingRecord] {
        var records: [BlessingRecord] = []
        let file = path(name, ".history.jsonl")
        if Files.exists(file) {
            for (number, line) in try Files.read(file).split(
                separator: 0x0A, omittingEmptySubsequences: false
            ).enumerated()
            where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                do throws(BaselineCodec.Problem) {
                    records.append(try BaselineCodec.decodeRecord(Array(line)))
                } catch {
                    throw StoreError(
                        .damaged,
                        "\(file):\(number + 1): \(error.description); mend the line, or take the file from "
                            + "version control")
                }
            }
        }
        // One that cannot be read is told where it is loaded; blessing again mends it.
        if let present = (try? facts(name)).map(BlessingRecord.init), !records.contains(present) {
            records.append(present)
        }
        return records
    }

    /// What the JSON file says, without a look at the observations.
    private func facts(_ name: String) throws(StoreError) -> BlessedBaseline {
        try check(name: name)
        let file = path(name, ".json")
        guard Files.exists(file) else { throw unknown(name) }
        let bytes = try Files.read(file)
        let baseline: BlessedBaseline
        do throws(BaselineCodec.Problem) {
            baseline = try BaselineCodec.decode(bytes)
        } catch {
            throw StoreError(
                .damaged,
                "\(file) is no baseline: \(error.description); take it from version control, or bless again")
        }
        guard baseline.name == name else {
            throw StoreError(
                .damaged,
                "\(file) is the baseline '\(baseline.name)' under another name; bless the run again as '\(name)'"
            )
        }
        return baseline
    }

    private func unknown(_ name: String) -> StoreError {
        let known = (try? list()) ?? []
        let others = known.isEmpty ? "there is none yet" : "there are: " + known.joined(separator: ", ")
        return StoreError(
            .missing,
            "there is no baseline '\(name)' in \(folder); \(others); make one with sluice baseline bless")
    }

    private func isPointer(_ path: String) throws(StoreError) -> Bool {
        let descriptor = try Files.openToRead(path)
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 40)
        let got = try Files.read(descriptor, path, into: &start)
        return start[..<got].starts(with: "version https://git-lfs".utf8)
    }
}

extension Observation {
    /// The observation as one of the baseline.
    fileprivate var asBaseline: Observation {
        Observation(
            example: example, arm: .baseline, repetition: repetition, outcome: outcome,
            earlierTurns: earlierTurns,
            attempts: attempts, throttled: throttled, fromCache: fromCache)
    }
}
