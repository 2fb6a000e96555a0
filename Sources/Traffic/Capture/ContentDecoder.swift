import CZlib
import CZstd

/// Undoes a content coding piece by piece, up to a bound: gzip, deflate (with or without zlib's frame) and zstd.
struct ContentDecoder: ~Copyable {
    enum Coding { case gzip, deflate, zstd }

    /// What has been decoded so far.
    private(set) var bytes: [UInt8] = []
    /// Whether there was more than the bound.
    private(set) var isCut = false
    /// Whether what came is not of the coding. What was decoded before stays.
    private(set) var isBroken = false
    private let coding: Coding
    private let limit: Int
    private var stream: UnsafeMutablePointer<z_stream>?
    private let zstd: OpaquePointer?
    private var isFirst = true

    /// The coding that `Content-Encoding` names alone; nil for others and for several.
    static func coding(_ name: String) -> Coding? {
        switch name.lowercased() {
        case "gzip", "x-gzip": .gzip
        case "deflate": .deflate
        case "zstd": .zstd
        default: nil
        }
    }

    init(_ coding: Coding, limit: Int) {
        self.coding = coding
        self.limit = limit
        zstd = coding == .zstd ? ZSTD_createDCtx() : nil
        // A window that a small body may ask for must not take what memory there is.
        if let zstd { ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, 23) }
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
        ZSTD_freeDCtx(zstd)
    }

    /// Takes the next piece; what is decoded is appended to `bytes`.
    mutating func feed(_ piece: UnsafeRawBufferPointer) {
        guard !isBroken, !isCut, piece.count > 0 else { return }
        if coding == .zstd { feedZstd(piece) } else { feedZlib(piece) }
    }

    private mutating func feedZlib(_ piece: UnsafeRawBufferPointer) {
        if isFirst {
            isFirst = false
            open(piece[0])
        }
        guard let stream else {
            isBroken = true
            return
        }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = uInt(piece.count)
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while !isCut {
            var code: Int32 = 0
            let made = chunk.withUnsafeMutableBufferPointer { buffer in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = uInt(buffer.count)
                code = inflate(stream, Z_NO_FLUSH)
                return buffer.count - Int(stream.pointee.avail_out)
            }
            take(chunk[..<made])
            if code == Z_STREAM_END {
                // gzip may go on with another member (RFC 1952, 2.2).
                guard coding == .gzip, stream.pointee.avail_in > 0 else { return }
                inflateReset(stream)
                continue
            }
            if code != Z_OK, code != Z_BUF_ERROR {
                isBroken = true
                return
            }
            if stream.pointee.avail_in == 0, made < chunk.count { return }
            if made == 0, code == Z_BUF_ERROR { return }
        }
    }

    /// Says of which frame it is: many send `deflate` without zlib's, whose first byte says 8 in its low half.
    private mutating func open(_ first: UInt8) {
        let window: Int32 = coding == .gzip ? 31 : first & 0x0F == 8 && first >> 4 <= 7 ? 15 : -15
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        made.initialize(to: z_stream())
        guard inflateInit2_(made, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            made.deallocate()
            return
        }
        stream = made
    }

    private mutating func feedZstd(_ piece: UnsafeRawBufferPointer) {
        guard let zstd else {
            isBroken = true
            return
        }
        var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while !isCut {
            var made = 0
            let left = chunk.withUnsafeMutableBytes { buffer in
                var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                let left = ZSTD_decompressStream(zstd, &output, &input)
                made = output.pos
                return left
            }
            if ZSTD_isError(left) != 0 {
                isBroken = true
                return
            }
            take(chunk[..<made])
            if input.pos == input.size, made < chunk.count { return }
        }
    }

    private mutating func take(_ piece: ArraySlice<UInt8>) {
        let room = limit - bytes.count
        if piece.count > room { isCut = true }
        bytes.append(contentsOf: piece.prefix(room))
    }
}
