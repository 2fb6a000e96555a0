import CZstd
import Domain
import Glibc

/// Files packed with zstd, streamed: memory does not depend on their size.
enum Zstandard {
    private static let level: Int32 = 3

    /// Packs a file into another, which appears whole or not at all.
    static func pack(_ source: String, to destination: String) throws(StoreError) {
        let temporary = destination + ".tmp-\(getpid())"
        do {
            let input = open(source, O_RDONLY | O_CLOEXEC)
            guard input >= 0 else { throw Files.error("read", source) }
            defer { close(input) }
            let output = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            guard output >= 0 else { throw Files.error("write", temporary) }
            defer { close(output) }
            try compress(input, source, output, temporary)
            guard fsync(output) == 0 else { throw Files.error("sync", temporary) }
        } catch {
            unlink(temporary)
            throw error as? StoreError ?? StoreError(.unavailable, "\(error)")
        }
        if rename(temporary, destination) != 0 {
            let failure = Files.error("replace", destination)
            unlink(temporary)
            throw failure
        }
    }

    private static func compress(_ input: Int32, _ source: String, _ output: Int32, _ temporary: String) throws {
        guard let context = ZSTD_createCCtx() else { throw StoreError(.unavailable, "zstd has no memory") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var from = [UInt8](repeating: 0, count: ZSTD_CStreamInSize())
        var into = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        while true {
            let got = from.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw Files.error("read", source)
            }
            let mode = got == 0 ? ZSTD_e_end : ZSTD_e_continue
            try from.withUnsafeBytes { source in
                try into.withUnsafeMutableBytes { target in
                    var inBuffer = ZSTD_inBuffer(src: source.baseAddress, size: got, pos: 0)
                    var finished = false
                    while !finished {
                        var outBuffer = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        let left = ZSTD_compressStream2(context, &outBuffer, &inBuffer, mode)
                        guard ZSTD_isError(left) == 0 else {
                            throw StoreError(.unavailable, "zstd: " + String(cString: ZSTD_getErrorName(left)))
                        }
                        try Files.writeAll(output, UnsafeRawBufferPointer(rebasing: target[..<outBuffer.pos]), temporary)
                        finished = got == 0 ? left == 0 : inBuffer.pos == inBuffer.size
                    }
                }
            }
            if got == 0 { return }
        }
    }

    /// Unpacks into a file that appears whole or not at all.
    static func unpack(_ source: String, to destination: String) throws(StoreError) {
        let temporary = destination + ".tmp-\(getpid())"
        do {
            let output = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            guard output >= 0 else { throw Files.error("write", temporary) }
            defer { close(output) }
            try read(source) { try Files.writeAll(output, UnsafeRawBufferPointer($0), temporary) }
        } catch {
            unlink(temporary)
            throw error as? StoreError ?? StoreError(.unavailable, "\(error)")
        }
        if rename(temporary, destination) != 0 { throw Files.error("replace", destination) }
    }

    /// Hands the unpacked bytes on, a chunk at a time.
    static func read(_ path: String, _ feed: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Files.error("read", path) }
        defer { close(input) }
        guard let context = ZSTD_createDCtx() else { throw StoreError(.unavailable, "zstd has no memory") }
        defer { ZSTD_freeDCtx(context) }
        var from = [UInt8](repeating: 0, count: ZSTD_DStreamInSize())
        var into = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        var left = 0
        while true {
            let got = from.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw Files.error("read", path)
            }
            if got == 0 {
                guard left == 0 else { throw StoreError(.damaged, "\(path) ends in the middle; restore it, or run again") }
                return
            }
            try from.withUnsafeBytes { source in
                var inBuffer = ZSTD_inBuffer(src: source.baseAddress, size: got, pos: 0)
                while inBuffer.pos < inBuffer.size {
                    let made = try into.withUnsafeMutableBytes { target -> Int in
                        var outBuffer = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        left = ZSTD_decompressStream(context, &outBuffer, &inBuffer)
                        guard ZSTD_isError(left) == 0 else {
                            throw StoreError(
                                .damaged, "\(path) is damaged (\(String(cString: ZSTD_getErrorName(left)))); restore it")
                        }
                        return outBuffer.pos
                    }
                    try into.withUnsafeBufferPointer { try feed(UnsafeBufferPointer(rebasing: $0[..<made])) }
                }
            }
        }
    }
}
