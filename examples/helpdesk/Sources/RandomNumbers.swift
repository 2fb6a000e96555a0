/// Numbers that depend on what they are for alone: the same seed and the same words give the same number.
///
/// SplitMix64's finaliser over an FNV-1a digest of the words. Steele, Lea and Flood, OOPSLA 2014.
struct RandomNumbers: Sendable {
    let seed: UInt64

    func bits(_ words: String...) -> UInt64 {
        var hash = fnvOffset
        for word in words {
            for byte in word.utf8 { hash = fnv(hash, byte) }
            hash = fnv(hash, 0xff)
        }
        return mixed(hash &+ seed &* 0x9e37_79b9_7f4a_7c15)
    }

    /// A number in `0..<1`.
    func uniform(_ purpose: String, _ subject: String) -> Double {
        Double(bits(purpose, subject) >> 11) * 0x1p-53
    }
}

let fnvOffset: UInt64 = 0xcbf2_9ce4_8422_2325

@inline(__always) func fnv(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
}

@inline(__always) func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
