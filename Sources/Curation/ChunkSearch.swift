import Domain
import Text

/// Looks for many short texts in many long ones, holding neither: for gold spans in the chunks of an index.
///
/// Of each text a hash of the whole and one of its first bytes (the largest power of two that fits, up to 64) is
/// kept; over each chunk those windows are rolled. White space is folded, as the retrieval metrics do.
///
/// 61-bit Mersenne arithmetic: two different texts of a length pass for one with a chance of about n·2⁻⁶¹.
/// R. Karp, M. Rabin, IBM Journal of Research and Development 31 (1987) 249–260.
struct ChunkSearch: Sendable {
    private struct Wanted: Sendable {
        let length: Int
        let hash: UInt64
        let number: Int32
    }

    /// By window length, then by the window's hash.
    private var wanted: [Int: [UInt64: [Wanted]]] = [:]
    /// A bit for what may be in `wanted`, so that most windows cost one look.
    private var filter = [UInt64](repeating: 0, count: 1 << 14)
    private(set) var isFound: [Bool] = []

    /// - Returns: The number of the text; nil for a text of nothing but white space, which is everywhere.
    mutating func add(_ text: String) -> Int? {
        let bytes = Array(foldingSpace(text).utf8)
        guard !bytes.isEmpty else { return nil }
        var window = 1
        while window * 2 <= min(bytes.count, 64) { window *= 2 }
        let number = isFound.count
        isFound.append(false)
        let sums = ChunkSearch.sums(bytes)
        let head = ChunkSearch.hash(sums, 0, window, ChunkSearch.power(window))
        let whole = ChunkSearch.hash(sums, 0, bytes.count, ChunkSearch.power(bytes.count))
        wanted[window, default: [:]][head, default: []].append(
            Wanted(length: bytes.count, hash: whole, number: Int32(number)))
        mark(head, window)
        return number
    }

    private mutating func mark(_ hash: UInt64, _ window: Int) {
        let bit = Int(truncatingIfNeeded: mix(hash &+ UInt64(window))) & (1 << 20 - 1)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// Notes which texts stand in a chunk. Linear in its length times the number of window lengths, at most 7.
    mutating func look(in chunk: String) {
        guard !wanted.isEmpty else { return }
        let bytes = Array(foldingSpace(chunk).utf8)
        let sums = ChunkSearch.sums(bytes)
        for (window, table) in wanted where window <= bytes.count {
            let shift = ChunkSearch.power(window)
            for start in 0...(bytes.count - window) {
                let hash = ChunkSearch.hash(sums, start, window, shift)
                let bit = Int(truncatingIfNeeded: mix(hash &+ UInt64(window))) & (1 << 20 - 1)
                guard filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0, let texts = table[hash] else {
                    continue
                }
                for text in texts where !isFound[Int(text.number)] && start + text.length <= bytes.count {
                    let whole = ChunkSearch.hash(sums, start, text.length, ChunkSearch.power(text.length))
                    if whole == text.hash { isFound[Int(text.number)] = true }
                }
            }
        }
    }

    // MARK: Polynomial hashes modulo 2⁶¹ − 1

    private static let modulus: UInt64 = (1 << 61) - 1
    private static let base: UInt64 = 0x1F3A_52C7_9B1D_E86B & ((1 << 61) - 1)

    private static func times(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        let sum = (low & modulus) &+ (low >> 61 | high << 3)
        return sum >= modulus ? sum - modulus : sum
    }

    /// The hash of each prefix.
    private static func sums(_ bytes: [UInt8]) -> [UInt64] {
        var sums = [UInt64](repeating: 0, count: bytes.count + 1)
        for (place, byte) in bytes.enumerated() {
            let next = times(sums[place], base) &+ UInt64(byte) &+ 1
            sums[place + 1] = next >= modulus ? next - modulus : next
        }
        return sums
    }

    private static func power(_ count: Int) -> UInt64 {
        var result: UInt64 = 1
        var factor = base
        var rest = count
        while rest > 0 {
            if rest & 1 == 1 { result = times(result, factor) }
            factor = times(factor, factor)
            rest >>= 1
        }
        return result
    }

    @inline(__always)
    private static func hash(_ sums: [UInt64], _ start: Int, _ count: Int, _ shift: UInt64) -> UInt64 {
        let taken = times(sums[start], shift)
        let end = sums[start + count]
        return end >= taken ? end - taken : end &+ modulus - taken
    }
}
