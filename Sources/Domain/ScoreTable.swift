/// One metric's raw values for one arm: a row for each repeat of each example, in data-set order.
///
/// Row `r` holds `width` numbers from `r * width`. A row that has no value holds NaN and says why in `states`.
public struct ScoreColumn: Sendable {
    public let width: Int
    public var values: [Double]
    /// 0: a value. n > 0: not applicable, for `reasons[n - 1]`. n < 0: failed, for `reasons[-n - 1]`.
    public var states: [Int32]
    public var reasons: [String]
    /// For each of `reasons`: whether the app had answered. Then a failure lies in the answer (it does not show
    /// the part that is measured), else nobody has seen it. Empty: not known.
    public var answered: [Bool]
    /// What label codes stand for, where the metric's components are labels.
    public var labels: [String]

    public init(
        width: Int, values: [Double], states: [Int32], reasons: [String], answered: [Bool] = [],
        labels: [String] = []
    ) {
        self.width = width
        self.values = values
        self.states = states
        self.reasons = reasons
        self.answered = answered
        self.labels = labels
    }

    public var rowCount: Int { states.count }
}

/// The examples that a table's rows belong to, in data-set order, with the slices they lie in.
public struct ScoreRows: Sendable {
    /// One column to slice by; labels are coded, so that memory stays small.
    public struct Slice: Sendable {
        public let name: String
        public let labels: [String]
        /// One entry an example: an index into `labels`, or -1 where the example has none.
        public let codes: [Int32]

        public init(name: String, labels: [String], codes: [Int32]) {
            self.name = name
            self.labels = labels
            self.codes = codes
        }
    }

    public let ids: [String]
    public let slices: [Slice]
    /// Example `e` owns rows `starts[e] ..< starts[e + 1]`; the same for both arms.
    public let starts: [Int32]

    public init(ids: [String], slices: [Slice], starts: [Int32]) {
        self.ids = ids
        self.slices = slices
        self.starts = starts
    }

    public var count: Int { ids.count }
    public var rowCount: Int { Int(starts.last ?? 0) }

    public func rows(of example: Int) -> Range<Int> { Int(starts[example])..<Int(starts[example + 1]) }

    /// Which examples satisfy a condition; nil where no column, tag or category bears the name.
    public func members(of condition: SliceCondition) -> [Int]? {
        slices.members(of: condition)
    }
}

extension [ScoreRows.Slice] {
    /// Which examples satisfy a condition; nil where no column, tag or category bears the name. Several slices may
    /// bear one: a tag each.
    public func members(of condition: SliceCondition) -> [Int]? {
        let named = filter { $0.name == condition.name }
        guard !named.isEmpty else { return nil }
        let wanted = condition.value ?? "true"
        for slice in named {
            guard let code = slice.labels.firstIndex(of: wanted) else { continue }
            return slice.codes.indices.filter { slice.codes[$0] == Int32(code) }
        }
        return []
    }
}

/// Scores of a run by metric and arm, read one column at a time so that memory does not grow with the metrics.
public protocol ScoreTable: Sendable {
    var rows: ScoreRows { get }
    /// Which arms have scores: a run against bounds alone has no baseline.
    var arms: [Arm] { get }
    /// The column of a metric, or nil where the run did not measure it for that arm.
    func column(_ metric: String, _ arm: Arm) throws -> ScoreColumn?
}

/// A score table in memory.
public struct MemoryScoreTable: ScoreTable {
    public struct ColumnKey: Hashable, Sendable {
        public let metric: String
        public let arm: Arm

        public init(_ metric: String, _ arm: Arm) {
            self.metric = metric
            self.arm = arm
        }
    }

    public let rows: ScoreRows
    public let arms: [Arm]
    private let columns: [ColumnKey: ScoreColumn]

    public init(rows: ScoreRows, arms: [Arm], columns: [ColumnKey: ScoreColumn]) {
        self.rows = rows
        self.arms = arms
        self.columns = columns
    }

    public func column(_ metric: String, _ arm: Arm) -> ScoreColumn? { columns[ColumnKey(metric, arm)] }
}
