import Digest

/// How a segment is laid out.
///
/// Header: the 8 bytes `SLUICE\0\1`, the gateway's name behind its count (one byte), the start in microseconds since
/// 1970 and a random seed (8 bytes each, low ones first). Then frames: `F0 0D`, the kind (1 exchange, 2 feedback), the
/// payload's length (4 bytes), its XXH3 with the seed and kind (8 bytes), the payload. The magic lets a reader find the
/// next frame behind what is damaged; since nobody outside knows the seed, what a body holds cannot pass for a frame.
enum SpoolFormat {
    static let magic: [UInt8] = [0x53, 0x4C, 0x55, 0x49, 0x43, 0x45, 0x00, 0x01]
    static let frameMagic: [UInt8] = [0xF0, 0x0D]
    static let frameHead = 15
    /// A payload that is longer is none.
    static let longestPayload = 256 << 20

    enum Kind: UInt8 { case exchange = 1, feedback = 2 }

    /// What a header says.
    struct Header {
        let gateway: String
        /// Microseconds since 1970.
        let began: Int
        let seed: UInt64
        /// Where the first frame begins.
        let end: Int
    }

    static func header(gateway: String, began: Int, seed: UInt64) -> [UInt8] {
        var out = magic
        out.append(UInt8(truncatingIfNeeded: gateway.utf8.count))
        out += gateway.utf8
        withUnsafeBytes(of: UInt64(began).littleEndian) { out += $0 }
        withUnsafeBytes(of: seed.littleEndian) { out += $0 }
        return out
    }

    /// The header of a segment; nil for what is none.
    static func header(of bytes: UnsafeBufferPointer<UInt8>) -> Header? {
        guard bytes.count > magic.count, bytes[..<magic.count].elementsEqual(magic) else { return nil }
        let name = magic.count + 1
        let end = name + Int(bytes[magic.count]) + 16
        // The name becomes part of files' names where segments are shipped.
        guard bytes.count >= end, isName(bytes[name..<(end - 16)]) else { return nil }
        return Header(
            gateway: String(decoding: bytes[name..<(end - 16)], as: UTF8.self),
            began: Int(truncatingIfNeeded: word(bytes, end - 16, 8)), seed: word(bytes, end - 8, 8), end: end)
    }

    /// Whether that is a gateway's name: 1 to 64 of `A-Z a-z 0-9 . _ -`, the first no dot.
    static func isName(_ name: some Collection<UInt8>) -> Bool {
        1...64 ~= name.count && name.first != 0x2E
            && name.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D || $0 == 0x2E
                    || $0 == 0x5F
            }
    }

    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        return value
    }

    /// Appends a frame without its checksum, whose payload `fill` writes, without copying it.
    static func frame(_ kind: Kind, into out: inout RecordWriter, _ fill: (inout RecordWriter) -> Void) {
        let start = out.bytes.count
        out.bytes += frameMagic
        out.bytes.append(kind.rawValue)
        for _ in 0..<12 { out.bytes.append(0) }
        fill(&out)
        let length = UInt32(out.bytes.count - start - frameHead)
        for index in 0..<4 {
            out.bytes[start + 3 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index)))
        }
    }

    /// Puts the checksums into frames that stand one behind the other.
    static func seal(_ frames: inout [UInt8], seed: UInt64) {
        frames.withUnsafeMutableBytes { bytes in
            var start = 0
            while start + frameHead <= bytes.count {
                var length = 0
                for index in 0..<4 { length |= Int(bytes[start + 3 + index]) << (8 * index) }
                let end = start + frameHead + length
                let payload = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(bytes)[(start + frameHead)..<end])
                let hash = XXHash.xxh3(payload, seed: seed ^ UInt64(bytes[start + 2]))
                for index in 0..<8 {
                    bytes[start + 7 + index] = UInt8(truncatingIfNeeded: hash >> (8 * UInt64(index)))
                }
                start = end
            }
        }
    }

    /// The frame that begins at a place.
    ///
    /// - Returns: Its kind and the range of its payload; nil where no whole frame stands there.
    static func frame(
        at place: Int, in bytes: UnsafeBufferPointer<UInt8>, seed: UInt64
    ) -> (kind: Kind, payload: Range<Int>)? {
        guard place + frameHead <= bytes.count, bytes[place] == 0xF0, bytes[place + 1] == 0x0D,
            let kind = Kind(rawValue: bytes[place + 2])
        else { return nil }
        let length = Int(word(bytes, place + 3, 4))
        let start = place + frameHead
        guard length <= longestPayload, start + length <= bytes.count else { return nil }
        let payload = start..<(start + length)
        let slice = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[payload])
        guard XXHash.xxh3(slice, seed: seed ^ UInt64(kind.rawValue)) == word(bytes, place + 7, 8) else {
            return nil
        }
        return (kind, payload)
    }
}
