import Digest
import Domain
import Glibc
import Synchronization

/// File operations with errors a person can act on; no retries, no policy.
enum Files {
    static func error(_ what: String, _ path: String, _ code: Int32 = errno) -> StoreError {
        let reason = String(cString: strerror(code))
        let kind: StoreError.Kind
        let mend: String
        switch code {
        case ENOSPC, EDQUOT: (kind, mend) = (.full, "free some space and say it again")
        case EFBIG: (kind, mend) = (.full, "the limit on the size of a file is too low: raise ulimit -f")
        case EACCES, EPERM, EROFS: (kind, mend) = (.denied, "check who may use it")
        case ENOENT: (kind, mend) = (.missing, "check the path")
        case ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG: (kind, mend) = (.denied, "check the path")
        case EMFILE, ENFILE: (kind, mend) = (.unavailable, "too many files are open: raise ulimit -n")
        default: (kind, mend) = (.unavailable, "check the disk")
        }
        return StoreError(kind, "cannot \(what) \(path): \(reason); \(mend)")
    }

    /// A store's error out of whatever was thrown.
    static func storeError(_ error: any Error) -> StoreError {
        error as? StoreError ?? StoreError(.unavailable, "\(error)")
    }

    static func makeFolder(_ path: String) throws(StoreError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for piece in path.split(separator: "/") {
            partial += partial.isEmpty || partial == "/" ? String(piece) : "/" + piece
            if mkdir(partial, 0o777) == 0 {
                if piece == ".sluice" { hide(partial) }
                continue
            }
            let code = errno
            // A folder that stands already may lie where none can be made.
            if !isFolder(partial) {
                throw error("create the folder", partial, code == EEXIST ? ENOTDIR : code)
            }
        }
    }

    /// Keeps a store that was made here out of version control: it holds a key of pseudonyms and what apps answered.
    /// Where that cannot be written the store is as good.
    private static func hide(_ folder: String) {
        let descriptor = open(folder + "/.gitignore", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array("# Written by sluice: a store is no source.\n*\n".utf8)
        try? text.withUnsafeBytes { try writeAll(descriptor, $0, folder) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path names a regular file itself, not by a link; nil where there is nothing.
    static func isPlainFile(_ path: String) -> Bool? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Writes through whatever stands there.
    static func overwrite(_ path: String, with bytes: [UInt8]) throws(StoreError) {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("write", path) }
        defer { close(descriptor) }
        do { try bytes.withUnsafeBytes { try writeAll(descriptor, $0, path) } } catch {
            throw error as? StoreError ?? StoreError(.unavailable, "\(error)")
        }
    }

    static func size(_ descriptor: Int32, _ path: String) throws(StoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error("look at", path) }
        return Int(status.st_size)
    }

    /// Opens a file for reading, and nothing else: to open a pipe would wait for a writer.
    static func openToRead(_ path: String) throws(StoreError) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw error("read", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = error("read", path)
            close(descriptor)
            throw failure
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else {
            close(descriptor)
            if kind == S_IFDIR { throw StoreError(.denied, "\(path) is a folder; name a file") }
            throw StoreError(
                .denied,
                "\(path) is a pipe or device, which can be read once at most; write it to a file first")
        }
        return descriptor
    }

    static func read(_ path: String) throws(StoreError) -> [UInt8] {
        let descriptor = try openToRead(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = try read(descriptor, path, into: &chunk)
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }

    /// Reads on into a chunk, as much as comes at once; 0 at the end.
    static func read(_ descriptor: Int32, _ path: String, into chunk: inout [UInt8]) throws(StoreError) -> Int
    {
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got >= 0 { return got }
            if errno != EINTR { throw error("read", path) }
        }
    }

    static func writeAll(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let put = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if put < 0 {
                if errno == EINTR { continue }
                throw error("write", path)
            }
            done += put
        }
    }

    static func writeAll(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int, _ path: String
    ) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let put = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if put < 0 {
                if errno == EINTR { continue }
                throw error("write", path)
            }
            done += put
        }
    }

    private static let temporaries = Atomic<Int>(0)

    /// A name beside a path, of this process and this call alone.
    static func temporary(beside path: String) -> String {
        // Process numbers are one machine's: on a shared disk chance keeps two machines apart.
        let number = temporaries.wrappingAdd(1, ordering: .relaxed).oldValue
        return path + ".tmp-\(getpid())-\(number)-\(UInt32.random(in: .min ... .max))"
    }

    /// Makes a file whole or not at all: `fill` writes it beside its place, then it is moved there, and the folder
    /// is told to remember. No reader ever sees half of it, and what fails leaves nothing behind.
    ///
    /// - Parameters:
    ///   - mode: Who may do what with the file; nil: as the process makes files.
    ///   - isStill: Asked last: whether the file may still be replaced.
    static func replace(
        _ path: String, keeping mode: mode_t? = nil, fill: (Int32, String) throws -> Void,
        isStill: () -> Bool = { true }
    ) throws(StoreError) {
        let temporary = temporary(beside: path)
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw error("write", path) }
        do {
            defer { close(descriptor) }
            if let mode, fchmod(descriptor, mode) != 0 { throw error("write", path) }
            try fill(descriptor, path)
            if fsync(descriptor) != 0 { throw error("sync", path) }
            guard isStill() else {
                throw StoreError(
                    .busy,
                    "\(path) was changed by someone else in the meantime, and is left as it is; look at it, and "
                        + "say it again")
            }
        } catch {
            unlink(temporary)
            throw storeError(error)
        }
        if rename(temporary, path) != 0 {
            let failure = error("replace", path)
            unlink(temporary)
            throw failure
        }
        try syncFolder(of: path)
    }

    static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
        try replace(path) { descriptor, path in
            try bytes.withUnsafeBytes { try writeAll(descriptor, $0, path) }
        }
    }

    /// Makes a file that was not there, whole or not at all; false where another one bears the name already.
    ///
    /// By a link, which of several machines succeeds for one; where links are not had (some shared disks), by a
    /// rename after a look.
    static func create(_ path: String, with bytes: [UInt8]) throws(StoreError) -> Bool {
        let temporary = temporary(beside: path)
        defer { unlink(temporary) }
        try replace(temporary, with: bytes)
        if link(temporary, path) == 0 {
            try syncFolder(of: path)
            return true
        }
        let code = errno
        if code == EEXIST { return false }
        guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) else {
            throw error("make", path, code)
        }
        if exists(path) { return false }
        if rename(temporary, path) != 0 { throw error("make", path) }
        try syncFolder(of: path)
        return true
    }

    /// When a file was last written, in seconds since 1970; nil where there is none.
    static func modified(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_mtim.tv_sec) : nil
    }

    /// A rename that shall outlive the machine's power needs its folder written too.
    static func syncFolder(of path: String) throws(StoreError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("sync", folder) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and need not.
        if fsync(descriptor) != 0, errno != EINVAL { throw error("sync", folder) }
    }

    /// The SHA-256 of a file's bytes.
    static func digest(_ path: String) throws(StoreError) -> ContentDigest {
        let descriptor = try openToRead(path)
        defer { close(descriptor) }
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = try read(descriptor, path, into: &chunk)
            if got == 0 { return hash.finish() }
            chunk.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        }
    }

    /// Names in a folder, sorted by their bytes; none where there is no folder.
    static func list(_ path: String) throws(StoreError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw error("list", path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // The record is only as long as its name: the tuple of 256 that Swift sees may reach beyond it.
            guard let field = MemoryLayout<dirent>.offset(of: \.d_name) else { continue }
            let name = String(cString: (UnsafeRawPointer(entry) + field).assumingMemoryBound(to: CChar.self))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
