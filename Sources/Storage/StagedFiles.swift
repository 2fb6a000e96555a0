import Domain
import Glibc

/// Files that appear all together or not at all: each is written beside its place, and moved there when all are whole.
///
/// One task uses it. What is let go without `commit` leaves nothing behind.
public final class StagedFiles {
    private struct Staged {
        let path: String
        let temporary: String
    }

    private var staged: [Staged] = []
    private var descriptor: Int32 = -1
    private var pending: [UInt8] = []
    private static let chunk = 1 << 18

    public init() {}

    deinit {
        if descriptor >= 0 { close(descriptor) }
        for file in staged { unlink(file.temporary) }
    }

    /// Begins the next file; its folder is made where it is missing.
    ///
    /// - Throws: `denied` where a link, device or folder stands in its place.
    public func begin(_ path: String) throws(StoreError) {
        try finish()
        if let isPlain = Files.isPlainFile(path), !isPlain {
            throw StoreError(.denied, "\(path) is a folder, link or device; name a file of its own")
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.makeFolder(String(path[..<slash]))
        }
        let temporary = Files.temporary(beside: path)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Files.error("write", path) }
        staged.append(Staged(path: path, temporary: temporary))
    }

    public func append(_ bytes: some Sequence<UInt8>) throws(StoreError) {
        pending.append(contentsOf: bytes)
        if pending.count >= Self.chunk { try flush() }
    }

    /// Moves all of them to their places. Where one cannot be moved, those before it are there already and the error
    /// names it.
    public func commit() throws(StoreError) {
        try finish()
        while let file = staged.first {
            guard rename(file.temporary, file.path) == 0 else { throw Files.error("replace", file.path) }
            staged.removeFirst()
            try Files.syncFolder(of: file.path)
        }
    }

    private func flush() throws(StoreError) {
        guard let file = staged.last, !pending.isEmpty else { return }
        do { try pending.withUnsafeBytes { try Files.writeAll(descriptor, $0, file.path) } } catch {
            throw Files.storeError(error)
        }
        pending.removeAll(keepingCapacity: true)
    }

    private func finish() throws(StoreError) {
        guard descriptor >= 0, let file = staged.last else { return }
        try flush()
        let isSafe = fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        descriptor = -1
        if !isSafe { throw Files.error("sync", file.path, code) }
    }
}
