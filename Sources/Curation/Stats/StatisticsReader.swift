import Domain
import Interchange

/// Gathers what a data set holds: first all examples, then all of them again, once it is known which are alike.
///
/// Memory: about 170 bytes an example, and a count for each value of a slice.
public struct StatisticsReader: Sendable {
    private var duplicates: DuplicateCheck
    private let today: Day
    private let policySlices: [String]
    private var count = 0
    private var expectations: [DatasetField: Int] = [:]
    private var kinds: [CaseKind: Int] = [:]
    private var foreign = 0
    private var regions: [ScoreRegion: Int] = [:]
    private var scored = 0
    private var provenance: [ProvenanceMember: Int] = [:]
    private var ages = [Int](repeating: 0, count: StatisticsReader.ageNames.count)
    private var months: [String: Int] = [:]
    private var lengths = [[Int32]](repeating: [], count: StatisticsReader.lengthNames.count)

    private static let ageNames = [
        "within a month", "within a quarter", "within a year", "older", "undated",
    ]
    private static let lengthNames = [
        "query, characters", "reference, characters", "context, characters", "earlier turns",
    ]
    /// Own columns beyond this number are not looked at: a hostile file may name a new one in every row.
    private static let mostSlices = 200

    /// - Parameters:
    ///   - slices: Those that the policy names; they are shown first.
    ///   - inputColumns: Further columns that requests send.
    public init(today: Day, slices: [String] = [], inputColumns: [String] = [], similarity: Double = 0.8) {
        duplicates = DuplicateCheck(columns: inputColumns, threshold: similarity)
        self.today = today
        policySlices = slices
    }

    public mutating func note(_ example: Example) {
        count += 1
        duplicates.note(example)
        for field in StatisticsReader.fields(of: example) { expectations[field, default: 0] += 1 }
        let kinds = CaseKinds(example)
        for kind in kinds.found { self.kinds[kind, default: 0] += 1 }
        if kinds.isForeign, !kinds.found.contains(.edge) { foreign += 1 }
        if example.expectedScore != nil {
            scored += 1
            for region in ScoreRegion.regions(of: example) { regions[region, default: 0] += 1 }
        }
        for member in ProvenanceMember.allCases where example.provenance(member) != nil {
            provenance[member, default: 0] += 1
        }
        noteAge(example)
        noteLengths(example)
    }

    private mutating func noteAge(_ example: Example) {
        let written = example.provenance(.date).flatMap { Day($0) }
        let reviewed = example.provenance(.reviewed).flatMap { Day($0) }
        if let written {
            let month = String(written.description.prefix(7))
            if months[month] != nil || months.count < 10_000 { months[month, default: 0] += 1 }
        }
        guard let last = [written, reviewed].compactMap({ $0 }).max() else {
            ages[4] += 1
            return
        }
        switch today.number - last.number {
        case ...31: ages[0] += 1
        case ...92: ages[1] += 1
        case ...365: ages[2] += 1
        default: ages[3] += 1
        }
    }

    private mutating func noteLengths(_ example: Example) {
        lengths[0].append(Int32(clamping: example.query.unicodeScalars.count))
        if let reference = example.references.first {
            lengths[1].append(Int32(clamping: reference.unicodeScalars.count))
        }
        if !example.context.isEmpty {
            let total = example.context.reduce(0) { $0 + $1.unicodeScalars.count }
            lengths[2].append(Int32(clamping: total))
        }
        let turns = example.history.count { $0.role == .user }
        if turns > 0 { lengths[3].append(Int32(clamping: turns)) }
    }

    private static func fields(of example: Example) -> [DatasetField] {
        var fields: [DatasetField] = []
        if example.expectedIntent != nil { fields.append(.expectedIntent) }
        if !example.references.isEmpty { fields.append(.references) }
        if example.expectedResult != nil { fields.append(.expectedResult) }
        if example.rubric != nil { fields.append(.rubric) }
        if !example.required.isEmpty { fields.append(.required) }
        if !example.prohibited.isEmpty { fields.append(.prohibited) }
        if example.goldDocuments != nil { fields.append(.goldDocuments) }
        if example.goldSpans != nil { fields.append(.goldSpans) }
        if example.expectedGuardrail != nil { fields.append(.expectedGuardrail) }
        if example.expectedScore != nil { fields.append(.expectedScore) }
        if example.expectedMatch != nil { fields.append(.match) }
        return fields
    }

    // MARK: The second look

    /// - Throws: What reading an example again throws.
    public mutating func finish(_ examples: any ExampleSource) throws(StoreError) -> DatasetStatistics {
        let clusters = try duplicates.clusters(examples)
        var counts = SliceCounts()
        var repeated = SliceCounts()
        // Of a cluster that a value has met, the others are no further evidence for it.
        var met: [String: Set<Int32>] = [:]
        var sizes: [Int32: Int] = [:]
        for first in clusters.first { sizes[first, default: 0] += 1 }
        var names: [String] = []
        for row in 0..<count {
            let example = try examples.example(row)
            let first = clusters.first[row]
            let isAlone = sizes[first] == 1
            for (slice, value) in slices(of: example) {
                if counts.values[slice] == nil, !counts.crowded.contains(slice) {
                    guard names.count < StatisticsReader.mostSlices else { continue }
                    names.append(slice)
                }
                guard counts.add(slice, value), !isAlone else { continue }
                if !met[slice + "\u{0}" + value, default: []].insert(first).inserted {
                    repeated.add(slice, value)
                }
            }
        }
        let inPolicy = policySlices.filter { names.contains($0) }
        let others = names.filter { !inPolicy.contains($0) }
        var shown: [DatasetStatistics.Slice] = []
        for name in inPolicy + others { shown.append(slice(name, counts, repeated, inPolicy)) }
        let same = clusters.same.indices.count { Int(clusters.same[$0]) != $0 }
        return DatasetStatistics(
            examples: count, distinct: clusters.distinct, duplicates: same,
            smallestDrop: DetectableChange.drop(examples: clusters.distinct), expectations: expectationShares,
            kinds: kindShares,
            scoreRegions: scored == 0
                ? []
                : ScoreRegion.allCases.map { .init(name: $0.rawValue, examples: regions[$0] ?? 0) },
            provenance: ProvenanceMember.allCases.map {
                .init(name: $0.rawValue, examples: provenance[$0] ?? 0)
            },
            ages: zip(StatisticsReader.ageNames, ages).map { .init(name: $0, examples: $1) },
            months: months.keys.sorted().suffix(12).map { .init(name: $0, examples: months[$0] ?? 0) },
            lengths: lengthRows, slices: shown)
    }

    private var expectationShares: [DatasetStatistics.Share] {
        DatasetField.allCases.compactMap { field in
            expectations[field].map { .init(name: field.rawValue, examples: $0) }
        }
    }

    private var kindShares: [DatasetStatistics.Share] {
        CaseKind.allCases.map { kind in
            // A script is another one only beside the set's own.
            let further = kind == .edge && foreign * 2 <= count ? foreign : 0
            return .init(name: kind.rawValue, examples: (kinds[kind] ?? 0) + further)
        }
    }

    private var lengthRows: [DatasetStatistics.Lengths] {
        zip(StatisticsReader.lengthNames, lengths).compactMap { name, values in
            let sorted = values.sorted()
            guard let least = sorted.first, let most = sorted.last else { return nil }
            func rank(_ share: Double) -> Int {
                let place = Int((share * Double(sorted.count)).rounded(.up)) - 1
                return Int(sorted[min(max(place, 0), sorted.count - 1)])
            }
            return .init(
                name: name, examples: sorted.count, least: Int(least), median: rank(0.5),
                ninetieth: rank(0.9),
                most: Int(most))
        }
    }

    private var drops: [Int: Double?] = [:]

    /// A search, so each number of examples is searched for once.
    private mutating func drop(_ examples: Int) -> Double? {
        if let known = drops[examples] { return known }
        let drop = DetectableChange.drop(examples: examples)
        drops[examples] = .some(drop)
        return drop
    }

    private mutating func slice(
        _ name: String, _ counts: SliceCounts, _ repeated: SliceCounts, _ inPolicy: [String]
    ) -> DatasetStatistics.Slice {
        var values: [DatasetStatistics.Value] = []
        for (value, count) in counts.ascending(name) {
            let distinct = count - (repeated.values[name]?[value] ?? 0)
            values.append(
                DatasetStatistics.Value(
                    value: value, examples: count, distinct: distinct, smallestDrop: drop(distinct)))
        }
        return DatasetStatistics.Slice(
            name: name,
            values: values.sorted { left, right in
                left.examples == right.examples ? left.value < right.value : left.examples > right.examples
            },
            isCrowded: counts.crowded.contains(name), isInPolicy: inPolicy.contains(name))
    }

    /// Every slice of an example: what the policy names, category, tags, intent, guardrail, turns, band, columns.
    private func slices(of example: Example) -> [(String, String)] {
        var found: [(String, String)] = []
        for name in policySlices {
            guard !StatisticsReader.own.contains(name), !example.columns.contains(where: { $0.name == name }),
                let value = example.sliceValue(name)
            else { continue }
            found.append((name, value))
        }
        if let category = example.category { found.append(("category", category)) }
        for tag in Set(example.tags).sorted() { found.append(("tags", tag)) }
        if let intent = example.expectedIntent { found.append(("intent", intent)) }
        if let guardrail = example.expectedGuardrail { found.append(("guardrail", guardrail.rawValue)) }
        if !example.columns.contains(where: { $0.name == "turn_count" }) {
            found.append(("turn_count", String(1 + example.history.count { $0.role == .user })))
        }
        if case .band(let band)? = example.expectedScore { found.append(("band", band.rawValue)) }
        if case .value(let score)? = example.expectedScore, let band = ScoreBand(score: score) {
            found.append(("band", band.rawValue))
        }
        for column in example.columns { found.append((column.name, column.value)) }
        return found
    }

    private static let own: Set<String> = ["category", "tags", "intent", "guardrail", "turn_count", "band"]
}
