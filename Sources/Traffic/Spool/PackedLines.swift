import CZstd
import Glibc

/// Lines packed with zstd, as segments are kept for long.
enum PackedLines {
    /// Packs pieces as they come: memory holds the packed form alone.
    final class Packer {
        private let context: OpaquePointer?
        private(set) var bytes: [UInt8] = []
        private var chunk = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())

        /// - Parameter level: zstd's, 1 (fast) to 19.
        init(level: Int32) {
            context = ZSTD_createCCtx()
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        }

        deinit { ZSTD_freeCCtx(context) }

        /// - Returns: Whether it could be packed.
        func feed(_ piece: [UInt8]) -> Bool { run(piece, ZSTD_e_continue) }

        func finish() -> Bool { run([], ZSTD_e_end) }

        private func run(_ piece: [UInt8], _ mode: ZSTD_EndDirective) -> Bool {
            guard let context else { return false }
            return piece.withUnsafeBytes { source in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                while true {
                    var made = 0
                    let left = chunk.withUnsafeMutableBytes { target in
                        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        let left = ZSTD_compressStream2(context, &output, &input, mode)
                        made = output.pos
                        return left
                    }
                    if ZSTD_isError(left) != 0 { return false }
                    bytes += chunk[..<made]
                    if mode == ZSTD_e_end ? left == 0 : input.pos == input.size { return true }
                }
            }
        }
    }

    /// Hands on the unpacked bytes.
    ///
    /// - Returns: What is wrong with the file; nil where nothing is.
    static func read(_ descriptor: Int32, _ feed: ([UInt8]) throws -> Void) throws -> String? {
        guard let context = ZSTD_createDCtx() else { return "zstd has no memory" }
        defer { ZSTD_freeDCtx(context) }
        var chunk = [UInt8](repeating: 0, count: 1 << 17)
        var out = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        var left = 0
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            if got < 0 { return SpoolFiles.words(errno) }
            if got == 0 { return left == 0 ? nil : "it ends in the middle" }
            var taken = 0
            while taken < got {
                var made = 0
                chunk.withUnsafeBytes { source in
                    out.withUnsafeMutableBytes { target in
                        var input = ZSTD_inBuffer(src: source.baseAddress, size: got, pos: taken)
                        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        left = ZSTD_decompressStream(context, &output, &input)
                        taken = input.pos
                        made = output.pos
                    }
                }
                if ZSTD_isError(left) != 0 { return String(cString: ZSTD_getErrorName(left)) }
                if made > 0 { try feed(Array(out[..<made])) }
            }
        }
    }
}
