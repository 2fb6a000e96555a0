import Domain
import Glibc

/// A file that is written piece by piece and appears, whole, when it is finished; let go before, nothing is left.
///
/// A device, a pipe or what a link leads to is written where it is.
public final class PartialFile {
    private let path: String
    private let temporary: String?
    private var descriptor: Int32

    public init(_ path: String) throws(StoreError) {
        self.path = path
        if let isPlain = Files.isPlainFile(path), !isPlain {
            temporary = nil
            descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        } else {
            if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try Files.makeFolder(String(path[..<slash]))
            }
            let name = Files.temporary(beside: path)
            temporary = name
            descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else { throw Files.error("write", path) }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            if let temporary { unlink(temporary) }
        }
    }

    public func write(_ bytes: [UInt8]) throws(StoreError) {
        do { try bytes.withUnsafeBytes { try Files.writeAll(descriptor, $0, path) } } catch {
            throw Files.storeError(error)
        }
    }

    public func finish() throws(StoreError) {
        guard descriptor >= 0 else { return }
        if let temporary {
            if fsync(descriptor) != 0 { throw Files.error("sync", path) }
            if rename(temporary, path) != 0 { throw Files.error("replace", path) }
        }
        close(descriptor)
        descriptor = -1
        if temporary != nil { try Files.syncFolder(of: path) }
    }
}
