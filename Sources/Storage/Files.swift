import Domain
import Glibc

/// File operations with errors a person can act on; no retries, no policy.
enum Files {
    static func error(_ what: String, _ path: String, _ code: Int32 = errno) -> StoreError {
        let reason = String(cString: strerror(code))
        let kind: StoreError.Kind
        let mend: String
        switch code {
        case ENOSPC, EDQUOT: (kind, mend) = (.full, "free some space and run again with --resume")
        case EACCES, EPERM, EROFS: (kind, mend) = (.denied, "check who may write there")
        case ENOENT: (kind, mend) = (.missing, "check the path")
        case EMFILE, ENFILE: (kind, mend) = (.unavailable, "too many files are open: raise ulimit -n")
        default: (kind, mend) = (.unavailable, "check the disk")
        }
        return StoreError(kind, "cannot \(what) \(path): \(reason); \(mend)")
    }

    static func makeFolder(_ path: String) throws(StoreError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for piece in path.split(separator: "/") {
            partial += partial.isEmpty || partial == "/" ? String(piece) : "/" + piece
            if mkdir(partial, 0o777) != 0, errno != EEXIST { throw error("create the folder", partial) }
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func size(_ descriptor: Int32, _ path: String) throws(StoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error("look at", path) }
        return Int(status.st_size)
    }

    static func read(_ path: String) throws(StoreError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw error("read", path)
            }
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ path: String) throws(StoreError) {
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

    /// Writes a whole file beside its place and moves it there, so that no reader ever sees half of it.
    static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
        let temporary = path + ".tmp-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw error("write", temporary) }
        do {
            defer { close(descriptor) }
            try bytes.withUnsafeBytes { try writeAll(descriptor, $0, temporary) }
            if fsync(descriptor) != 0 { throw error("sync", temporary) }
        } catch {
            unlink(temporary)
            throw error as? StoreError ?? StoreError(.unavailable, "\(error)")
        }
        if rename(temporary, path) != 0 {
            let failure = error("replace", path)
            unlink(temporary)
            throw failure
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
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
