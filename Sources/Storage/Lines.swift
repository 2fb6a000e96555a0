import Domain
import Glibc

/// The lines of a file, plain or packed (`.zst`), one at a time.
enum Lines {
    static func forEach(_ path: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var rest: [UInt8] = []
        func feed(_ chunk: UnsafeBufferPointer<UInt8>) throws {
            var start = 0
            while start < chunk.count {
                guard let base = chunk.baseAddress,
                    let found = memchr(base + start, 0x0A, chunk.count - start)
                else {
                    rest += chunk[start...]
                    return
                }
                let end = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
                if rest.isEmpty {
                    try body(UnsafeBufferPointer(rebasing: chunk[start..<end]))
                } else {
                    rest += chunk[start..<end]
                    try rest.withUnsafeBufferPointer(body)
                    rest.removeAll(keepingCapacity: true)
                }
                start = end + 1
            }
        }
        if path.hasSuffix(".zst") {
            try Zstandard.read(path, feed)
        } else {
            try readPlain(path, feed)
        }
        // A line without its end was torn: it was never acknowledged.
    }

    private static func readPlain(_ path: String, _ feed: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.error("read", path) }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw Files.error("read", path)
            }
            if got == 0 { return }
            try chunk.withUnsafeBufferPointer { try feed(UnsafeBufferPointer(rebasing: $0[..<got])) }
        }
    }
}
