import Domain
import Glibc
import Synchronization

/// A scratch file that has no name: the system takes it back when the process ends, however it ends.
public final class ScratchFile: Scratch {
    private let descriptor: Int32
    private let path: String
    private let end = Mutex(0)

    /// - Parameter folder: Where the bytes go; made where it is missing.
    public init(folder: String) throws(StoreError) {
        try Files.makeFolder(folder)
        path = folder + "/scratch-\(getpid())"
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.error("create", path) }
        unlink(path)
    }

    deinit { close(descriptor) }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Int {
        let count = bytes.count
        let offset = end.withLock { end in
            defer { end += count }
            return end
        }
        var done = 0
        while done < bytes.count {
            let put = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if put < 0 {
                if errno == EINTR { continue }
                throw Files.error("write", path)
            }
            done += put
        }
        return offset
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Files.error("read", path) }
            done += got
        }
    }
}
