import Domain
import Glibc

/// A file that several processes and people change: one at a time, each change whole or not at all.
///
/// A lock beside it (`.NAME.lock`), and one on the file itself where there is one, keep other processes of Sluice out; an
/// editor that knows of no lock is noticed, and what it wrote is never overwritten.
public enum GuardedFile {
    /// Changes a file.
    ///
    /// - Parameters:
    ///   - path: What a link leads to is changed where it is. The folder is made where it is missing.
    ///   - what: What it is, for the words of a refusal: `the candidates`.
    ///   - patience: Seconds to wait for another process.
    ///   - body: From the bytes (nil: there is no file) to those that shall stand there; nil: none but these.
    /// - Throws: `busy` where another process kept it for that long, or somebody changed it in between; what `body`
    ///   throws.
    public static func update(
        _ path: String, what: String, patience: Double = 10,
        _ body: ([UInt8]?) throws -> [UInt8]?
    ) throws {
        let place = try resolved(path)
        if let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            try Files.makeFolder(String(place[..<slash]))
        }
        let lock = try lock(place, what, patience)
        let held = try hold(place, what, patience)
        defer {
            if held >= 0 { close(held) }
            withExtendedLifetime(lock) {}
        }
        let before = Stamp(place)
        let old: [UInt8]? = before == nil ? nil : try Files.read(place)
        guard let new = try body(old), new != old else { return }
        try Files.replace(place) { descriptor, path in
            try new.withUnsafeBytes { try Files.writeAll(descriptor, $0, path) }
            if let before { _ = fchmod(descriptor, before.mode & 0o7777) }
            guard Stamp(place) == before else {
                throw StoreError(
                    .busy, "\(path) was changed by somebody else meanwhile, and was left as it is; run again")
            }
        }
    }

    /// Where links lead to; a path to nothing is its own.
    private static func resolved(_ path: String) throws(StoreError) -> String {
        guard let isPlain = Files.isPlainFile(path) else { return path }
        if isPlain { return path }
        if Files.isFolder(path) { throw StoreError(.denied, "\(path) is a folder; name a file") }
        guard let real = realpath(path, nil) else { throw Files.error("read", path) }
        defer { free(real) }
        let target = String(cString: real)
        guard Files.isPlainFile(target) == true else {
            throw StoreError(.denied, "\(path) is a pipe or device; name a file")
        }
        return target
    }

    private static func lock(
        _ path: String, _ what: String, _ patience: Double
    ) throws(StoreError) -> WriterLock {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[..<slash] + "." + path[slash...] + ".lock"
        var waited = 0.0
        while true {
            do throws(StoreError) { return try WriterLock(String(name), of: what) } catch {
                guard error.kind == .busy, waited < patience else { throw error }
                usleep(20_000)
                waited += 0.02
            }
        }
    }

    /// The file, held with `flock` as long as it is open; -1 where there is none.
    private static func hold(_ path: String, _ what: String, _ patience: Double) throws(StoreError) -> Int32 {
        var waited = 0.0
        while Files.exists(path) {
            let opened = try Files.openToRead(path)
            let isHeld = flock(opened, LOCK_EX | LOCK_NB) == 0
            var status = stat()
            // Whoever held it before may have put another file in its place: that one is to be held.
            if isHeld, fstat(opened, &status) == 0, Stamp(path)?.inode == UInt64(status.st_ino) {
                return opened
            }
            close(opened)
            guard waited < patience else {
                throw StoreError(
                    .busy, "\(what) is being changed by another process; wait for it, or stop it")
            }
            usleep(20_000)
            waited += 0.02
        }
        return -1
    }

    /// What changes when a file does.
    private struct Stamp: Equatable {
        let inode: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
        let mode: mode_t

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int(status.st_size)
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
            mode = status.st_mode
        }
    }
}
