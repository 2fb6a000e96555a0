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

    /// - Parameter root: Usually `.sluice`; made when the first thing is written.
    public init(root: String) { self.root = root }

    public func folder(run: String) -> String { root + "/runs/" + run }

    private func journal(_ run: String) -> String { folder(run: run) + "/observations.jsonl" }
    private func packed(_ run: String) -> String { journal(run) + ".zst" }

    public func open(run: String) throws(StoreError) -> any ObservationLog {
        try checkName(run)
        try Files.makeFolder(folder(run: run))
        // A run that was whole is opened again: what was packed comes first.
        if Files.exists(packed(run)), !Files.exists(journal(run)) {
            try Zstandard.unpack(packed(run), to: journal(run))
        }
        return try Journal(path: journal(run), packed: packed(run))
    }

    public func read(
        run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void
    ) throws {
        try checkName(run)
        let path = Files.exists(journal(run)) ? journal(run) : packed(run)
        var lineNumber = 0
        func take(_ line: UnsafeBufferPointer<UInt8>) throws {
            lineNumber += 1
            if line.isEmpty { return }
            let observation: Observation
            do throws(ObservationCodec.Problem) {
                observation = try ObservationCodec.decode(line)
            } catch {
                problem(StoreError(.damaged, "\(path):\(lineNumber): \(error.description)"))
                return
            }
            try each(observation)
        }
        try Lines.forEach(path) { try take($0) }
    }

    public func put(run: String, name: String, bytes: [UInt8]) throws(StoreError) {
        try checkName(run)
        try checkName(name)
        try Files.makeFolder(folder(run: run))
        try Files.replace(folder(run: run) + "/" + name, with: bytes)
    }

    public func get(run: String, name: String) throws(StoreError) -> [UInt8]? {
        try checkName(run)
        try checkName(name)
        let path = folder(run: run) + "/" + name
        return Files.exists(path) ? try Files.read(path) : nil
    }

    public func runs() throws(StoreError) -> [String] {
        var found: [String] = []
        for name in try Files.list(root + "/runs") where Files.isFolder(folder(run: name)) { found.append(name) }
        return found
    }

    /// A name that a user may type is never a path.
    private func checkName(_ name: String) throws(StoreError) {
        let isPlain = !name.isEmpty && !name.hasPrefix(".") && name.utf8.allSatisfy { byte in
            byte != UInt8(ascii: "/") && byte >= 0x20 && byte != 0x7F
        }
        guard isPlain else { throw StoreError(.missing, "'\(name.filter { $0.isASCII })' is no name of a run or file") }
    }
}

/// The open end of a run's observations.
final class Journal: ObservationLog {
    private let path: String
    private let packed: String
    private let descriptor: Mutex<Int32>

    init(path: String, packed: String) throws(StoreError) {
        self.path = path
        self.packed = packed
        let opened = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard opened >= 0 else { throw Files.error("open", path) }
        descriptor = Mutex(opened)
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw StoreError(.busy, "another process is writing \(path); wait for it, or stop it")
        }
        do {
            try Journal.cutTornLine(opened, path)
        } catch {
            close(opened)
            throw error
        }
    }

    deinit { descriptor.withLock { if $0 >= 0 { close($0) } } }

    /// Cuts what stands behind the last line feed.
    private static func cutTornLine(_ descriptor: Int32, _ path: String) throws(StoreError) {
        var end = try Files.size(descriptor, path)
        var byte: UInt8 = 0
        while end > 0 {
            guard pread(descriptor, &byte, 1, off_t(end - 1)) == 1 else { throw Files.error("read", path) }
            if byte == UInt8(ascii: "\n") { break }
            end -= 1
        }
        guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, off_t(end), SEEK_SET) >= 0 else {
            throw Files.error("cut", path)
        }
    }

    func append(_ observation: Observation) throws(StoreError) {
        let bytes = ObservationCodec.encode(observation)
        let problem = descriptor.withLock { descriptor -> StoreError? in
            guard descriptor >= 0 else { return StoreError(.unavailable, "\(path) is closed") }
            do {
                try bytes.withUnsafeBytes { try Files.writeAll(descriptor, $0, path) }
                return nil
            } catch {
                return error as? StoreError ?? StoreError(.unavailable, "\(error)")
            }
        }
        if let problem { throw problem }
    }

    func finish() throws(StoreError) {
        let synced = descriptor.withLock { descriptor -> Bool in
            guard descriptor >= 0 else { return true }
            let done = fsync(descriptor) == 0
            close(descriptor)
            descriptor = -1
            return done
        }
        guard synced else { throw Files.error("sync", path) }
        try Zstandard.pack(path, to: packed)
        unlink(path)
    }
}
