import Glibc

/// Appends frames to segments: `GATEWAY-START-NUMBER.open` while it is written, `.seg` when it is closed.
///
/// On the recorder's thread alone. A batch is one write: what was written outlives the death of the process. What
/// cannot be written whole is cut off again, so that a segment always ends with a whole frame unless the process dies
/// within a write; then the next start cuts the torn end off and says so.
struct SpoolWriter {
    private var settings: SpoolSettings
    private let gateway: String
    private let notice: (String) -> Void
    private var lock: Int32 = -1
    private var descriptor: Int32 = -1
    private var path = ""
    private var offset = 0
    private var seed: UInt64 = 0
    private var opened: UInt64 = 0
    private var number = 0
    /// Of the open segment.
    private var headerBytes = 0
    /// When the first byte that is not synced was written; nil where all is.
    private var unsynced: UInt64?
    /// Since when it cannot write, and why.
    private(set) var trouble: String?
    private var retryAt: UInt64 = 0
    private(set) var totalBytes = 0

    /// How long it waits before it tries again, in nanoseconds.
    private static let pause: UInt64 = 500_000_000

    /// Takes the folder, and closes what a process that died left open.
    init(
        _ settings: SpoolSettings, gateway: String, notice: @escaping (String) -> Void
    ) throws(RecorderProblem) {
        self.settings = settings
        self.gateway = gateway
        self.notice = notice
        guard SpoolFiles.makeFolder(settings.folder) else {
            throw RecorderProblem(
                "the spool's folder \(settings.folder) cannot be made: \(SpoolFiles.words(errno))")
        }
        let lockPath = settings.folder + "/writer.lock"
        lock = Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw RecorderProblem("\(lockPath) cannot be opened: \(SpoolFiles.words(errno))")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw RecorderProblem(
                "the spool in \(settings.folder) is written by another process; give each gateway a folder of its own"
            )
        }
        recover()
    }

    /// Goes over to another policy.
    mutating func adopt(sync: Duration?, total: Int?) {
        if let (seconds, attoseconds) = sync?.components {
            settings.syncMilliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        }
        if let total { settings.totalBytes = total }
    }

    private mutating func recover() {
        for name in SpoolFiles.list(settings.folder) where name.hasSuffix(".open") {
            let path = settings.folder + "/" + name
            // A link in the folder is nobody's segment: cutting it would cut what it leads to.
            guard SpoolFiles.isPlain(path), let bytes = SpoolFiles.read(path) else { continue }
            let end = SpoolScan.end(of: bytes)
            if end == 0 {
                if !bytes.isEmpty { notice("\(name): torn within its head, \(bytes.count) bytes; removed") }
                unlink(path)
                continue
            }
            if end < bytes.count {
                notice(
                    "\(name): torn at byte \(end): the last \(bytes.count - end) bytes were not written whole, and are cut off"
                )
                truncate(path, off_t(end))
            }
            rename(path, settings.folder + "/" + name.dropLast(5) + ".seg")
        }
        SpoolFiles.syncFolder(settings.folder)
        count()
    }

    /// Adds up what lies in the folder: segments are removed by those who ship them.
    mutating func count() {
        totalBytes = 0
        for name in SpoolFiles.list(settings.folder) where name.hasSuffix(".seg") || name.hasSuffix(".open") {
            totalBytes += SpoolFiles.size(settings.folder + "/" + name) ?? 0
        }
    }

    // MARK: - Writing

    /// Appends whole frames, whose checksums are made here: they are the segment's own.
    ///
    /// - Parameter now: On the monotonic clock.
    /// - Returns: Whether they are written: all or nothing.
    mutating func append(_ frames: inout [UInt8], now: UInt64) -> Bool {
        if trouble != nil, now < retryAt { return false }
        if totalBytes + frames.count > settings.totalBytes {
            count()
            guard totalBytes + frames.count <= settings.totalBytes else {
                fail(
                    "the spool holds \(totalBytes) bytes, its bound is \(settings.totalBytes): ship or remove segments",
                    now)
                return false
            }
        }
        if descriptor >= 0, offset + frames.count > settings.segmentBytes, offset > headerBytes { rotate() }
        if descriptor < 0, !begin(now) { return false }
        SpoolFormat.seal(&frames, seed: seed)
        let code = SpoolFiles.write(descriptor, frames, at: offset)
        guard code == 0 else {
            // Nothing of the batch stays.
            let isCut = ftruncate(descriptor, off_t(offset)) == 0
            fail("\(path) cannot be written: \(SpoolFiles.words(code))", now)
            // A file at its own bound may be followed by another.
            if !isCut || code == EFBIG { rotate() }
            return false
        }
        offset += frames.count
        totalBytes += frames.count
        if unsynced == nil { unsynced = now }
        if trouble != nil {
            trouble = nil
            notice("the spool takes exchanges again")
        }
        return true
    }

    private mutating func begin(_ now: UInt64) -> Bool {
        let start = wallMicroseconds()
        number += 1
        let digits = String(start, radix: 16)
        let stamp = String(repeating: "0", count: max(0, 14 - digits.utf8.count)) + digits
        let count = String(number)
        let name =
            "\(gateway)-\(stamp)-" + String(repeating: "0", count: max(0, 6 - count.utf8.count)) + count
        path = settings.folder + "/" + name + ".open"
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            fail("\(path) cannot be made: \(SpoolFiles.words(errno))", now)
            return false
        }
        seed = UInt64.random(in: .min ... .max)
        let header = SpoolFormat.header(gateway: gateway, began: start, seed: seed)
        let code = SpoolFiles.write(descriptor, header, at: 0)
        guard code == 0 else {
            close(descriptor)
            descriptor = -1
            unlink(path)
            fail("\(path) cannot be written: \(SpoolFiles.words(code))", now)
            return false
        }
        offset = header.count
        headerBytes = header.count
        totalBytes += header.count
        opened = now
        return true
    }

    private mutating func fail(_ words: String, _ now: UInt64) {
        if trouble == nil { notice("\(words); exchanges are not kept until it can") }
        trouble = words
        retryAt = now + Self.pause
    }

    /// Closes the segment when it is old, and syncs when it is time.
    mutating func tend(now: UInt64) {
        if let unsynced, now &- unsynced >= UInt64(settings.syncMilliseconds) * 1_000_000 { _ = sync() }
        if descriptor >= 0, now &- opened >= UInt64(settings.segmentSeconds) * 1_000_000_000,
            offset > headerBytes
        {
            rotate()
        }
    }

    /// When it wants to be tended next, on the monotonic clock.
    var nextTending: UInt64 {
        var next = UInt64.max
        if let unsynced { next = unsynced + UInt64(settings.syncMilliseconds) * 1_000_000 }
        if descriptor >= 0, offset > headerBytes {
            next = min(next, opened + UInt64(settings.segmentSeconds) * 1_000_000_000)
        }
        return next
    }

    /// Sees what was written to the disk.
    ///
    /// - Returns: Whether it is there.
    mutating func sync() -> Bool {
        guard unsynced != nil, descriptor >= 0 else { return true }
        unsynced = nil
        if fdatasync(descriptor) == 0 { return true }
        fail("\(path) cannot be synced: \(SpoolFiles.words(errno))", monotonicNanoseconds())
        return false
    }

    /// Closes the segment: it is whole, and ready to be shipped.
    mutating func rotate() {
        guard descriptor >= 0 else { return }
        _ = sync()
        close(descriptor)
        descriptor = -1
        rename(path, String(path.dropLast(5)) + ".seg")
        SpoolFiles.syncFolder(settings.folder)
        // Others may have been shipped and removed.
        count()
    }

    /// Closes the segment and lets the folder go.
    mutating func finish() {
        rotate()
        if lock >= 0 { close(lock) }
        lock = -1
    }
}
