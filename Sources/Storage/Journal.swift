import Domain
import Glibc
import Interchange
import Synchronization

/// The open end of a run's observations, as a file that only grows by whole lines.
final class Journal: ObservationLog {
    private struct File: Sendable {
        let descriptor: Int32
        /// Where the next line goes: after the last one that was written whole.
        var end: Int
        let lock: WriterLock
    }

    /// Whether this process wrote an observation, or took up a log that holds some.
    static let hasKept = Atomic<Bool>(false)

    let repairs: [StoreError]
    private let path: String
    private let packed: String
    /// Nil once it is finished.
    private let file: Mutex<File?>

    init(path: String, packed: String, lock: WriterLock, repairs: [StoreError]) throws(StoreError) {
        self.path = path
        self.packed = packed
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Files.error("open", path) }
        do {
            let size = try Files.size(descriptor, path)
            let end = try Journal.endOfLastLine(descriptor, path, size)
            var repairs = repairs
            if end < size {
                guard ftruncate(descriptor, off_t(end)) == 0 else { throw Files.error("cut", path) }
                repairs.append(
                    StoreError(
                        .damaged,
                        "\(path): its last line was torn, \(size - end) bytes were cut off; "
                            + "what they held was never counted and is to be asked again"))
            }
            self.repairs = repairs
            if end > 0 { Journal.hasKept.store(true, ordering: .relaxed) }
            file = Mutex(File(descriptor: descriptor, end: end, lock: lock))
        } catch {
            close(descriptor)
            throw Files.storeError(error)
        }
    }

    deinit { file.withLock { if let file = $0 { close(file.descriptor) } } }

    /// What stands behind the last line feed was never acknowledged.
    private static func endOfLastLine(
        _ descriptor: Int32, _ path: String, _ size: Int
    ) throws(StoreError) -> Int {
        var block = [UInt8](repeating: 0, count: 1 << 16)
        var end = size
        while end > 0 {
            let start = max(0, end - block.count)
            guard pread(descriptor, &block, end - start, off_t(start)) == end - start else {
                throw Files.error("read", path)
            }
            if let found = block[..<(end - start)].lastIndex(of: 0x0A) { return start + found + 1 }
            end = start
        }
        return 0
    }

    func append(_ observation: Observation) throws(StoreError) {
        let line = ObservationCodec.encode(observation)
        let problem = file.withLock { file -> StoreError? in
            guard let end = file?.end, let descriptor = file?.descriptor else {
                return StoreError(.unavailable, "the log \(path) is closed")
            }
            do {
                try line.withUnsafeBytes { try Files.writeAll(descriptor, $0, at: end, path) }
                file?.end = end + line.count
                Journal.hasKept.store(true, ordering: .relaxed)
                return nil
            } catch {
                // The piece that was written goes; where even that fails the next line is written over it.
                _ = ftruncate(descriptor, off_t(end))
                return Files.storeError(error)
            }
        }
        if let problem { throw problem }
    }

    func finish() throws(StoreError) {
        let problem = file.withLock { file -> StoreError? in
            guard let open = file else { return nil }
            defer {
                close(open.descriptor)
                // Lets go of the lock, after all else.
                file = nil
            }
            do throws(StoreError) {
                try Zstandard.pack(open.descriptor, path, count: open.end, to: packed)
                unlink(path)
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw problem }
    }
}
