import Domain

/// Holds candidates against one another and against the set: which are nearly the same, which the set asks already, and
/// which slices they probably lie in.
///
/// Memory: 130 bytes an example of the set.
public struct CandidateArranger: Sendable {
    private var index = SimilarityIndex()
    private let columns: [String]
    private let threshold: Double
    private let slices: [String]

    /// - Parameters:
    ///   - columns: Further columns that requests send: they are part of the input.
    ///   - slices: The slices to propose.
    public init(columns: [String], threshold: Double, slices: [String]) {
        self.columns = columns
        self.threshold = threshold
        self.slices = slices
    }

    /// Takes the next example of the set.
    public mutating func note(_ example: Example) {
        let input = InputTokens(example, columns: columns)
        index.add(hash: input.hash, shingles: Shingles(tokens: input.keys))
    }

    /// - Parameters:
    ///   - fresh: Ids of candidates that came just now. Of those that were merely seen in traffic, what is nearly the
    ///     same as an example or another candidate is taken out again.
    ///   - most: New candidates that are kept: the gravest, then the first.
    /// - Returns: How many of the new ones were taken out for being known, and for being too many.
    public mutating func arrange(
        _ book: inout CandidateBook, fresh: Set<String>, most: Int, set: any ExampleSource
    ) throws(StoreError) -> (alike: Int, beyond: Int) {
        let golden = index.count
        let all = book.candidates
        var shingles: [Shingles] = []
        for candidate in all {
            let input = InputTokens(candidate.input, columns: columns)
            let own = Shingles(tokens: input.keys)
            index.add(hash: input.hash, shingles: own)
            shingles.append(own)
        }
        let columns = columns
        func keys(_ place: Int) throws(StoreError) -> Shingles {
            if place >= golden { return shingles[place - golden] }
            return Shingles(tokens: InputTokens(try set.example(place), columns: columns).keys)
        }
        let clusters = try index.clusters(threshold: threshold) { (left, right) throws(StoreError) in
            try keys(left).jaccard(try keys(right))
        }
        var heads: [Int32: String] = [:]
        var alike = Set<String>()
        for (number, old) in all.enumerated() {
            var candidate = old
            let place = golden + number
            let first = clusters.first[place]
            let isHead = heads[first] == nil
            candidate.cluster = heads[first] ?? candidate.id
            heads[first] = candidate.cluster
            let same = Int(clusters.same[place])
            candidate.inSet = same < golden ? try set.example(same).id : nil
            var near: [(example: Example, similarity: Double)] = []
            for other in index.nearest(to: place, among: 0..<golden, count: 3) {
                let value = try keys(other).jaccard(shingles[number])
                if value >= 0.1 { near.append((try set.example(other), value)) }
            }
            near.sort { ($1.similarity, $0.example.id) < ($0.similarity, $1.example.id) }
            candidate.near = near.map {
                Candidate.Neighbour(id: $0.example.id, similarity: ($0.similarity * 1000).rounded() / 1000)
            }
            candidate.slices = proposals(candidate, near)
            book.put(candidate)
            let isTraffic = candidate.signals.allSatisfy { $0.kind == .exchange }
            if isTraffic, fresh.contains(candidate.id), !isHead || Int(first) < golden {
                alike.insert(candidate.id)
            }
        }
        book.drop(alike)
        let kept = book.candidates.filter { fresh.contains($0.id) }
        let rank = { (kind: CandidateSignal) in CandidateSignal.allCases.firstIndex(of: kind) ?? 0 }
        let ordered = kept.enumerated().sorted { left, right in
            (rank(left.element.gravest), left.offset) < (rank(right.element.gravest), right.offset)
        }
        let beyond = Set(ordered.dropFirst(most).map(\.element.id))
        book.drop(beyond)
        return (alike.count, beyond.count)
    }

    /// What the row says; else what those of the nearest examples say that are at all alike, where most agree.
    private func proposals(
        _ candidate: Candidate, _ near: [(example: Example, similarity: Double)]
    ) -> [Candidate.Slice] {
        var found: [Candidate.Slice] = []
        for name in slices where name != "turn_count" {
            if let own = candidate.columns.first(where: { $0.name == name }) {
                found.append(Candidate.Slice(name: name, value: own.value, basis: "row"))
                continue
            }
            var votes: [String: Double] = [:]
            var asked = 0
            for (example, similarity) in near where similarity >= 0.2 {
                asked += 1
                if let value = example.sliceValue(name) { votes[value, default: 0] += similarity }
            }
            let best = votes.max { left, right in (left.value, right.key) < (right.value, left.key) }
            guard let best else { continue }
            let count = near.count { $0.similarity >= 0.2 && $0.example.sliceValue(name) == best.key }
            guard count * 2 > asked else { continue }
            found.append(
                Candidate.Slice(name: name, value: best.key, basis: "\(count) of \(asked) nearest examples"))
        }
        return found
    }
}
