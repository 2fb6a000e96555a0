import CEpoll

@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 65 < 26 ? byte | 0x20 : byte
}

func equalIgnoringCase(_ bytes: some Collection<UInt8>, _ other: String) -> Bool {
    bytes.count == other.utf8.count && zip(bytes, other.utf8).allSatisfy { lowercased($0) == lowercased($1) }
}

/// Whether bytes are a word, which is given in small letters.
@inline(__always)
func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    let letters = word.utf8Start
    for index in 0..<bytes.count where lowercased(bytes[index]) != letters[index] { return false }
    return true
}

/// Whether two stretches are the same but for the case of letters.
func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count == other.count else { return false }
    for index in 0..<bytes.count where lowercased(bytes[index]) != lowercased(other[index]) { return false }
    return true
}

/// A byte of a token: RFC 9110, 5.6.2.
@inline(__always)
func isTokenByte(_ byte: UInt8) -> Bool {
    // The letters and digits, and !#$%&'*+-.^_`|~, as bits.
    let low: UInt64 = 0x03FF_6CFA_0000_0000
    let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    return byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
}

/// A byte of a field value: RFC 9110, 5.5.
@inline(__always)
func isValueByte(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 0x20 && byte != 0x7F) }

func areValueBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    if let base = UnsafeRawPointer(bytes.baseAddress) {
        // Eight at a time: none below a space, none that is DEL. What is doubtful is looked at one by one.
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        while at + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let del = word ^ (ones &* 0x7F)
            let doubtful = ((word &- ones &* 0x20) & ~word | (del &- ones) & ~del) & highs
            if doubtful != 0 { break }
            at += 8
        }
    }
    while at < bytes.count {
        if !isValueByte(bytes[at]) { return false }
        at += 1
    }
    return true
}

/// A byte of `host[:port]`: RFC 3986, 3.2.2 and 3.2.3, without user information.
func isAuthorityByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x2D, 0x2E, 0x5F, 0x7E, 0x25, 0x3A, 0x5B, 0x5D: true
    case 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true
    default: false
    }
}

func errorText(_ code: Int32) -> String { String(cString: cepoll_error(code)) }
