import Digest
import Domain
import Glibc
import Ledger

/// A shared ledger in a folder, on a disk of one machine or of many (NFS):
///
/// - `ledger.json`: that the folder is one.
/// - `objects/ab/HEX.zst`: parts by the digest of their content, packed.
/// - `runs/RUN`: an entry, its digest on the first line.
/// - `evidence/RUN.CHOICE`: the parts of a run's evidence.
/// - `notes/…`: a note each.
///
/// Everything appears by one rename or link after it was written and synced; nothing is ever changed but a part that
/// was damaged. No lock is needed, and none is taken: locks of shared disks are not to be relied on.
public struct DirectoryLedger: SharedLedger {
    public let root: String

    private static let mark = "{\"format\":\"sluice.ledger/1\"}\n"
    /// A piece that a killed writer left behind is removed when it is a day old.
    private static let leftoverSeconds = 86_400

    /// - Parameter writes: Whether the folder is made into a ledger where it is none yet.
    /// - Throws: `missing` where there is no ledger; `denied` where the folder holds something else.
    public init(root: String, writes: Bool) throws(StoreError) {
        self.root = root
        let mark = root + "/ledger.json"
        if Files.exists(mark) {
            guard try Files.read(mark).starts(with: Array("{\"format\":\"sluice.ledger/".utf8)) else {
                throw StoreError(.denied, "\(mark) is not Sluice's; name another folder")
            }
            if writes { removeLeftovers() }
            return
        }
        guard writes else {
            throw StoreError(.missing, "there is no ledger at \(root); 'sluice push --to \(root)' begins one")
        }
        guard try Files.list(root).allSatisfy({ $0.hasPrefix(".") || $0.contains(".tmp-") }) else {
            throw StoreError(
                .denied, "\(root) is a folder with other things in it, and no ledger; name an empty one")
        }
        try Files.makeFolder(root)
        try Files.replace(mark, with: Array(DirectoryLedger.mark.utf8))
    }

    private func removeLeftovers() {
        for folder in ["objects", "runs", "evidence", "notes"] {
            removeLeftovers(root + "/" + folder, deeper: folder == "objects")
        }
    }

    private func removeLeftovers(_ folder: String, deeper: Bool) {
        for name in (try? Files.list(folder)) ?? [] {
            let path = folder + "/" + name
            if deeper { removeLeftovers(path, deeper: false) }
            guard name.contains(".tmp-"), let made = Files.modified(path) else { continue }
            if Int(time(nil)) - made > DirectoryLedger.leftoverSeconds { unlink(path) }
        }
    }

    // MARK: Parts

    private func object(_ digest: ContentDigest) -> String {
        root + "/objects/" + digest.hex.prefix(2) + "/" + digest.hex + ".zst"
    }

    public func holds(_ part: LedgerEntry.Part) throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try self.part(part.digest).count == part.count
        } catch {
            if error.kind == .missing || error.kind == .damaged { return false }
            throw error
        }
    }

    public func put(_ bytes: [UInt8]) throws(StoreError) {
        let digest = ContentDigest(of: bytes)
        let path = object(digest)
        try Files.makeFolder(root + "/objects/" + digest.hex.prefix(2))
        try Files.replace(path) { descriptor, name in
            let packer = try Zstandard.Packer(into: descriptor, name, level: 3)
            try bytes.withUnsafeBytes { try packer.feed($0, endsLine: true) }
            try packer.finish()
        }
    }

    public func part(_ digest: ContentDigest) throws(StoreError) -> [UInt8] {
        let path = object(digest)
        guard Files.exists(path) else {
            throw StoreError(.missing, "the ledger \(root) lacks the part \(digest.short)")
        }
        let bytes = try Zstandard.unpacked(path)
        guard ContentDigest(of: bytes) == digest else {
            throw StoreError(.damaged, "\(path) is not what its name says; push the run again")
        }
        return bytes
    }

    // MARK: Runs

    private func path(_ run: String) -> String { root + "/runs/" + run }

    public func commit(_ entry: LedgerEntry, by: String, at: String) throws(StoreError) -> Bool {
        try EvidenceName.check(run: entry.summary.id)
        if let present = try self.entry(entry.summary.id) {
            guard present.digest == entry.digest else { throw LedgerProblem.other(present, entry, root) }
            return false
        }
        try LedgerProblem.check(entry.parts, of: entry.summary.id, in: self)
        try Files.makeFolder(root + "/runs")
        let head = LedgerProblem.head(entry.digest, by: by, at: at)
        if try Files.create(path(entry.summary.id), with: head + entry.bytes) { return true }
        // Another pusher was faster.
        guard let present = try self.entry(entry.summary.id), present.digest == entry.digest else {
            throw StoreError(
                .denied,
                "run \(entry.summary.id) was pushed by another at the same time, with another content")
        }
        return false
    }

    public func entry(_ run: String) throws(StoreError) -> LedgerEntry? {
        try EvidenceName.check(run: run)
        guard Files.exists(path(run)) else { return nil }
        return try LedgerProblem.entry(Files.read(path(run)), path(run))
    }

    public func attach(
        _ parts: [LedgerEntry.Part], to run: String, _ choice: EvidenceChoice
    ) throws(StoreError) {
        guard try entry(run) != nil else { throw StoreError(.missing, "run \(run) is not in the ledger") }
        try LedgerProblem.check(parts, of: run, in: self)
        try Files.makeFolder(root + "/evidence")
        try Files.replace("\(root)/evidence/\(run).\(choice.rawValue)", with: LedgerProblem.list(parts))
    }

    public func evidence(
        _ run: String, _ choice: EvidenceChoice
    ) throws(StoreError) -> [LedgerEntry.Part]? {
        try EvidenceName.check(run: run)
        let path = "\(root)/evidence/\(run).\(choice.rawValue)"
        guard Files.exists(path) else { return nil }
        return try LedgerProblem.parts(Files.read(path), path)
    }

    // MARK: History

    public func summaries(
        _ query: HistoryQuery, problem: (StoreError) -> Void
    ) throws(StoreError) -> [RunSummary] {
        var found: [RunSummary] = []
        for name in try Files.list(root + "/runs") where !name.contains(".tmp-") {
            do throws(StoreError) {
                let entry = try LedgerProblem.entry(Files.read(path(name)), path(name))
                guard entry.summary.id == name else {
                    throw StoreError(.damaged, "\(path(name)) is the entry of \(entry.summary.id)")
                }
                if query.matches(entry.summary) { found.append(entry.summary) }
            } catch {
                problem(error)
            }
        }
        return query.ordered(found)
    }

    public func notes(problem: (StoreError) -> Void) throws(StoreError) -> [RunNote] {
        var notes: [RunNote] = []
        for name in try Files.list(root + "/notes") where !name.contains(".tmp-") {
            let path = root + "/notes/" + name
            if let note = RunNote(bytes: try Files.read(path)) {
                notes.append(note)
            } else {
                problem(StoreError(.damaged, "\(path) is no note"))
            }
        }
        return notes
    }

    public func append(_ note: RunNote) throws(StoreError) {
        guard try entry(note.run) != nil else {
            throw StoreError(.missing, "there is no run \(note.run) in \(root)")
        }
        try Files.makeFolder(root + "/notes")
        // Names sort by time; two of one second are told apart by their content.
        let time = String(note.at.filter { $0.isNumber || $0 == "T" })
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        let part = String(1_000_000_000 + clock.tv_nsec).dropFirst()
        let name = "\(time).\(part)-\(ContentDigest(of: note.bytes).short)"
        _ = try Files.create(root + "/notes/" + name, with: note.bytes)
    }
}

/// What adapters of the shared ledger have in common.
enum LedgerProblem {
    static func check(
        _ parts: [LedgerEntry.Part], of run: String, in ledger: some SharedLedger
    ) throws(StoreError) {
        for part in parts where try ledger.holds(part) == false {
            throw StoreError(
                .damaged,
                "run \(run): the part \(part.name) did not arrive as it was sent; push the run again")
        }
    }

    static func other(_ present: LedgerEntry, _ new: LedgerEntry, _ place: String) -> StoreError {
        StoreError(
            .denied,
            "run \(new.summary.id) is in \(place) already with another content (\(present.digest.short) there, "
                + "\(new.digest.short) here): it was judged again or changed since it was pushed, and what was "
                + "pushed stays")
    }

    /// The line before an entry: its digest, and who pushed it, which is no part of it.
    static func head(_ digest: ContentDigest, by: String, at: String) -> [UInt8] {
        Array("\(digest) pushed \(at) by \(by.filter { !$0.isNewline })\n".utf8)
    }

    static func entry(_ bytes: [UInt8], _ place: String) throws(StoreError) -> LedgerEntry {
        let cut = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
        let head = String(decoding: bytes[..<cut], as: UTF8.self)
        let body = Array(bytes[min(bytes.count, cut + 1)...])
        guard let digest = head.split(separator: " ").first.flatMap({ ContentDigest(String($0)) }) else {
            throw StoreError(.damaged, "\(place) is no entry of a run")
        }
        return try entry(body, digest, place)
    }

    static func entry(
        _ body: [UInt8], _ digest: ContentDigest, _ place: String
    ) throws(StoreError) -> LedgerEntry {
        guard ContentDigest(of: body) == digest else {
            throw StoreError(.damaged, "\(place) was changed after it was pushed")
        }
        do throws(RunSummaryCodec.Problem) { return try LedgerEntry(bytes: body) } catch {
            throw StoreError(.damaged, "\(place): \(error.description)")
        }
    }
}
