import CZstd
import Domain
import Glibc

/// Bytes packed with zstd, streamed: memory does not depend on their number.
enum Zstandard {
    /// Packs what is fed into a descriptor, as one frame with a checksum.
    final class Packer {
        private let context: OpaquePointer
        private let descriptor: Int32
        private let path: String
        private var buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        /// Bytes fed so far.
        private(set) var fed = 0

        /// - Parameter level: 3 packs 300 MB a second; 12 a tenth of that, and smaller by a tenth.
        init(into descriptor: Int32, _ path: String, level: Int32) throws(StoreError) {
            guard let context = ZSTD_createCCtx() else { throw StoreError(.unavailable, "zstd has no memory") }
            self.context = context
            self.descriptor = descriptor
            self.path = path
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        }

        deinit { ZSTD_freeCCtx(context) }

        func feed(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
            fed += bytes.count
            try run(bytes, ZSTD_e_continue)
        }

        func finish() throws(StoreError) { try run(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end) }

        private func run(_ bytes: UnsafeRawBufferPointer, _ mode: ZSTD_EndDirective) throws(StoreError) {
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var isDone = false
            while !isDone {
                let (left, made) = buffer.withUnsafeMutableBytes { target -> (Int, Int) in
                    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let left = ZSTD_compressStream2(context, &output, &input, mode)
                    return (left, output.pos)
                }
                guard ZSTD_isError(left) == 0 else {
                    throw StoreError(.unavailable, "zstd: " + String(cString: ZSTD_getErrorName(left)))
                }
                do {
                    try buffer.withUnsafeBytes {
                        try Files.writeAll(descriptor, UnsafeRawBufferPointer(rebasing: $0[..<made]), path)
                    }
                } catch {
                    throw Files.storeError(error)
                }
                isDone = mode == ZSTD_e_end ? left == 0 : input.pos == input.size
            }
        }
    }

    /// Packs the first `count` bytes of a file into another, which appears whole or not at all.
    static func pack(_ descriptor: Int32, _ source: String, count: Int, to destination: String) throws(StoreError) {
        try Files.replace(destination) { output, path in
            let packer = try Packer(into: output, path, level: 3)
            var chunk = [UInt8](repeating: 0, count: 1 << 18)
            var offset = 0
            while offset < count {
                let wanted = min(chunk.count, count - offset)
                let got = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(offset)) }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    throw got < 0 ? Files.error("read", source) : StoreError(.damaged, "\(source) became shorter")
                }
                try chunk.withUnsafeBytes { try packer.feed(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                offset += got
            }
            try packer.finish()
        }
    }

    /// Hands the unpacked bytes of a descriptor on, a chunk at a time.
    ///
    /// - Returns: What is wrong with the packed bytes, where something is: then all that could be read before it has
    ///   been handed on.
    /// - Throws: What `feed` throws, and `StoreError` where the file cannot be read.
    static func read(
        _ descriptor: Int32, _ path: String, _ feed: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws -> String? {
        guard let context = ZSTD_createDCtx() else { throw StoreError(.unavailable, "zstd has no memory") }
        defer { ZSTD_freeDCtx(context) }
        var from = [UInt8](repeating: 0, count: ZSTD_DStreamInSize())
        var into = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        var left = 1
        while true {
            let got = try Files.read(descriptor, path, into: &from)
            if got == 0 { return left == 0 ? nil : "it ends in the middle" }
            var position = 0
            var isFlushed = false
            while position < got || !isFlushed {
                var made = 0
                from.withUnsafeBytes { source in
                    into.withUnsafeMutableBytes { target in
                        var input = ZSTD_inBuffer(src: source.baseAddress, size: got, pos: position)
                        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        left = ZSTD_decompressStream(context, &output, &input)
                        position = input.pos
                        made = output.pos
                    }
                }
                guard ZSTD_isError(left) == 0 else { return String(cString: ZSTD_getErrorName(left)) }
                // A full buffer may hide more that was unpacked already.
                isFlushed = made < into.count
                if made > 0 {
                    try into.withUnsafeBufferPointer { try feed(UnsafeBufferPointer(rebasing: $0[..<made])) }
                }
                if left == 0 { isFlushed = true }
            }
        }
    }
}
