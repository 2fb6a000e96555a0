import Digest

/// How a segment is laid out.
///
/// Header: the 8 bytes `SLUICE\0\1`, the gateway's name behind its count (one byte), the start in microseconds since
/// 1970 (8 bytes, low ones first). Then frames: `F0 0D` and the kind (1 exchange, 2 feedback), the payload's length
/// (4 bytes), its XXH3 (8 bytes), the payload. The magic at a frame's beginning lets a reader find the next one behind
/// what is damaged.
enum SpoolFormat {
    static let magic: [UInt8] = [0x53, 0x4C, 0x55, 0x49, 0x43, 0x45, 0x00, 0x01]
    static let frameMagic: [UInt8] = [0xF0, 0x0D]
    static let frameHead = 15
    /// A payload that is longer is none.
    static let longestPayload = 256 << 20

    enum Kind: UInt8 { case exchange = 1, feedback = 2 }

    static func header(gateway: String, began: Int) -> [UInt8] {
        var out = magic
        out.append(UInt8(truncatingIfNeeded: gateway.utf8.count))
        out += gateway.utf8
        withUnsafeBytes(of: UInt64(began).littleEndian) { out += $0 }
        return out
    }

    /// Appends a frame whose payload `fill` writes, without copying it.
    static func frame(_ kind: Kind, into out: inout RecordWriter, _ fill: (inout RecordWriter) -> Void) {
        let start = out.bytes.count
        out.bytes += frameMagic
        out.bytes.append(kind.rawValue)
        for _ in 0..<12 { out.bytes.append(0) }
        let payload = out.bytes.count
        fill(&out)
        let length = UInt32(out.bytes.count - payload)
        let hash = out.bytes.withUnsafeBytes { bytes in
            XXHash.xxh3(UnsafeRawBufferPointer(rebasing: bytes[payload...]), seed: UInt64(kind.rawValue))
        }
        for index in 0..<4 {
            out.bytes[start + 3 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index)))
        }
        for index in 0..<8 {
            out.bytes[start + 7 + index] = UInt8(truncatingIfNeeded: hash >> (8 * UInt64(index)))
        }
    }

    /// The frame that begins at a place.
    ///
    /// - Returns: Its kind and the range of its payload; nil where no whole frame stands there.
    static func frame(
        at place: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (kind: Kind, payload: Range<Int>)? {
        guard place + frameHead <= bytes.count, bytes[place] == 0xF0, bytes[place + 1] == 0x0D,
            let kind = Kind(rawValue: bytes[place + 2])
        else { return nil }
        var length: UInt32 = 0
        for index in 0..<4 { length |= UInt32(bytes[place + 3 + index]) << (8 * UInt32(index)) }
        var hash: UInt64 = 0
        for index in 0..<8 { hash |= UInt64(bytes[place + 7 + index]) << (8 * UInt64(index)) }
        let start = place + frameHead
        guard length <= longestPayload, start + Int(length) <= bytes.count else { return nil }
        let payload = start..<(start + Int(length))
        let slice = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[payload])
        guard XXHash.xxh3(slice, seed: UInt64(kind.rawValue)) == hash else { return nil }
        return (kind, payload)
    }
}
