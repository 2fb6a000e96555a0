import Glibc

/// A plan's file, looked at again and again, and at once where the system tells of a change.
///
/// A change counts when its writer has closed the file or moved it into place, as inotify tells; where that is not to be
/// had (network file systems), once it has stood still for a look, so that what is being written is not read half.
///
/// One thread's own.
final class PlanFile {
    private struct Stamp: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String
    private var seen: Stamp?
    private var pending: Stamp?
    /// Whether the system told that a change is whole.
    private var isClosed = false
    private var watch: Int32 = -1
    // As inotify(7) has them: a file that was written is closed; one was moved here.
    private static let closed: UInt32 = 0x08
    private static let moved: UInt32 = 0x80
    private var heard = [UInt8](repeating: 0, count: 4096)

    init(path: String) {
        self.path = path
        watch = inotify_init1(O_NONBLOCK | O_CLOEXEC)
        guard watch >= 0 else { return }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        // The folder, since a file that is moved into place is another file.
        if inotify_add_watch(watch, folder, Self.closed | Self.moved) < 0 {
            close(watch)
            watch = -1
        }
    }

    deinit { if watch >= 0 { close(watch) } }

    /// Waits for a change, no longer than so many milliseconds.
    func wait(milliseconds: Int32) {
        var entry = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
        guard watch >= 0, poll(&entry, 1, milliseconds) > 0 else {
            if watch < 0 { GatewayThread.pause(milliseconds: UInt32(milliseconds)) }
            return
        }
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
        while true {
            let count = Glibc.read(watch, &heard, heard.count)
            guard count > 0 else { return }
            var place = 0
            // Watch, mask, cookie and length of 32 bits each, then the name, filled up with zeros.
            while place + 16 <= count {
                func word(_ offset: Int) -> UInt32 {
                    heard[(place + offset)..<(place + offset + 4)].reversed().reduce(0) {
                        $0 << 8 | UInt32($1)
                    }
                }
                let length = min(Int(word(12)), count - place - 16)
                let told = heard[(place + 16)..<(place + 16 + length)].prefix { $0 != 0 }
                let isMove = word(4) & Self.moved != 0
                // Kubernetes moves a link that the file's own link goes through.
                if told.elementsEqual(name) || (isMove && isLink) { isClosed = true }
                place += 16 + length
            }
        }
    }

    private var isLink: Bool {
        var target = [CChar](repeating: 0, count: 1)
        return readlink(path, &target, 1) >= 0
    }

    /// The file's bytes where it has changed; nil where it has not, or is not there.
    func changed() -> [UInt8]? {
        let isWhole = isClosed
        isClosed = false
        guard let now = stamp(), now != seen else {
            pending = nil
            return nil
        }
        guard isWhole || now == pending else {
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
