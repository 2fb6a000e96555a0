import CZstd
import Domain
import Glibc

/// Lines packed with zstd, streamed: memory does not depend on their number.
///
/// A packed file is a row of frames (RFC 8878) of about 1 MiB of whole lines, each with its checksum. What is read is
/// handed on a frame at a time, after its checksum: a bit that flips would else give lines that are wrong and look
/// right. And damage costs the frame it lies in, not all that follows.
enum Zstandard {
    /// Unpacked bytes after which the next line begins a new frame.
    static let frameBytes = 1 << 20
    /// A frame of another's making may be as large as this and still be checked before it is handed on.
    private static let checkedBytes = 64 << 20
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// Packs what is fed into a descriptor.
    final class Packer {
        private let context: OpaquePointer
        private let descriptor: Int32
        private let path: String
        private var buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        private var inFrame = 0
        /// Bytes fed so far.
        private(set) var fed = 0

        /// - Parameter level: 3 packs some 300 MB a second; 12 a tenth of that, and smaller by a tenth.
        init(into descriptor: Int32, _ path: String, level: Int32) throws(StoreError) {
            guard let context = ZSTD_createCCtx() else {
                throw StoreError(.unavailable, "zstd has no memory")
            }
            self.context = context
            self.descriptor = descriptor
            self.path = path
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        }

        deinit { ZSTD_freeCCtx(context) }

        /// - Parameter endsLine: Whether the last byte ends a line, so that a frame may end here.
        func feed(_ bytes: UnsafeRawBufferPointer, endsLine: Bool) throws(StoreError) {
            fed += bytes.count
            inFrame += bytes.count
            try run(bytes, ZSTD_e_continue)
            if endsLine, inFrame >= Zstandard.frameBytes { try endFrame() }
        }

        /// Ends the last frame. A file of no bytes is one frame of none.
        func finish() throws(StoreError) {
            if inFrame > 0 || fed == 0 { try endFrame() }
        }

        private func endFrame() throws(StoreError) {
            try run(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end)
            inFrame = 0
        }

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

    /// Packs the first `count` bytes of a file of lines into another, which appears whole or not at all.
    static func pack(
        _ descriptor: Int32, _ source: String, count: Int, to destination: String
    ) throws(StoreError) {
        try Files.replace(destination) { output, path in
            let packer = try Packer(into: output, path, level: 3)
            var chunk = [UInt8](repeating: 0, count: 1 << 18)
            var offset = 0
            while offset < count {
                let wanted = min(chunk.count, count - offset)
                let got = chunk.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress, wanted, off_t(offset))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    throw got < 0
                        ? Files.error("read", source) : StoreError(.damaged, "\(source) became shorter")
                }
                let lines = chunk[..<got].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
                try chunk.withUnsafeBytes {
                    try packer.feed(UnsafeRawBufferPointer(rebasing: $0[..<lines]), endsLine: lines > 0)
                    try packer.feed(UnsafeRawBufferPointer(rebasing: $0[lines..<got]), endsLine: false)
                }
                offset += got
            }
            try packer.finish()
        }
    }

    /// Hands on the unpacked bytes, a frame at a time; each stretch that is damaged is told in its place, and passed over.
    ///
    /// - Throws: What `feed` and `damage` throw, and `StoreError` where the file cannot be read.
    static func read(
        _ descriptor: Int32, _ path: String, _ feed: (UnsafeBufferPointer<UInt8>) throws -> Void,
        damage: (String) throws -> Void
    ) throws {
        guard let context = ZSTD_createDCtx() else { throw StoreError(.unavailable, "zstd has no memory") }
        defer { ZSTD_freeDCtx(context) }
        var window = Window(descriptor: descriptor, path: path)
        var frame: [UInt8] = []
        var into = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        var start = 0
        var isBroken = false
        if try window.fill(at: 0) == 0 { try damage("it is empty") }
        while try window.fill(at: start) > 0 {
            ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
            frame.removeAll(keepingCapacity: true)
            var position = start
            var problem: String?
            var left = 1
            while left != 0, problem == nil {
                let got = try window.fill(at: position)
                var made = 0
                window.withBytes(at: position) { source in
                    into.withUnsafeMutableBytes { target in
                        var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        left = ZSTD_decompressStream(context, &output, &input)
                        position += input.pos
                        made = output.pos
                    }
                }
                if ZSTD_isError(left) != 0 {
                    problem = String(cString: ZSTD_getErrorName(left))
                } else if got == 0, made == 0, left != 0 {
                    problem = "it ends in the middle"
                }
                frame += into[..<made]
                if frame.count > checkedBytes {
                    try frame.withUnsafeBufferPointer(feed)
                    frame.removeAll(keepingCapacity: true)
                }
            }
            guard let problem else {
                try frame.withUnsafeBufferPointer(feed)
                start = position
                isBroken = false
                continue
            }
            // Bytes that look like a frame's beginning stand by chance within others: told once a stretch.
            if !isBroken { try damage("at byte \(start): \(problem)") }
            isBroken = true
            guard let next = try window.find(magic, from: start + 1) else { return }
            start = next
        }
    }

    /// The whole of a packed file in memory.
    ///
    /// - Throws: `damaged` where any of it is.
    static func unpacked(_ path: String) throws(StoreError) -> [UInt8] {
        let descriptor = try Files.openToRead(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        do {
            try read(
                descriptor, path, { bytes += $0 },
                damage: { throw StoreError(.damaged, "\(path) is damaged (\($0))") })
        } catch { throw Files.storeError(error) }
        return bytes
    }

    /// A view of a file that moves along it.
    private struct Window {
        let descriptor: Int32
        let path: String
        private var bytes = [UInt8](repeating: 0, count: 1 << 18)
        private var offset = 0
        private var count = 0

        init(descriptor: Int32, path: String) {
            self.descriptor = descriptor
            self.path = path
        }

        /// Sees to it that the byte at a place is in view, and returns how many are from there on; 0 at the end.
        mutating func fill(at place: Int) throws(StoreError) -> Int {
            if place >= offset, place < offset + count { return offset + count - place }
            while true {
                let got = bytes.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress, $0.count, off_t(place))
                }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw Files.error("read", path) }
                (offset, count) = (place, got)
                return got
            }
        }

        func withBytes(at place: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
            bytes.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[(place - offset)..<count]))
            }
        }

        /// The next place at which these bytes stand.
        mutating func find(_ pattern: [UInt8], from place: Int) throws(StoreError) -> Int? {
            var place = place
            while try fill(at: place) >= pattern.count {
                var found: Int?
                withBytes(at: place) { view in
                    found = (0...(view.count - pattern.count)).first { at in
                        view[at] == pattern[0]
                            && view[(at + 1)..<(at + pattern.count)].elementsEqual(pattern.dropFirst())
                    }
                }
                if let found { return place + found }
                // The pattern may lie across the edge of the view.
                let next = offset + count - pattern.count + 1
                (offset, count) = (0, 0)
                place = next
            }
            return nil
        }
    }
}
