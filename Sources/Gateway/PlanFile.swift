import Glibc

/// A plan's file, looked at again and again.
///
/// A change counts once the file has stood still for a look, so that one which is being written is not read half.
struct PlanFile {
    private struct Stamp: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String
    private var seen: Stamp?
    private var pending: Stamp?

    init(path: String) {
        self.path = path
        seen = nil
    }

    /// The file's bytes where it has changed; nil where it has not, or is not there.
    mutating func changed() -> [UInt8]? {
        guard let now = stamp(), now != seen else {
            pending = nil
            return nil
        }
        guard now == pending else {
            pending = now
            return nil
        }
        seen = now
        pending = nil
        return Self.read(path)
    }

    private func stamp() -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    /// The whole file; nil where it cannot be read. Not beyond 2 MB, which no plan is.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= 2 << 20 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
