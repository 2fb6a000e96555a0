/// Bytes as text that any transport carries: RFC 4648, section 4, with padding.
public enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        var word: UInt32 = 0
        var held = 0
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            for shift in [18, 12, 6, 0] as [UInt32] { out.append(digits[Int(word >> shift & 63)]) }
            (word, held) = (0, 0)
        }
        if held == 1 {
            out += [digits[Int(word >> 2)], digits[Int(word << 4 & 63)], 0x3D, 0x3D]
        } else if held == 2 {
            out += [digits[Int(word >> 10)], digits[Int(word >> 4 & 63)], digits[Int(word << 2 & 63)], 0x3D]
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes; nil for anything that is not whole and canonical.
    public static func decode(_ text: String) -> [UInt8]? {
        let signs = Array(text.utf8)
        guard signs.count % 4 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(signs.count / 4 * 3)
        for start in stride(from: 0, to: signs.count, by: 4) {
            let isLast = start + 4 == signs.count
            var padding = 0
            if isLast {
                if signs[start + 3] == 0x3D { padding = signs[start + 2] == 0x3D ? 2 : 1 }
            }
            var word: UInt32 = 0
            for sign in signs[start..<(start + 4 - padding)] {
                guard let value = value(of: sign) else { return nil }
                word = word << 6 | value
            }
            word <<= 6 * UInt32(padding)
            guard word & ((1 << (8 * UInt32(padding))) - 1) == 0 else { return nil }
            for index in 0..<(3 - padding) {
                out.append(UInt8(truncatingIfNeeded: word >> (16 - 8 * UInt32(index))))
            }
        }
        return out
    }

    private static func value(of sign: UInt8) -> UInt32? {
        switch sign {
        case 0x41...0x5A: UInt32(sign - 0x41)
        case 0x61...0x7A: UInt32(sign - 0x61) + 26
        case 0x30...0x39: UInt32(sign - 0x30) + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
