import Domain
import Glibc
import Synchronization

/// The clean-up journals of journeys: a file a journey and run, held by the process that writes it.
///
/// A journal whose process died is taken up by the next one that starts; one whose process lives is left alone.
public struct JourneyJournals: Sendable {
    public let folder: String
    private static let ending = ".journal"

    public init(folder: String) { self.folder = folder }

    /// A journal that somebody left behind.
    public enum Found: Sendable {
        /// Held now by this process. `lines` are whole ones; a torn last line was never acknowledged.
        case left(JourneyJournal, lines: [[UInt8]])
        /// Its process lives.
        case underWay(path: String, StoreError)
        case unreadable(path: String, StoreError)
    }

    /// Begins a journal.
    ///
    /// - Parameter name: Unlike any other's: letters, digits and `-`.
    public func begin(_ name: String) throws(StoreError) -> JourneyJournal {
        try Files.makeFolder(folder)
        let journal = try JourneyJournal(path: folder + "/" + name + Self.ending)
        try Files.syncFolder(of: journal.path)
        return journal
    }

    /// Every journal there is, in the order of their names: that of time, as they are named by it.
    public func found() throws(StoreError) -> [Found] {
        var found: [Found] = []
        for name in try Files.list(folder) where name.hasSuffix(Self.ending) {
            let path = folder + "/" + name
            do throws(StoreError) {
                let journal = try JourneyJournal(path: path)
                // It may have been finished between the listing and the lock.
                guard Files.exists(path) else { continue }
                do throws(StoreError) {
                    let lines = try journal.lines()
                    if lines.isEmpty {
                        // Its process died before it had written anything: nothing was done.
                        try journal.close(isDone: true)
                    } else {
                        found.append(.left(journal, lines: lines))
                    }
                } catch {
                    found.append(.unreadable(path: path, error))
                }
            } catch {
                found.append(
                    error.kind == .busy ? .underWay(path: path, error) : .unreadable(path: path, error))
            }
        }
        return found
    }
}

/// One journal, open and held. Each line is on the disk before `append` returns.
public final class JourneyJournal: JourneyLog {
    public let path: String
    private let lock: Mutex<WriterLock?>
    /// No honest journal comes near it.
    private static let longest = 8 << 20

    init(path: String) throws(StoreError) {
        self.path = path
        lock = Mutex(try WriterLock(path + ".lock", of: "the journal \(path)"))
    }

    /// Its whole lines.
    func lines() throws(StoreError) -> [[UInt8]] {
        guard Files.isPlainFile(path) == true else {
            throw StoreError(.damaged, "\(path) is no plain file; look at it, then remove it")
        }
        let bytes = try Files.read(path)
        guard bytes.count <= Self.longest else {
            throw StoreError(.damaged, "\(path) is far too long for a journal; look at it, then remove it")
        }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        // What stands behind the last line feed.
        lines.removeLast()
        return lines.filter { !$0.isEmpty }
    }

    public func append(_ line: [UInt8]) throws(StoreError) {
        guard lock.withLock({ $0 != nil }) else {
            throw StoreError(.unavailable, "the journal \(path) is closed")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Files.error("write", path) }
        defer { Glibc.close(descriptor) }
        let size = try Files.size(descriptor, path)
        // A torn line of an earlier process must not swallow the next one.
        var text = line + [0x0A]
        if size > 0 {
            var last: UInt8 = 0
            if pread(descriptor, &last, 1, off_t(size - 1)) == 1, last != 0x0A {
                let end = try Self.endOfLastLine(descriptor, size, path)
                guard ftruncate(descriptor, off_t(end)) == 0 else { throw Files.error("cut", path) }
                try Self.write(&text, descriptor, at: end, path)
                return
            }
        }
        try Self.write(&text, descriptor, at: size, path)
    }

    private static func write(
        _ text: inout [UInt8], _ descriptor: Int32, at offset: Int, _ path: String
    ) throws(StoreError) {
        do {
            try text.withUnsafeBytes { try Files.writeAll(descriptor, $0, at: offset, path) }
        } catch {
            _ = ftruncate(descriptor, off_t(offset))
            throw Files.storeError(error)
        }
        guard fdatasync(descriptor) == 0 || errno == EINVAL else { throw Files.error("sync", path) }
    }

    private static func endOfLastLine(
        _ descriptor: Int32, _ size: Int, _ path: String
    ) throws(StoreError) -> Int {
        var bytes = [UInt8](repeating: 0, count: size)
        guard pread(descriptor, &bytes, size, 0) == size else { throw Files.error("read", path) }
        return (bytes.lastIndex(of: 0x0A) ?? -1) + 1
    }

    public func close(isDone: Bool) throws(StoreError) {
        let isOpen = lock.withLock { $0 != nil }
        guard isOpen else { return }
        if isDone, unlink(path) != 0, errno != ENOENT { throw Files.error("remove", path) }
        if isDone { try Files.syncFolder(of: path) }
        lock.withLock { $0 = nil }
    }
}
