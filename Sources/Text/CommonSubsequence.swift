/// The length of the longest common subsequence of two lists of keys, or nil where that would cost too much.
///
/// Bit-parallel: 64 elements of the shorter list a step.
///
/// - Parameters:
///   - limit: The most steps that are taken; the default is about a tenth of a second. Two texts of 60,000
///     words each are within it, a text of a million words against one of 4,000 too.
/// - Complexity: `O(⌈m / 64⌉ · n)` for lengths m ≤ n, besides sorting the shorter.
///
/// H. Hyyrö, AWOCA 2004; M. Crochemore et al., IPL 80 (2001) 279–285.
public func commonSubsequenceLength(_ left: [UInt64], _ right: [UInt64], limit: Int = 1 << 26) -> Int? {
    let short = left.count <= right.count ? left : right
    let long = left.count <= right.count ? right : left
    guard !short.isEmpty else { return 0 }
    let width = (short.count + 63) / 64
    guard width <= limit / long.count else { return nil }
    if width == 1 { return lengthOfOne(short, long) }
    return PositionTable(short, width: width).length(long)
}

/// For a list of at most 64 elements: its keys and the bits of their positions in an open-addressed table.
private func lengthOfOne(_ short: [UInt64], _ long: [UInt64]) -> Int {
    let size = 128
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * size) { room in
        // Beside `size` keys their masks; an empty mask says that the place is free.
        room.initialize(repeating: 0)
        for (position, key) in short.enumerated() {
            var place = Int(truncatingIfNeeded: key ^ (key >> 32)) & (size - 1)
            while room[size + place] != 0, room[place] != key { place = (place + 1) & (size - 1) }
            room[place] = key
            room[size + place] |= 1 << UInt64(position)
        }
        var state = ~UInt64(0)
        for key in long {
            var place = Int(truncatingIfNeeded: key ^ (key >> 32)) & (size - 1)
            while room[size + place] != 0, room[place] != key { place = (place + 1) & (size - 1) }
            // A free place has no bits: nothing changes.
            let hits = state & room[size + place]
            state = (state &+ hits) | (state &- hits)
        }
        let used = short.count == 64 ? ~UInt64(0) : (1 << UInt64(short.count)) - 1
        return (~state & used).nonzeroBitCount
    }
}

/// For every key of a list, the positions where it stands, as bits.
private struct PositionTable {
    private let keys: [UInt64]
    private let width: Int
    private let count: Int

    init(_ list: [UInt64], width: Int) {
        var distinct: [UInt64] = []
        for key in list.sorted() where key != distinct.last { distinct.append(key) }
        keys = distinct
        self.width = width
        count = list.count
        // Masks are made key by key while reading: m²/64 words for all of them would be too many.
        positions = Self.positions(list, keys)
    }

    /// Positions of key `i`: `places[starts[i] ..< starts[i + 1]]`.
    private var positions: (starts: [Int], places: [Int]) = ([], [])

    private static func positions(_ list: [UInt64], _ keys: [UInt64]) -> (starts: [Int], places: [Int]) {
        let order = list.indices.sorted { list[$0] == list[$1] ? $0 < $1 : list[$0] < list[$1] }
        var starts: [Int] = []
        for (place, position) in order.enumerated() {
            if place == 0 || list[position] != list[order[place - 1]] { starts.append(place) }
        }
        starts.append(order.count)
        return (starts, order)
    }

    private func index(of key: UInt64) -> Int? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? low : nil
    }

    func length(_ long: [UInt64]) -> Int {
        var state = [UInt64](repeating: ~0, count: width)
        var mask = [UInt64](repeating: 0, count: width)
        for key in long {
            guard let index = index(of: key) else { continue }
            let places = positions.places[positions.starts[index]..<positions.starts[index + 1]]
            for place in places { mask[place >> 6] |= 1 << UInt64(place & 63) }
            var carry: UInt64 = 0
            for word in 0..<width {
                let old = state[word]
                let hits = old & mask[word]
                let (first, overflow1) = old.addingReportingOverflow(hits)
                let (sum, overflow2) = first.addingReportingOverflow(carry)
                carry = overflow1 || overflow2 ? 1 : 0
                state[word] = sum | (old & ~hits)
            }
            for place in places { mask[place >> 6] = 0 }
        }
        var length = 0
        for word in 0..<width {
            let used = word == width - 1 && count & 63 != 0 ? (UInt64(1) << UInt64(count & 63)) - 1 : ~0
            length += (~state[word] & used).nonzeroBitCount
        }
        return length
    }
}
