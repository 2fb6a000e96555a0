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
        for number in 0..<examples.count {
            let example = try examples.example(number)
            ids.append(example.id)
            starts.append(starts[number] + Int32(max(1, example.repeats ?? repeats)))
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
        for (place, name) in sliceNames.enumerated() where !labels[place].isEmpty {
            slices.append(ExampleIndex.sorted(name, labels[place], codes[place]))
        }
        rows = ScoreRows(ids: ids, slices: slices, starts: starts)
        var positions: [String: Int] = [:]
        if wantsPositions {
            positions.reserveCapacity(ids.count)
            for (number, id) in ids.enumerated() { positions[id] = number }
        }
        self.positions = positions
    }

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
