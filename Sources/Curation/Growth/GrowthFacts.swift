import Domain

/// What rules of growth are decided on: the set itself, what waits for a label, and the newest run.
public struct GrowthFacts: Sendable {
    public let today: Day
    private(set) var counts = SliceCounts()
    /// Of those, the ones that came from candidates.
    private(set) var fromCandidates = SliceCounts()
    private var written: [Day] = []
    private var writtenIn: [String: [Day]] = [:]
    private(set) var lastReview: Day?
    private(set) var examples = 0
    let slices: [String]
    private let columns: [String]
    public var candidates: [Candidate] = []
    public var run: RunFigures?

    /// - Parameters:
    ///   - slices: The policy's.
    ///   - rules: Columns that they name are counted too.
    public init(today: Day, slices: [String], rules: [GrowthRule]) {
        self.today = today
        self.slices = slices
        var columns = slices
        for rule in rules {
            let named: String?
            switch rule.trigger {
            case .newSegment(let column), .thinSegment(_, let column), .drop(_, _, let column): named = column
            case .waiting, .newlyFailing, .every: named = nil
            }
            if let named, !columns.contains(named) { columns.append(named) }
        }
        self.columns = columns
    }

    /// Takes the next example of the set.
    public mutating func note(_ example: Example) {
        examples += 1
        let day = example.provenance(.date).flatMap { Day($0) }
        if let day { written.append(day) }
        if let reviewed = example.provenance(.reviewed).flatMap({ Day($0) }), reviewed <= today {
            lastReview = max(lastReview ?? reviewed, reviewed)
        }
        let isFromCandidate = Acceptance.isFromCandidate(example)
        for column in columns {
            guard let value = example.sliceValue(column), counts.add(column, value) else { continue }
            if isFromCandidate { fromCandidates.add(column, value) }
            if let day { writtenIn[column + "\n" + value, default: []].append(day) }
        }
    }

    func count(_ column: String, _ value: String) -> Int { counts.values[column]?[value] ?? 0 }

    /// Examples of a segment that were there from the beginning.
    func original(_ column: String, _ value: String) -> Int {
        count(column, value) - (fromCandidates.values[column]?[value] ?? 0)
    }

    /// Examples written on a day or later; of a segment where one is named.
    func written(since day: Day, _ column: String? = nil, _ value: String? = nil) -> Int {
        let days = column.flatMap { column in value.map { writtenIn[column + "\n" + $0] ?? [] } } ?? written
        return days.count { $0 >= day && $0.number <= today.number + 1 }
    }

    var newest: Day? { written.max() }
}
