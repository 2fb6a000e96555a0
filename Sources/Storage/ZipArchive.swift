import CZlib
import CZstd
import Domain

/// Reads a ZIP archive that is in memory: entries stored, deflated (RFC 1951) or packed with zstd.
///
/// Nothing is written, and names are names only. An entry gives as many bytes as the directory says, and not one more,
/// so that a small file cannot unpack to a large one unsaid. ZIP64 is read; archives in several parts, and encrypted
/// entries, are refused. Source: PKWARE's APPNOTE.TXT 6.3.10.
public struct ZipArchive: Sendable {
    public struct Entry: Sendable, Hashable {
        public let name: String
        /// Unpacked.
        public let size: Int
        fileprivate let packedSize: Int
        fileprivate let method: Int
        fileprivate let offset: Int
        fileprivate let checksum: UInt32
        fileprivate let isEncrypted: Bool
    }

    /// In the order of the archive's directory.
    public let entries: [Entry]
    private let bytes: [UInt8]
    private let path: String

    public static func isArchive(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// - Throws: `damaged`, with what is wrong.
    public init(_ bytes: [UInt8], path: String) throws(StoreError) {
        self.bytes = bytes
        self.path = path
        let directory = try Self.directory(bytes, path)
        var entries: [Entry] = []
        var place = directory.offset
        for _ in 0..<directory.count {
            guard Self.number(bytes, place, 4) == 0x0201_4B50, place + 46 <= bytes.count else {
                throw Self.damaged(path, "its directory is cut")
            }
            let nameLength = Self.number(bytes, place + 28, 2)
            let extraLength = Self.number(bytes, place + 30, 2)
            let commentLength = Self.number(bytes, place + 32, 2)
            let extra = place + 46 + nameLength
            guard extra + extraLength <= bytes.count else { throw Self.damaged(path, "its directory is cut") }
            var size = Self.number(bytes, place + 24, 4)
            var packed = Self.number(bytes, place + 20, 4)
            var offset = Self.number(bytes, place + 42, 4)
            Self.widen(bytes, extra..<extra + extraLength, &size, &packed, &offset)
            entries.append(
                Entry(
                    name: String(decoding: bytes[place + 46..<extra], as: UTF8.self), size: size,
                    packedSize: packed, method: Self.number(bytes, place + 10, 2), offset: offset,
                    checksum: UInt32(truncatingIfNeeded: Self.number(bytes, place + 16, 4)),
                    isEncrypted: bytes[place + 8] & 1 != 0))
            place = extra + extraLength + commentLength
        }
        self.entries = entries
    }

    /// An entry's bytes, checked against its checksum.
    ///
    /// - Parameter limit: Entries that are larger are refused.
    public func read(_ entry: Entry, limit: Int) throws(StoreError) -> [UInt8] {
        guard entry.size >= 0, entry.size <= limit else {
            throw StoreError(
                .damaged, "\(path): '\(entry.name)' unpacks to \(entry.size) bytes, more than \(limit)")
        }
        guard !entry.isEncrypted else {
            throw StoreError(.denied, "\(path): '\(entry.name)' is encrypted; unpack the archive first")
        }
        guard entry.offset >= 0, entry.offset + 30 <= bytes.count,
            Self.number(bytes, entry.offset, 4) == 0x0403_4B50
        else { throw Self.damaged(path, "'\(entry.name)' is not where its directory says") }
        let start =
            entry.offset + 30 + Self.number(bytes, entry.offset + 26, 2)
            + Self.number(bytes, entry.offset + 28, 2)
        guard entry.packedSize >= 0, start + entry.packedSize <= bytes.count else {
            throw Self.damaged(path, "'\(entry.name)' is cut")
        }
        let packed = bytes[start..<start + entry.packedSize]
        let out: [UInt8]?
        switch entry.method {
        case 0: out = Array(packed)
        case 8: out = Self.inflated(packed, entry.size)
        case 93: out = Self.unpacked(packed, entry.size)
        default:
            throw StoreError(
                .damaged,
                "\(path): '\(entry.name)' is packed in a way that is not read here (method \(entry.method)); "
                    + "pack the archive anew with deflate")
        }
        guard let out, out.count == entry.size, Self.checksum(out) == entry.checksum else {
            throw Self.damaged(path, "'\(entry.name)' does not unpack to what its directory says")
        }
        return out
    }

    // MARK: The directory

    private static func directory(
        _ bytes: [UInt8], _ path: String
    ) throws(StoreError) -> (offset: Int, count: Int) {
        // The end record stands behind all else, before a comment of at most 65,535 bytes.
        var place = bytes.count - 22
        let lowest = max(0, bytes.count - 22 - 65_535)
        while place >= lowest, number(bytes, place, 4) != 0x0605_4B50 { place -= 1 }
        guard place >= lowest, place >= 0 else { throw damaged(path, "its end is missing") }
        var count = number(bytes, place + 10, 2)
        var offset = number(bytes, place + 16, 4)
        let isWide = count == 0xFFFF || offset == 0xFFFF_FFFF
        if isWide, place >= 20, number(bytes, place - 20, 4) == 0x0706_4B50 {
            let end = number(bytes, place - 12, 8)
            guard end >= 0, end + 56 <= bytes.count, number(bytes, end, 4) == 0x0606_4B50 else {
                throw damaged(path, "its end is missing")
            }
            count = number(bytes, end + 32, 8)
            offset = number(bytes, end + 48, 8)
        }
        // An entry takes 46 bytes of the directory at least.
        guard offset >= 0, offset <= bytes.count, count >= 0, count <= bytes.count / 46 else {
            throw damaged(path, "its end names a directory that is not there")
        }
        return (offset, count)
    }

    /// ZIP64: what does not fit 32 bits stands in the entry's extra field.
    private static func widen(
        _ bytes: [UInt8], _ extra: Range<Int>, _ size: inout Int, _ packed: inout Int, _ offset: inout Int
    ) {
        var place = extra.lowerBound
        while place + 4 <= extra.upperBound {
            let length = number(bytes, place + 2, 2)
            guard number(bytes, place, 2) == 1 else {
                place += 4 + length
                continue
            }
            var field = place + 4
            let end = min(field + length, extra.upperBound)
            func next(_ value: inout Int) {
                guard value == 0xFFFF_FFFF, field + 8 <= end else { return }
                value = number(bytes, field, 8)
                field += 8
            }
            next(&size)
            next(&packed)
            next(&offset)
            return
        }
    }

    /// A little-endian number; −1 beyond the end, or where it does not fit.
    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        guard place >= 0, place + count <= bytes.count else { return -1 }
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[place + index]) }
        return Int(exactly: value) ?? -1
    }

    // MARK: Unpacking

    private static func inflated(_ packed: ArraySlice<UInt8>, _ size: Int) -> [UInt8]? {
        var stream = z_stream()
        // Negative: the bare stream, without zlib's own head.
        let opened = inflateInit2_(
            &stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK, packed.count <= UInt32.max, size < UInt32.max else { return nil }
        defer { inflateEnd(&stream) }
        // One byte more than is due shows what is too long.
        var out = [UInt8](repeating: 0, count: size + 1)
        let written: Int? = packed.withUnsafeBufferPointer { input in
            out.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH) == Z_STREAM_END ? output.count - Int(stream.avail_out) : nil
            }
        }
        guard written == size else { return nil }
        out.removeLast()
        return out
    }

    private static func unpacked(_ packed: ArraySlice<UInt8>, _ size: Int) -> [UInt8]? {
        var out = [UInt8](repeating: 0, count: size)
        let written = packed.withUnsafeBytes { input in
            out.withUnsafeMutableBytes { output in
                ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
            }
        }
        return ZSTD_isError(written) == 0 && written == size ? out : nil
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
    }

    private static func damaged(_ path: String, _ what: String) -> StoreError {
        StoreError(.damaged, "\(path): the archive is damaged: \(what); copy it anew, or export it again")
    }
}
