import Domain

/// Finds which of many texts are nearly the same, without holding each against each.
///
/// Sketches are cut into 20 bands of 6 places; two texts that agree in a whole band are looked at. A pair of
/// similarity J is so with a chance of 1 − (1 − J⁶)²⁰: 99.8 % at J = .8, 92 % at .7, 1.4 % at .3. What the sketches
/// call likely is then measured on the texts themselves, so that nothing is told that is not so; only in a set that
/// repeats itself without end is the sketch's word taken in the end. In a bucket of many texts each is held against
/// the 32 last ones.
///
/// Memory: 128 bytes a text, and 12 while a band is worked on.
///
/// J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets, 2nd ed. (2014), chapter 3.
public struct SimilarityIndex: Sendable {
    static let bands = 20
    static let rows = 6
    private static let reach = 32
    /// Pairs of one text that are measured, and pairs in all for each text; beyond, the sketch's word is taken.
    private static let measured = 8
    private static let measuredPerText = 1

    private var sketches: [UInt8] = []
    /// Hash of each input; equal ones are one text.
    private var hashes: [UInt64] = []
    private var isBlank: [Bool] = []

    public init() {}

    public var count: Int { hashes.count }

    /// - Parameters:
    ///   - hash: Equal for texts that are the same.
    ///   - shingles: Of the text; none: it is like no other.
    public mutating func add(hash: UInt64, shingles: Shingles) {
        hashes.append(hash)
        isBlank.append(shingles.isEmpty)
        MinHash.append(shingles.keys, to: &sketches)
    }

    /// Texts that belong together.
    public struct Clusters: Sendable {
        /// For each text the first one that is the same.
        public fileprivate(set) var same: [Int32]
        /// For each text the first of its cluster; itself where it is alone.
        public fileprivate(set) var first: [Int32]
        /// Pairs of texts that are nearly the same, each with how much: what clusters hang together by.
        public fileprivate(set) var links: [Link] = []
        /// Buckets in which not all were held against all.
        public fileprivate(set) var cutShort = 0

        /// Distinct texts, near ones counted once: what the set is worth in independent examples.
        public var distinct: Int { first.indices.reduce(0) { $0 + (Int(first[$1]) == $1 ? 1 : 0) } }
    }

    public struct Link: Sendable, Hashable {
        public let left: Int
        public let right: Int
        public let similarity: Double
    }

    /// - Parameters:
    ///   - threshold: Least similarity that counts as nearly the same.
    ///   - similarity: Measures a pair.
    public func clusters(
        threshold: Double, similarity: (Int, Int) throws(StoreError) -> Double
    ) throws(StoreError) -> Clusters {
        let same = firstOfEach()
        var search = Search(
            index: self, threshold: threshold, same: same, union: UnionFind(same),
            measuredPairs: [UInt8](repeating: 0, count: count))
        for band in 0..<Self.bands { try search.run(band, similarity) }
        return Clusters(
            same: same, first: search.union.firsts(),
            links: search.links.sorted { ($0.left, $0.right) < ($1.left, $1.right) },
            cutShort: search.cutShort)
    }

    /// For each text the first one of the same hash.
    private func firstOfEach() -> [Int32] {
        var order = [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
            for place in 0..<count { buffer[place] = Int32(place) }
            filled = count
        }
        order.sort { left, right in
            let a = hashes[Int(left)]
            let b = hashes[Int(right)]
            return a == b ? left < right : a < b
        }
        var first = [Int32](repeating: 0, count: count)
        var head: Int32 = 0
        for (place, text) in order.enumerated() {
            if place == 0 || hashes[Int(text)] != hashes[Int(head)] { head = text }
            first[Int(text)] = head
        }
        return first
    }

    /// One search through all bands.
    private struct Search {
        let index: SimilarityIndex
        let threshold: Double
        let same: [Int32]
        var union: UnionFind
        var measuredPairs: [UInt8]
        var links: [Link] = []
        var cutShort = 0
        private var budget: Int
        /// Below this the sketches say *no*: three standard errors under the threshold.
        private var doubtful: Double {
            let spread = threshold * (1 - threshold) / Double(MinHash.places)
            return threshold - 3 * spread.squareRoot()
        }

        init(
            index: SimilarityIndex, threshold: Double, same: [Int32], union: UnionFind, measuredPairs: [UInt8]
        ) {
            self.index = index
            self.threshold = threshold
            self.same = same
            self.union = union
            self.measuredPairs = measuredPairs
            budget = 10_000 + SimilarityIndex.measuredPerText * index.count
        }

        mutating func run(
            _ band: Int, _ similarity: (Int, Int) throws(StoreError) -> Double
        ) throws(StoreError) {
            let count = index.count
            var size = 16
            while size < 2 * count { size *= 2 }
            // The last text of each bucket, and before it the one before.
            var heads = [Int32](repeating: -1, count: size)
            var before = [Int32](repeating: -1, count: count)
            for text in 0..<count where Int(same[text]) == text && !index.isBlank[text] {
                var slot = Int(truncatingIfNeeded: mix(index.key(text, band))) & (size - 1)
                while heads[slot] >= 0, index.key(Int(heads[slot]), band) != index.key(text, band) {
                    slot = (slot + 1) & (size - 1)
                }
                var other = heads[slot]
                var steps = 0
                while other >= 0, steps < SimilarityIndex.reach {
                    if union.find(Int(other)) != union.find(text) {
                        try compare(Int(other), text, band, similarity)
                    }
                    other = before[Int(other)]
                    steps += 1
                }
                if other >= 0, union.find(Int(heads[slot])) != union.find(text) { cutShort += 1 }
                before[text] = heads[slot]
                heads[slot] = Int32(text)
            }
        }

        private mutating func compare(
            _ left: Int, _ right: Int, _ band: Int, _ similarity: (Int, Int) throws(StoreError) -> Double
        ) throws(StoreError) {
            let estimate = index.estimate(left, right)
            guard estimate >= doubtful else { return }
            for earlier in 0..<band where index.key(left, earlier) == index.key(right, earlier) { return }
            var value = estimate
            if measuredPairs[right] < SimilarityIndex.measured, budget > 0 {
                measuredPairs[right] += 1
                budget -= 1
                value = try similarity(left, right)
            }
            guard value >= threshold else { return }
            union.join(left, right)
            links.append(Link(left: left, right: right, similarity: min(1, value)))
        }
    }

    /// The texts of a range that are most like one, by their sketches: the most alike first. Linear in the range.
    public func nearest(to text: Int, among range: Range<Int>, count: Int) -> [Int] {
        guard !isBlank[text] else { return [] }
        var best: [(similarity: Double, text: Int)] = []
        for other in range where other != text && !isBlank[other] {
            let value = estimate(text, other)
            guard value > 0, best.count < count || value > best[best.count - 1].similarity else { continue }
            let place = best.firstIndex { $0.similarity < value } ?? best.count
            best.insert((value, other), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map(\.text)
    }

    private func key(_ text: Int, _ band: Int) -> UInt64 {
        var key: UInt64 = 0
        let start = text * MinHash.places + band * Self.rows
        for place in 0..<Self.rows { key = key << 8 | UInt64(sketches[start + place]) }
        return key
    }

    private func estimate(_ left: Int, _ right: Int) -> Double {
        sketches.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return MinHash.similarity(base + left * MinHash.places, base + right * MinHash.places)
        }
    }
}

/// Sets that grow together; the smallest number stands for its set.
struct UnionFind: Sendable {
    private var parents: [Int32]

    init(_ parents: [Int32]) { self.parents = parents }

    mutating func find(_ text: Int) -> Int {
        var place = text
        while Int(parents[place]) != place {
            parents[place] = parents[Int(parents[place])]
            place = Int(parents[place])
        }
        return place
    }

    mutating func join(_ left: Int, _ right: Int) {
        let a = find(left)
        let b = find(right)
        if a != b { parents[max(a, b)] = Int32(min(a, b)) }
    }

    mutating func firsts() -> [Int32] {
        for text in parents.indices { parents[text] = Int32(find(text)) }
        return parents
    }
}
