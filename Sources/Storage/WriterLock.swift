import Domain
import Glibc

/// The right to write something, held by one process at a time; the system takes it back when that one dies.
///
/// A file with the holder's number, locked with `flock`. It is removed while it is held, so a process that opened it
/// before must look again: the lock counts only on the file that bears the name.
public final class WriterLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Locks a folder, which is made where it is missing, by a file in it.
    ///
    /// - Throws: ``StoreError`` of the kind `busy` where another process holds it.
    public convenience init(inFolder folder: String, name: String, of what: String) throws(StoreError) {
        try Files.makeFolder(folder)
        try self.init(folder + "/" + name, of: what)
    }

    /// - Parameter what: What is written, for the words of a refusal: `run r-0192`.
    init(_ path: String, of what: String) throws(StoreError) {
        self.path = path
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard opened >= 0 else { throw Files.error("lock", path) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                let holder = WriterLock.holder(opened)
                close(opened)
                if code == EINTR { continue }
                guard code == EWOULDBLOCK else { throw Files.error("lock", path, code) }
                throw StoreError(
                    .busy,
                    "\(what) is being written by \(holder.map { "process \($0)" } ?? "another process"); "
                        + "wait for it, or stop it")
            }
            var held = stat()
            var named = stat()
            if fstat(opened, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
                held.st_dev == named.st_dev
            {
                descriptor = opened
                break
            }
            close(opened)
        }
        // Only words for others: a lock without them holds as well.
        let number = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, number, number.count, 0) }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 24)
        let got = pread(descriptor, &bytes, bytes.count, 0)
        guard got > 0 else { return nil }
        return Int(String(decoding: bytes[..<got].prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
