/// Random numbers as a pure function of (seed, stream, position): the same on any number of threads.
///
/// SplitMix64: a Weyl sequence through a 64-bit finaliser. Each (seed, stream) starts at its own hashed place
/// in the sequence.
///
/// G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014, 453–472.
public struct RandomStream: Sendable {
    @usableFromInline var state: UInt64

    /// - Parameter stream: For instance the number of a resample.
    @inlinable
    public init(seed: UInt64, stream: UInt64) {
        let start = RandomStream.mixed(seed &+ RandomStream.increment)
        state = RandomStream.mixed(start ^ RandomStream.mixed(stream &* 0xD1B5_4A32_D192_ED03 &+ 1))
    }

    @usableFromInline static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inlinable
    @inline(__always)
    static func mixed(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The next 64 random bits.
    @inlinable
    @inline(__always)
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return RandomStream.mixed(state)
    }

    /// A number in `0..<bound`. Its bias is below bound / 2⁶⁴. `bound` is positive.
    @inlinable
    public mutating func index(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Puts values in random order, or, with `count`, a random choice of so many of them to the front.
    ///
    /// Any order before gives the same distribution after, and the same order the same values. One word a
    /// place. R. A. Fisher, F. Yates, Statistical Tables (1938), example 12.
    @inlinable
    public mutating func permute<Value>(_ values: inout [Value], first count: Int = .max) {
        for place in 0..<min(count, max(0, values.count - 1)) {
            values.swapAt(place, place + index(below: values.count - place))
        }
    }

    /// Two numbers in `0..<bound` from one word; biased by less than bound² / 2⁶⁴.
    ///
    /// What a multiplication leaves below the binary point is the randomness of the next.
    /// N. Brackett-Rozinsky, D. Lemire, Batched ranged random integer generation (2024), arXiv 2408.06213.
    @inlinable
    @inline(__always)
    mutating func two(below bound: UInt64) -> (Int, Int) {
        let first = next().multipliedFullWidth(by: bound)
        let second = first.low.multipliedFullWidth(by: bound)
        return (Int(truncatingIfNeeded: first.high), Int(truncatingIfNeeded: second.high))
    }

    /// Three numbers in `0..<bound` from one word; biased by less than bound³ / 2⁶⁴.
    @inlinable
    @inline(__always)
    mutating func three(below bound: UInt64) -> (Int, Int, Int) {
        let first = next().multipliedFullWidth(by: bound)
        let second = first.low.multipliedFullWidth(by: bound)
        let third = second.low.multipliedFullWidth(by: bound)
        return (
            Int(truncatingIfNeeded: first.high), Int(truncatingIfNeeded: second.high),
            Int(truncatingIfNeeded: third.high)
        )
    }

    /// Five numbers in `0..<bound` from one word; biased by less than bound⁵ / 2⁶⁴.
    @inlinable
    @inline(__always)
    mutating func five(below bound: UInt64) -> (Int, Int, Int, Int, Int) {
        let first = next().multipliedFullWidth(by: bound)
        let second = first.low.multipliedFullWidth(by: bound)
        let third = second.low.multipliedFullWidth(by: bound)
        let fourth = third.low.multipliedFullWidth(by: bound)
        let fifth = fourth.low.multipliedFullWidth(by: bound)
        return (
            Int(truncatingIfNeeded: first.high), Int(truncatingIfNeeded: second.high),
            Int(truncatingIfNeeded: third.high), Int(truncatingIfNeeded: fourth.high),
            Int(truncatingIfNeeded: fifth.high)
        )
    }

    /// A number in `[0, 1)` with 53 random bits.
    @inlinable
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
