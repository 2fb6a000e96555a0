/// The SHA-256 of a content, as its name: equal digests, equal contents.
public struct ContentDigest: Sendable, Hashable {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// A digest read back from 64 hexadecimal digits, with or without `sha256:` before them; nil for others.
    public init?(_ text: String) {
        let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        guard digits.utf8.count == 64 else { return nil }
        for byte in digits.utf8 {
            switch byte {
            case 0x30...0x39, 0x61...0x66, 0x41...0x46: continue
            default: return nil
            }
        }
        hex = digits.lowercased()
    }

    init(bytes: [UInt8]) {
        hex = hexadecimal(bytes)
    }

    /// The digest of these bytes.
    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBufferPointer { SHA256.digest(of: $0) }
    }

    /// The digest of a text's UTF-8 bytes.
    public init(of text: String) {
        var text = text
        self = text.withUTF8 { SHA256.digest(of: $0) }
    }

    /// The first 12 digits: enough for people to tell contents apart, not for proof.
    public var short: String { String(hex.prefix(12)) }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(32)
        var high: UInt8?
        for digit in hex.utf8 {
            let nibble = digit < 0x3A ? digit - 0x30 : digit - 0x57
            if let upper = high {
                result.append(upper << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return result
    }
}

extension ContentDigest: CustomStringConvertible {
    /// `sha256:` and the digits.
    public var description: String { "sha256:" + hex }
}

/// Lower-case hexadecimal digits, two a byte.
func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xF] { digits.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }
    }
    return String(decoding: digits, as: UTF8.self)
}
