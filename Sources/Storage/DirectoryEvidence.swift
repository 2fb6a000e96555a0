import Digest
import Domain
import Glibc
import Interchange
import Synchronization

/// Evidence in a folder: `runs/ID/observations.jsonl` while a run goes on, `observations.jsonl.zst` when it is whole,
/// and the run's other files beside it.
///
/// Each observation is one `write`, so that it survives the death of this process at any moment; a torn last line is
/// cut off when the log is opened again.
public struct DirectoryEvidence: EvidenceStore {
    public let root: String

    /// Whether anything that this process asked, or went on with, is kept.
    public static var hasKept: Bool { Journal.hasKept.load(ordering: .relaxed) }

    /// - Parameter root: Usually `.sluice`; made when the first thing is written.
    public init(root: String) { self.root = root }

    /// Where the files of a run lie, for people; the run need not exist.
    public func folder(run: String) -> String { root + "/runs/" + run }

    private func journal(_ run: String) -> String { folder(run: run) + "/observations.jsonl" }
    private func packed(_ run: String) -> String { journal(run) + ".zst" }

    public func open(run: String) throws(StoreError) -> any ObservationLog {
        try EvidenceName.check(run: run)
        try Files.makeFolder(folder(run: run))
        let lock = try WriterLock(folder(run: run) + "/writer.lock", of: "run \(run)")
        try removeLeftovers(run)
        var repairs: [StoreError] = []
        // A run that was whole is opened again: what was packed comes first.
        if Files.exists(packed(run)), !Files.exists(journal(run)), let repair = try unpack(run) {
            repairs.append(repair)
        }
        return try Journal(path: journal(run), packed: packed(run), lock: lock, repairs: repairs)
    }

    /// Only the holder of the lock makes these, so those that lie here belong to the dead.
    private func removeLeftovers(_ run: String) throws(StoreError) {
        for name in try Files.list(folder(run: run))
        where name.hasPrefix("observations.jsonl") && name.contains(".tmp-") {
            unlink(folder(run: run) + "/" + name)
        }
    }

    /// Makes the journal of what was packed. A damaged file is set aside, after all that could be read of it.
    private func unpack(_ run: String) throws(StoreError) -> StoreError? {
        let source = packed(run)
        let input = try Files.openToRead(source)
        defer { close(input) }
        var damages: [String] = []
        var lines = 0
        var splitter = LineSplitter()
        try Files.replace(journal(run)) { output, path in
            try Zstandard.read(
                input, source,
                { bytes in
                    try Files.writeAll(output, UnsafeRawBufferPointer(bytes), path)
                    try splitter.feed(bytes) { _ in lines += 1 }
                },
                damage: { words in
                    damages.append(words)
                    // What follows begins a line of its own.
                    if splitter.dropUnfinished() > 0 {
                        try [0x0A].withUnsafeBytes { try Files.writeAll(output, $0, path) }
                    }
                })
        }
        guard let first = damages.first else { return nil }
        var aside = source + ".damaged"
        var number = 2
        while Files.exists(aside) {
            aside = source + ".damaged-\(number)"
            number += 1
        }
        if rename(source, aside) != 0 { throw Files.error("set aside", source) }
        let places = damages.count == 1 ? first : "\(first), and at \(damages.count - 1) further places"
        return StoreError(
            .damaged,
            "\(source) is damaged (\(places)): \(lines) observations could be read and were kept, the others "
                + "are to be asked again; the file was set aside as \(aside)")
    }

    public func read(
        run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void
    ) throws {
        try EvidenceName.check(run: run)
        guard let (descriptor, path) = try openRecord(run) else { return }
        defer { close(descriptor) }
        var splitter = LineSplitter()
        var number = 0
        func take(_ line: UnsafeBufferPointer<UInt8>) throws {
            number += 1
            let observation: Observation
            do throws(ObservationCodec.Problem) {
                observation = try ObservationCodec.decode(line)
            } catch {
                problem(StoreError(.damaged, "\(path):\(number): \(error.description)"))
                return
            }
            try each(observation)
        }
        func lost(_ words: String) {
            problem(StoreError(.damaged, "\(path):\(number + 1): \(words); what stood there cannot be read"))
        }
        if path.hasSuffix(".zst") {
            try Zstandard.read(
                descriptor, path, { try splitter.feed($0, take) },
                damage: { words in
                    _ = splitter.dropUnfinished()
                    lost(words)
                })
        } else {
            var chunk = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let got = try Files.read(descriptor, path, into: &chunk)
                if got == 0 { break }
                try chunk.withUnsafeBufferPointer {
                    try splitter.feed(UnsafeBufferPointer(rebasing: $0[..<got]), take)
                }
            }
        }
        let torn = splitter.dropUnfinished()
        if torn > 0 { lost("the last line is torn, \(torn) bytes") }
    }

    /// What holds the run's observations now; nil where it has none yet. A writer may pack it in between.
    private func openRecord(_ run: String) throws(StoreError) -> (Int32, String)? {
        for path in [journal(run), packed(run), journal(run)] {
            do throws(StoreError) {
                return (try Files.openToRead(path), path)
            } catch {
                if error.kind != .missing { throw error }
            }
        }
        if Files.isFolder(folder(run: run)) { return nil }
        throw StoreError(.missing, "there is no run \(run) under \(root)/runs")
    }

    /// The digest of a finished run's observations as they lie packed; nil where they do not.
    public func observationsDigest(run: String) throws(StoreError) -> ContentDigest? {
        try EvidenceName.check(run: run)
        return Files.exists(packed(run)) ? try Files.digest(packed(run)) : nil
    }

    public func put(run: String, name: String, bytes: [UInt8]) throws(StoreError) {
        try EvidenceName.check(run: run)
        try EvidenceName.check(file: name)
        try Files.makeFolder(folder(run: run))
        try Files.replace(folder(run: run) + "/" + name, with: bytes)
    }

    public func get(run: String, name: String) throws(StoreError) -> [UInt8]? {
        try EvidenceName.check(run: run)
        try EvidenceName.check(file: name)
        let path = folder(run: run) + "/" + name
        return Files.exists(path) ? try Files.read(path) : nil
    }

    public func runs() throws(StoreError) -> [String] {
        var found: [String] = []
        for name in try Files.list(root + "/runs") where Files.isFolder(folder(run: name)) {
            found.append(name)
        }
        return found
    }
}
