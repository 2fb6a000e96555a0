import Digest
import Domain
import Glibc

/// A change of a file's bytes at one place.
public struct Splice: Sendable, Hashable {
    public let offset: Int
    /// Bytes that go.
    public let count: Int
    /// Bytes that come in their place.
    public let bytes: [UInt8]

    public init(at offset: Int, count: Int, with bytes: [UInt8]) {
        self.offset = offset
        self.count = count
        self.bytes = bytes
    }
}

/// A file that people keep, held while it is changed: all but the changed places stays byte for byte, a reader sees
/// the old file or the new one, and what somebody else did to it in between is found out and kept.
///
/// While it is held no other Sluice changes it (`flock` on the file itself); an editor or Git may, and is noticed by
/// the digest. What a link leads to is changed, and not the link.
public final class EditedFile {
    /// As it was named.
    public let name: String
    private let path: String
    private let descriptor: Int32
    private let state: stat
    private let digest: ContentDigest
    private let endsLine: Bool
    private let usesReturns: Bool

    /// Holds a file and notes what it is now.
    ///
    /// Another Sluice that holds it is waited for, 2 s at most.
    ///
    /// - Throws: `busy` where another Sluice holds it still, `denied` where it may not be written or is no plain file.
    public init(_ name: String) throws(StoreError) {
        guard let resolved = realpath(name, nil) else { throw Files.error("change", name) }
        path = String(cString: resolved)
        free(resolved)
        self.name = name
        guard access(path, W_OK) == 0 else { throw Files.error("change", name) }
        let (opened, held) = try EditedFile.hold(path, name)
        do throws(StoreError) { (digest, endsLine, usesReturns) = try EditedFile.scan(opened, name) } catch {
            close(opened)
            throw error
        }
        state = held
        descriptor = opened
    }

    /// Longest wait for another Sluice, which holds a file only while it checks and writes it.
    private static let patienceMilliseconds = 2000

    /// Opens and locks a file, after a wait where another Sluice has it.
    private static func hold(_ path: String, _ name: String) throws(StoreError) -> (Int32, stat) {
        let step = 20
        var waited = 0
        while true {
            let opened = try Files.openToRead(path)
            do throws(StoreError) {
                var held = stat()
                if try isLocked(opened, name) {
                    guard fstat(opened, &held) == 0 else { throw Files.error("look at", name) }
                    if isSame(path, held) { return (opened, held) }
                    // The one that held it before has put another file in its place, which is looked at next.
                    if waited >= patienceMilliseconds { throw changed(name) }
                } else if waited >= patienceMilliseconds {
                    throw StoreError(
                        .busy, "\(name) is being changed by another sluice; wait for it and say it again")
                }
            } catch {
                close(opened)
                throw error
            }
            close(opened)
            usleep(UInt32(step * 1000))
            waited += step
        }
    }

    /// Whether the lock is ours now; false where another process has it.
    private static func isLocked(_ descriptor: Int32, _ name: String) throws(StoreError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            // Some network file systems have no locks; the digest still tells what others did.
            if [ENOLCK, EOPNOTSUPP, EBADF, ENOSYS].contains(code) { return true }
            guard code == EWOULDBLOCK else { throw Files.error("lock", name, code) }
            return false
        }
        return true
    }

    deinit { close(descriptor) }

    /// Puts the changes into effect: the whole file is written anew beside the old one, which it then replaces.
    ///
    /// - Parameters:
    ///   - splices: They do not overlap; their order does not matter.
    ///   - appended: Lines without their ends, for the end of the file; they end as the file's other lines do.
    /// - Throws: `busy` where the file is no longer what it was when it was held, and what the disk throws. Nothing
    ///   was changed then.
    public func write(_ splices: [Splice], appending appended: [[UInt8]] = []) throws(StoreError) {
        removeLeftovers()
        let sorted = splices.sorted { $0.offset < $1.offset }
        try Files.replace(path, keeping: state.st_mode & 0o7777) { [self] output, path in
            // Root may edit what is another's.
            _ = fchown(output, state.st_uid, state.st_gid)
            var hash = SHA256()
            var copy = Copy(from: descriptor, to: output, path: name)
            for splice in sorted {
                try copy.go(to: splice.offset, &hash)
                try copy.skip(splice.count, &hash)
                try copy.put(splice.bytes)
            }
            try copy.go(to: .max, &hash)
            let end: [UInt8] = usesReturns ? [0x0D, 0x0A] : [0x0A]
            if !appended.isEmpty, !endsLine { try copy.put(end) }
            for line in appended { try copy.put(line + end) }
            try copy.flush()
            guard hash.finish() == digest else { throw EditedFile.changed(name) }
        } isStill: { [self] in
            EditedFile.isSame(path, state)
        }
    }

    /// What a process that was killed left here: while the file is held, nobody else writes beside it.
    private func removeLeftovers() {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let start = path[path.index(after: slash)...] + ".tmp-"
        for found in (try? Files.list(folder)) ?? [] where found.hasPrefix(start) {
            unlink(folder + "/" + found)
        }
    }

    private static func changed(_ name: String) -> StoreError {
        StoreError(
            .busy,
            "\(name) was changed by someone else in the meantime, and is left as it is; look at it, and say it again"
        )
    }

    private static func isSame(_ path: String, _ held: stat) -> Bool {
        var now = stat()
        return stat(path, &now) == 0 && now.st_ino == held.st_ino && now.st_dev == held.st_dev
            && now.st_size == held.st_size && now.st_mtim.tv_sec == held.st_mtim.tv_sec
            && now.st_mtim.tv_nsec == held.st_mtim.tv_nsec
    }

    private static func scan(
        _ descriptor: Int32, _ name: String
    ) throws(StoreError) -> (ContentDigest, endsLine: Bool, usesReturns: Bool) {
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset = 0
        var last: UInt8 = 0x0A
        var usesReturns: Bool?
        while true {
            let got = chunk.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Files.error("read", name) }
            if got == 0 { return (hash.finish(), last == 0x0A, usesReturns ?? false) }
            chunk.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            if usesReturns == nil, let feed = chunk[..<got].firstIndex(of: 0x0A) {
                usesReturns = (feed > 0 ? chunk[feed - 1] : last) == 0x0D
            }
            last = chunk[got - 1]
            offset += got
        }
    }
}

/// Bytes on their way from the old file to the new one.
private struct Copy {
    let source: Int32
    let target: Int32
    let path: String
    private var position = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 18)
    private var buffer: [UInt8] = []

    init(from source: Int32, to target: Int32, path: String) {
        self.source = source
        self.target = target
        self.path = path
    }

    mutating func go(to offset: Int, _ hash: inout SHA256) throws(StoreError) {
        try read(upTo: offset, &hash, keeps: true)
    }

    mutating func skip(_ count: Int, _ hash: inout SHA256) throws(StoreError) {
        try read(upTo: position + count, &hash, keeps: false)
    }

    private mutating func read(
        upTo end: Int, _ hash: inout SHA256, keeps: Bool
    ) throws(StoreError) {
        while position < end {
            let wanted = min(chunk.count, end - position)
            let at = off_t(position)
            let got = chunk.withUnsafeMutableBytes { pread(source, $0.baseAddress, wanted, at) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Files.error("read", path) }
            if got == 0 { return }
            chunk.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            if keeps { try put(chunk[..<got]) }
            position += got
        }
    }

    mutating func put(_ bytes: some Collection<UInt8>) throws(StoreError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 18 { try flush() }
    }

    mutating func flush() throws(StoreError) {
        do { try buffer.withUnsafeBytes { try Files.writeAll(target, $0, path) } } catch {
            throw Files.storeError(error)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
