import Domain

/// Equal inputs, and nearly equal ones.
struct DuplicateCheck: Sendable {
    private var index = SimilarityIndex()
    /// What is expected of each, as a hash: equal expectations need no second look.
    private var expectations: [Int] = []
    private let columns: [String]
    private let threshold: Double

    init(columns: [String], threshold: Double) {
        self.columns = columns
        self.threshold = threshold
    }

    mutating func note(_ example: Example) {
        let input = InputTokens(example, columns: columns)
        index.add(hash: input.hash, shingles: Shingles(tokens: input.keys))
        var hasher = Hasher()
        Expectations.hash(example, into: &hasher)
        expectations.append(hasher.finalize())
    }

    /// Reads pairs again that look alike, and measures them.
    func clusters(_ examples: any ExampleSource) throws(StoreError) -> SimilarityIndex.Clusters {
        var held: (number: Int, shingles: Shingles)?
        return try index.clusters(threshold: threshold) { left, right throws(StoreError) in
            let a: Shingles
            if let held, held.number == right { a = held.shingles } else { a = try shingles(right, examples) }
            held = (right, a)
            return a.jaccard(try shingles(left, examples))
        }
    }

    private func shingles(_ number: Int, _ examples: any ExampleSource) throws(StoreError) -> Shingles {
        Shingles(tokens: InputTokens(try examples.example(number), columns: columns).keys)
    }

    /// Duplicates a finding each, near-duplicates a finding a cluster.
    func report(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {
        try reportSame(set, &log)
        try reportNear(set, &log)
        if set.clusters.cutShort > 0 {
            log.add(
                Finding(
                    .note, .nearDuplicate, at: set.place,
                    "the set is so repetitive that \(counted(set.clusters.cutShort, "pair")) that may be near-duplicates "
                        + (set.clusters.cutShort == 1 ? "was" : "were") + " not compared",
                    mend: "mend what is told, and look again"))
        }
    }

    private func reportSame(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {
        for number in 0..<set.count {
            let first = Int(set.clusters.same[number])
            guard first != number else { continue }
            let example = try set.examples.example(number)
            let original = try set.examples.example(first)
            let other = "\(quoted(original.id)) (\(place(original.place, from: example.place)))"
            let clash =
                expectations[first] == expectations[number] ? nil : Expectations.clash(example, original)
            if let clash {
                log.add(
                    .error, .contradiction, example, "the same input as \(other), and \(clash)",
                    mend: "keep the one that is right, or give the two what tells them apart",
                    others: [Finding.Reference(original)])
            } else {
                log.add(
                    .warning, .duplicate, example, "the same input as \(other)",
                    mend: "keep one; 'repeats' asks an example more than once",
                    others: [Finding.Reference(original)])
            }
        }
    }

    private func reportNear(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {
        guard !set.clusters.links.isEmpty else { return }
        var members: [Int: [Int]] = [:]
        var least: [Int: Double] = [:]
        for link in set.clusters.links {
            let head = Int(set.clusters.first[link.left])
            for member in [link.left, link.right] where members[head]?.contains(member) != true {
                if members[head]?.count ?? 0 < 1000 { members[head, default: []].append(member) }
            }
            least[head] = min(least[head] ?? 1, link.similarity)
        }
        var sizes: [Int: Int] = [:]
        for (number, head) in set.clusters.first.enumerated() where set.clusters.same[number] == number {
            if members[Int(head)] != nil { sizes[Int(head), default: 0] += 1 }
        }
        for head in members.keys.sorted() {
            let shown = (members[head] ?? []).sorted().prefix(20)
            var references: [Finding.Reference] = []
            for number in shown { references.append(Finding.Reference(try set.examples.example(number))) }
            guard let first = references.first else { continue }
            let ids = references.dropFirst().prefix(4).map { quoted($0.id) }
            let size = sizes[head] ?? references.count
            let more = size - 1 - ids.count
            let names = more > 0 ? ids.joined(separator: ", ") + " and \(more) more" : listed(ids)
            let percent = Int(((least[head] ?? 1) * 100).rounded(.down))
            log.add(
                Finding(
                    .warning, .nearDuplicate, at: first.place, id: first.id,
                    "nearly the same as \(names): \(percent) % or more of their words and word pairs",
                    mend: "keep those that test something of their own: the rest count one case many times",
                    others: Array(references.dropFirst())))
        }
    }
}

/// A place as seen from another: the line alone where the file is the same.
func place(_ place: SourcePlace, from other: SourcePlace) -> String {
    place.file == other.file ? "line \(place.line)" : "\(place.file):\(place.line)"
}
