import Glibc

/// Cuts bytes that come in chunks into lines, each handed on without its line feed. Memory holds one unfinished line.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// Forgets what stands behind the last line feed, and returns how many bytes that were.
    mutating func dropUnfinished() -> Int {
        defer { rest = [] }
        return rest.count
    }

    mutating func feed(
        _ chunk: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        guard let base = chunk.baseAddress else { return }
        var start = 0
        while start < chunk.count {
            guard let found = memchr(base + start, 0x0A, chunk.count - start) else {
                rest += chunk[start...]
                return
            }
            let end = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            if rest.isEmpty {
                try body(UnsafeBufferPointer(rebasing: chunk[start..<end]))
            } else {
                rest += chunk[start..<end]
                try rest.withUnsafeBufferPointer(body)
                rest.removeAll(keepingCapacity: rest.count < 1 << 20)
            }
            start = end + 1
        }
    }
}
