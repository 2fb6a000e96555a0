import Glibc

/// How alike two rankings are, early places weighing more: the extrapolated rank-biased overlap, in `0...1`.
///
/// A reader who goes on to the next place with probability p sees, on average, this share in common. The lists may
/// differ in length and in what they hold; what they agree on as far as they go is taken to go on.
///
/// - Parameters:
///   - first: Best first, no item twice.
///   - second: Likewise.
///   - persistence: p in `(0, 1)`: .9 puts 86 % of the weight on the first ten places.
/// - Throws: `EstimateError.tooFew` where both are empty, `.invalidParameter` for a persistence outside `(0, 1)` and
///   for an item that stands twice in a list.
/// - Returns: 0 where one is empty.
/// - Complexity: O(n + m).
///
/// W. Webber, A. Moffat, J. Zobel, ACM Transactions on Information Systems 28 (2010) 20, equation 32.
public func rankBiasedOverlap<Item: Hashable>(
    _ first: [Item], _ second: [Item], persistence: Double = 0.9
) throws(EstimateError) -> Double {
    try requireProbability(persistence, "persistence")
    try requireCount(first.count + second.count, atLeast: 1, "items")
    let (short, long) = first.count <= second.count ? (first, second) : (second, first)
    guard Set(short).count == short.count, Set(long).count == long.count else {
        throw .invalidParameter("a ranking", must: "hold no item twice")
    }
    guard !short.isEmpty else { return 0 }
    let (s, l) = (Double(short.count), Double(long.count))
    var seenShort: Set<Item> = []
    var seenLong: Set<Item> = []
    var overlap = 0.0
    var overlapAtShort = 0.0
    var sum = 0.0
    var power = 1.0
    for depth in 1...long.count {
        let next = long[depth - 1]
        if depth <= short.count {
            let other = short[depth - 1]
            if next == other {
                overlap += 1
            } else {
                if seenShort.contains(next) { overlap += 1 }
                if seenLong.contains(other) { overlap += 1 }
            }
            seenShort.insert(other)
        } else if seenShort.contains(next) {
            overlap += 1
        }
        seenLong.insert(next)
        power *= persistence
        let d = Double(depth)
        sum += overlap / d * power
        if depth == short.count { overlapAtShort = overlap }
        if depth > short.count { sum += overlapAtShort * (d - s) / (s * d) * power }
    }
    let tail = ((overlap - overlapAtShort) / l + overlapAtShort / s) * power
    return min(1, max(0, (1 - persistence) / persistence * sum + tail))
}
