import Domain
import Interchange
import Notation

/// Holds two states of a data set against each other.
public struct SetComparison {
    /// A state with what is needed to read its examples again.
    public struct Side {
        let state: SetState
        let examples: any ExampleSource
        let retired: [DatasetReader.RetiredRow]

        public init(
            _ state: SetState, _ examples: any ExampleSource, retired: [DatasetReader.RetiredRow] = []
        ) {
            self.state = state
            self.examples = examples
            self.retired = retired
        }
    }

    private let old: Side
    private let new: Side
    private let most: Int
    private var diff = DatasetDiff()
    private var tally = SliceTally()

    /// What changed from one state to the other.
    ///
    /// - Parameter most: Examples listed of each kind; all are counted.
    /// - Throws: What reading an example again throws.
    /// - Complexity: Linear in the examples; those that changed are read again.
    public static func diff(
        from old: Side, to new: Side, most: Int = 1000
    ) throws(StoreError) -> DatasetDiff {
        var comparison = SetComparison(old: old, new: new, most: most)
        try comparison.run()
        return comparison.diff
    }

    private init(old: Side, new: Side, most: Int) {
        self.old = old
        self.new = new
        self.most = most
    }

    private mutating func run() throws(StoreError) {
        diff.old = old.state.rows.count
        diff.new = new.state.rows.count
        var places: [SetState.Name: Int32] = [:]
        places.reserveCapacity(diff.old)
        for (index, row) in old.state.rows.enumerated() { places[row.name] = Int32(index) }
        var isMatched = [Bool](repeating: false, count: diff.old)
        var fresh: [Int] = []
        for (index, row) in new.state.rows.enumerated() {
            guard let place = places[row.name] else {
                fresh.append(index)
                continue
            }
            isMatched[Int(place)] = true
            try compare(Int(place), index)
        }
        let lost = isMatched.indices.filter { !isMatched[$0] }
        try sort(lost: lost, fresh: fresh)
        diff.slices = tally.changes(old.state, new.state)
    }

    // MARK: Examples of both states

    private mutating func compare(_ before: Int, _ after: Int) throws(StoreError) {
        let (left, right) = (old.state.rows[before], new.state.rows[after])
        if left.content == right.content {
            diff.unchanged += 1
            diff.remaining.append(Int32(before))
            if left.fingerprint != right.fingerprint { try compareProvenance(before, after) }
            return
        }
        let now = try new.examples.example(after)
        let fields = SetComparison.changes(try old.examples.example(before), now) { $0.role != .provenance }
        let change = DatasetDiff.Change(id: now.id, place: now.place, fields: fields)
        try diff.changed.add(change, most: most)
        if change.asksTheSame { diff.reexpected.append((old: Int32(before), new: Int32(after))) }
        new.state.slices.each(now) { tally.changed($0, $1) }
    }

    private mutating func compareProvenance(_ before: Int, _ after: Int) throws(StoreError) {
        let now = try new.examples.example(after)
        let fields = SetComparison.changes(try old.examples.example(before), now) { $0.role == .provenance }
        // The same words in another spelling are no change.
        if fields.isEmpty { return }
        try diff.attested.add(
            DatasetDiff.Change(id: now.id, place: now.place, fields: fields), most: most)
    }

    private static func changes(
        _ before: Example, _ after: Example, _ isWanted: (ExampleField) -> Bool
    ) -> [DatasetDiff.FieldChange] {
        let left = ExampleField.all(of: before).filter(isWanted)
        let right = ExampleField.all(of: after).filter(isWanted)
        var found: [DatasetDiff.FieldChange] = []
        func add(_ field: ExampleField, _ old: JSONValue?, _ new: JSONValue?) {
            found.append(
                DatasetDiff.FieldChange(
                    name: field.name, isExpectation: field.role == .expectation, old: old, new: new))
        }
        for field in left {
            let other = right.first { $0.name == field.name && $0.role == field.role }
            if other?.value != field.value { add(field, field.value, other?.value) }
        }
        for field in right where !left.contains(where: { $0.name == field.name && $0.role == field.role }) {
            add(field, nil, field.value)
        }
        return found
    }

    // MARK: Examples of one state

    private mutating func sort(lost: [Int], fresh: [Int]) throws(StoreError) {
        var retirements: [SetState.Name: Int] = [:]
        for (index, row) in new.retired.enumerated() { retirements[SetState.Name(row.id)] = index }
        var content: [DatasetReader.RowContent: [Int]] = [:]
        var gone: [Int] = []
        for index in lost {
            let row = old.state.rows[index]
            if let place = retirements[row.name] {
                let example = try old.examples.example(index)
                let retired = new.retired[place]
                try diff.retired.add(
                    SetComparison.entry(example, at: retired.place, retirement: retired.retirement),
                    most: most)
                old.state.slices.each(example) { tally.gone($0, $1) }
            } else {
                content[row.content, default: []].append(index)
                gone.append(index)
            }
        }
        var unnamed: [String: [Int]] = [:]
        for index in gone {
            let example = try old.examples.example(index)
            if SetComparison.isUnnamed(example) { unnamed[example.query, default: []].append(index) }
        }
        let before = Set(old.retired.map { SetState.Name($0.id) })
        var isRenamed = Set<Int>()
        for index in fresh {
            let row = new.state.rows[index]
            let example = try new.examples.example(index)
            if before.contains(row.name) {
                try diff.restored.add(SetComparison.entry(example), most: most)
            } else if let source = content[row.content]?.first {
                content[row.content]?.removeFirst()
                isRenamed.insert(source)
                // Its scores hold under the id that it had.
                diff.remaining.append(Int32(source))
                let earlier = try old.examples.example(source).id
                try diff.renamed.add(SetComparison.entry(example, earlierID: earlier), most: most)
                continue
            } else if SetComparison.isUnnamed(example), let source = unnamed[example.query]?.first {
                // Without an id an edited row is known by its query.
                unnamed[example.query]?.removeFirst()
                isRenamed.insert(source)
                let fields = SetComparison.changes(try old.examples.example(source), example) {
                    $0.role != .provenance
                }
                try diff.changed.add(
                    DatasetDiff.Change(id: example.id, place: example.place, fields: fields), most: most)
                new.state.slices.each(example) { tally.changed($0, $1) }
                continue
            } else {
                try diff.added.add(SetComparison.entry(example), most: most)
            }
            new.state.slices.each(example) { tally.added($0, $1) }
        }
        for index in gone where !isRenamed.contains(index) {
            let example = try old.examples.example(index)
            try diff.removed.add(SetComparison.entry(example), most: most)
            old.state.slices.each(example) { tally.gone($0, $1) }
        }
        diff.remaining.sort()
    }

    /// Whether its id is made of its content, and so is another when that changes.
    private static func isUnnamed(_ example: Example) -> Bool {
        example.id.utf8.count == 20 && example.id.hasPrefix("row-")
    }

    private static func entry(
        _ example: Example, at place: SourcePlace? = nil, retirement: Retirement? = nil,
        earlierID: String? = nil
    ) -> DatasetDiff.Entry {
        DatasetDiff.Entry(
            id: example.id, query: String(String.UnicodeScalarView(example.query.unicodeScalars.prefix(200))),
            place: place ?? example.place, retirement: retirement, earlierID: earlierID)
    }
}

/// Counts what came, went and changed by slice.
private struct SliceTally {
    private struct Key: Hashable {
        let slice: String
        let value: String
    }

    private struct Counts {
        var added = 0
        var changed = 0
        var gone = 0
    }

    private var counts: [Key: Counts] = [:]
    /// A hostile file may have a value of its own in every row.
    private static let most = 20_000
    /// Values beyond which a column of few examples a value is rather a text than a slice.
    private static let manyValues = 50

    mutating func added(_ slice: String, _ value: String) { note(slice, value) { $0.added += 1 } }
    mutating func changed(_ slice: String, _ value: String) { note(slice, value) { $0.changed += 1 } }
    mutating func gone(_ slice: String, _ value: String) { note(slice, value) { $0.gone += 1 } }

    private mutating func note(_ slice: String, _ value: String, _ body: (inout Counts) -> Void) {
        let key = Key(slice: slice, value: value)
        guard counts[key] != nil || counts.count < SliceTally.most else { return }
        body(&counts[key, default: Counts()])
    }

    /// Values with any change, those of one slice together, by name.
    func changes(_ old: SetState, _ new: SetState) -> [DatasetDiff.SliceChange] {
        var found: [DatasetDiff.SliceChange] = []
        for (key, count) in counts {
            if old.counts.crowded.contains(key.slice) || new.counts.crowded.contains(key.slice) { continue }
            let before = old.counts.values[key.slice] ?? [:]
            let after = new.counts.values[key.slice] ?? [:]
            let values = max(before.count, after.count)
            if values > SliceTally.manyValues, values * 3 > max(old.rows.count, new.rows.count) { continue }
            found.append(
                DatasetDiff.SliceChange(
                    slice: key.slice, value: key.value, old: before[key.value] ?? 0,
                    new: after[key.value] ?? 0, added: count.added, changed: count.changed, gone: count.gone))
        }
        return found.sorted { left, right in
            left.slice == right.slice
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                : left.slice.utf8.lexicographicallyPrecedes(right.slice.utf8)
        }
    }
}
