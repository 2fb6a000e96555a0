/// Where a tokeniser puts its tokens, byte by byte.
protocol TokenSink {
    mutating func append(_ byte: UInt8)
    /// Ends the token, if it has a byte.
    mutating func end()
}

extension TokenSink {
    @inline(__always)
    mutating func append(scalar value: UInt32) {
        switch value {
        case 0..<0x80: append(UInt8(value))
        case 0x80..<0x800:
            append(UInt8(0xC0 | value >> 6))
            append(UInt8(0x80 | value & 0x3F))
        case 0x800..<0x10000:
            append(UInt8(0xE0 | value >> 12))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        default:
            append(UInt8(0xF0 | value >> 18 & 0x07))
            append(UInt8(0x80 | value >> 12 & 0x3F))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        }
    }
}

/// Tokens as 64-bit keys: FNV-1a with a final mix, the same in every process.
///
/// Two different tokens share a key with a chance of 2⁻⁶⁴; what compares tokens compares keys.
struct KeySink: TokenSink {
    private(set) var keys: [UInt64] = []
    private var state = start
    private var isEmpty = true
    private static let start: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        isEmpty = false
    }

    @inline(__always)
    mutating func end() {
        guard !isEmpty else { return }
        keys.append(mixed(state))
        state = Self.start
        isEmpty = true
    }
}

/// Tokens as texts.
struct TextSink: TokenSink {
    private(set) var tokens: [String] = []
    private var bytes: [UInt8] = []

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func end() {
        guard !bytes.isEmpty else { return }
        tokens.append(String(decoding: bytes, as: UTF8.self))
        bytes.removeAll(keepingCapacity: true)
    }
}

/// A 64-bit finaliser (MurmurHash3's constants): every input bit reaches every output bit.
@inline(__always)
func mixed(_ key: UInt64) -> UInt64 {
    var x = key
    x ^= x >> 33
    x &*= 0xff51_afd7_ed55_8ccd
    x ^= x >> 33
    x &*= 0xc4ce_b9fe_1a85_ec53
    return x ^ (x >> 33)
}
