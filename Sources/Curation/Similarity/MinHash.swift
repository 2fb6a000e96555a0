/// A small sketch of a set, of which as many places agree between two as the sets are alike.
///
/// 120 permutations, of whose minima the lowest eight bits are kept (*b-bit* minwise hashing): 120 bytes a set. The
/// share of equal places, less what chance alone makes equal, is an estimate of the Jaccard similarity J with a
/// standard error of √(J(1−J)/120), .037 at .8.
///
/// A. Broder, SEQUENCES 1997, 21–29; P. Li, A. C. König, WWW 2010, 671–680.
public enum MinHash {
    public static let places = 120

    /// The sketch of a set of keys, appended to `sketches`. 120 multiplications a key.
    public static func append(_ keys: [UInt64], to sketches: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: places) { lowest in
            lowest.initialize(repeating: .max)
            factors.withUnsafeBufferPointer { factors in
                for key in keys {
                    for place in 0..<places {
                        let value = UInt32(truncatingIfNeeded: (key &* factors[place]) >> 32)
                        if value < lowest[place] { lowest[place] = value }
                    }
                }
            }
            for place in 0..<places { sketches.append(UInt8(truncatingIfNeeded: lowest[place])) }
        }
    }

    /// The estimate of J from two sketches; below zero where fewer places agree than by chance.
    static func similarity(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Double {
        var equal = 0
        // Eight places at a time: a byte of the difference that is zero leaves its top bit clear.
        for start in stride(from: 0, to: places, by: 8) {
            let a = left.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            let b = right.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            let difference = a ^ b
            let low = difference & 0x7F7F_7F7F_7F7F_7F7F
            let filled = (low &+ 0x7F7F_7F7F_7F7F_7F7F) | difference | 0x7F7F_7F7F_7F7F_7F7F
            equal += (~filled).nonzeroBitCount
        }
        return (Double(equal) / Double(places) - 1.0 / 256) / (1 - 1.0 / 256)
    }

    /// Odd multipliers, fixed: the same set has the same sketch in every process.
    private static let factors: [UInt64] = (0..<UInt64(places)).map { place in
        mix((place + 1) &* 0x9E37_79B9_7F4A_7C15) | 1
    }
}
