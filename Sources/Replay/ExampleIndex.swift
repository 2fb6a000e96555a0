import Domain

/// What must be known of every example before the first is asked: ids, slices and rows; not the examples.
struct ExampleIndex {
    let rows: ScoreRows
    /// Id → number, where a log is to be read back.
    let positions: [String: Int]

    init(
        _ examples: any ExampleSource, sliceNames: [String], repeats: Int, wantsPositions: Bool
    ) throws(StoreError) {
        var ids: [String] = []
        ids.reserveCapacity(examples.count)
        var starts: [Int32] = [0]
        starts.reserveCapacity(examples.count + 1)
        var codes = [[Int32]](repeating: [], count: sliceNames.count)
        for index in codes.indices { codes[index].reserveCapacity(examples.count) }
        var labels = [[String]](repeating: [], count: sliceNames.count)
        var known = [[String: Int32]](repeating: [:], count: sliceNames.count)
        let tagPlace = sliceNames.firstIndex(of: ExampleIndex.tagsName)
        var tags = TagSlices(count: examples.count)
        for number in 0..<examples.count {
            let example = try examples.example(number)
            ids.append(example.id)
            let asked = Int(starts[number]).addingReportingOverflow(max(1, example.repeats ?? repeats))
            guard !asked.overflow, let start = Int32(exactly: asked.partialValue) else {
                throw StoreError(
                    .unavailable,
                    "the data set asks more than \(Int32.max) questions with its repeats; ask fewer times")
            }
            starts.append(start)
            if tagPlace != nil { tags.add(example.tags, number) }
            for (place, name) in sliceNames.enumerated() {
                guard let value = example.sliceValue(name) else {
                    codes[place].append(-1)
                    continue
                }
                if let code = known[place][value] {
                    codes[place].append(code)
                } else {
                    known[place][value] = Int32(labels[place].count)
                    codes[place].append(Int32(labels[place].count))
                    labels[place].append(value)
                }
            }
        }
        var slices: [ScoreRows.Slice] = []
        // A name that no example bears is no slice: a rule that names it must not pass for want of members.
        for (place, name) in sliceNames.enumerated() {
            if !labels[place].isEmpty {
                slices.append(ExampleIndex.sorted(name, labels[place], codes[place]))
            } else if place == tagPlace {
                slices += tags.slices
            }
        }
        rows = ScoreRows(ids: ids, slices: slices, starts: starts)
        var positions: [String: Int] = [:]
        if wantsPositions {
            positions.reserveCapacity(ids.count)
            for (number, id) in ids.enumerated() { positions[id] = number }
        }
        self.positions = positions
    }

    /// Asks for a slice for each tag; a column of that name goes before.
    fileprivate static let tagsName = "tags"

    /// Labels in their own order rather than the data set's, so that reports do not depend on its rows' order.
    private static func sorted(_ name: String, _ labels: [String], _ codes: [Int32]) -> ScoreRows.Slice {
        let order = labels.indices.sorted { precedes(labels[$0], labels[$1]) }
        var place = [Int32](repeating: 0, count: labels.count)
        for (rank, code) in order.enumerated() { place[code] = Int32(rank) }
        return ScoreRows.Slice(
            name: name, labels: order.map { labels[$0] }, codes: codes.map { $0 < 0 ? -1 : place[Int($0)] })
    }

    /// Numbers by size, texts by their bytes.
    private static func precedes(_ first: String, _ second: String) -> Bool {
        if let one = Double(first), let two = Double(second), one != two { return one < two }
        return first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}

/// A slice a tag: an example bears any number of them.
private struct TagSlices {
    private let count: Int
    private var members: [String: [Int32]] = [:]
    /// Beyond so many tags only those are slices that examples enough bear for them to be judged.
    private static let most = 200
    private static let leastSupport = 20

    init(count: Int) { self.count = count }

    mutating func add(_ tags: [String], _ example: Int) {
        for tag in Set(tags).sorted() { members[tag, default: []].append(Int32(example)) }
    }

    var slices: [ScoreRows.Slice] {
        let isMany = members.count > TagSlices.most
        var slices: [ScoreRows.Slice] = []
        for tag in members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let bearers = members[tag, default: []]
            if isMany, bearers.count < TagSlices.leastSupport { continue }
            var codes = [Int32](repeating: -1, count: count)
            for bearer in bearers { codes[Int(bearer)] = 0 }
            slices.append(ScoreRows.Slice(name: ExampleIndex.tagsName, labels: [tag], codes: codes))
        }
        return slices
    }
}
