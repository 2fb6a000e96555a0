import Domain
import Glibc
import Synchronization

/// A scratch file that has no name: the system takes it back when the process ends, however it ends.
public final class ScratchFile: Scratch {
    private let descriptor: Int32
    private let folder: String
    private let end = Mutex(0)

    /// - Parameter folder: Where the bytes go; made where it is missing.
    public init(folder: String) throws(StoreError) {
        try Files.makeFolder(folder)
        self.folder = folder
        var opened: Int32 = -1
        repeat {
            // A name that no other has, and only until the next call; one of a dead process is passed over.
            let path = Files.temporary(beside: folder + "/scratch")
            opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if opened >= 0 { unlink(path) }
        } while opened < 0 && errno == EEXIST
        guard opened >= 0 else { throw Files.error("create a scratch file in", folder) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Int {
        let count = bytes.count
        let offset = end.withLock { end in
            defer { end += count }
            return end
        }
        try Files.writeAll(descriptor, bytes, at: offset, "the scratch file in " + folder)
        return offset
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let count = buffer.count
        let isWithin = end.withLock { end in offset >= 0 && count <= end && offset <= end - count }
        guard isWithin else { throw StoreError(.damaged, "the scratch holds nothing at \(offset)") }
        var done = 0
        while done < count {
            let got = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw Files.error("read the scratch file in", folder) }
            guard got > 0 else {
                throw StoreError(.damaged, "the scratch was not written whole: the disk may be full")
            }
            done += got
        }
    }
}
