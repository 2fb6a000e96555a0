import Glibc

/// The few calls of the system that a spool makes, with their errors as numbers.
enum SpoolFiles {
    /// Names in a folder, sorted by their bytes; none where there is no folder.
    static func list(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
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

    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is a file of its own, not a link to one.
    static func isPlain(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Makes the folder and those above it.
    static func makeFolder(_ path: String) -> Bool {
        if isFolder(path) { return true }
        if let cut = path.lastIndex(of: "/"), cut != path.startIndex, !makeFolder(String(path[..<cut])) {
            return false
        }
        return mkdir(path, 0o700) == 0 || isFolder(path)
    }

    /// Writes all of it at a place.
    ///
    /// - Returns: 0, or the error's number.
    static func write(_ descriptor: Int32, _ bytes: [UInt8], at offset: Int) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let put = pwrite(
                    descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
                if put < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                done += put
            }
            return 0
        }
    }

    static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// The whole of a file; nil where it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        if let size = size(path) { bytes.reserveCapacity(size) }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got == 0 { return bytes }
            if got < 0 {
                if errno == EINTR { continue }
                return nil
            }
            bytes += chunk[..<got]
        }
    }

    static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
