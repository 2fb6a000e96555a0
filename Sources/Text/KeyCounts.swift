/// How often each key stands in one text, made to be held against many others.
///
/// An open-addressed table: keys are hashes of tokens, of which the low bits choose the place.
public struct KeyCounts: Sendable {
    /// How many keys there are, each as often as it stands.
    public let count: Int
    private let mask: Int
    private var keys: [UInt64]
    /// Beside `keys`; 0: the place is free.
    private var counts: [Int32]

    /// - Complexity: `O(keys.count)`.
    public init(_ list: [UInt64]) {
        count = list.count
        var size = 16
        while size < 2 * list.count { size *= 2 }
        mask = size - 1
        keys = [UInt64](repeating: 0, count: size)
        counts = [Int32](repeating: 0, count: size)
        for key in list {
            let place = slot(of: key)
            keys[place] = key
            counts[place] += 1
        }
    }

    /// How many elements the other list shares, counting repeats: the size of the multiset intersection.
    ///
    /// - Complexity: `O(list.count)`, and a copy of the counts.
    public func shared(with list: [UInt64]) -> Int {
        var left = counts
        var shared = 0
        for key in list {
            let place = slot(of: key)
            if left[place] > 0 {
                left[place] -= 1
                shared += 1
            }
        }
        return shared
    }

    /// Where a key stands, or would.
    private func slot(of key: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: key ^ (key >> 32)) & mask
        while counts[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }
}
