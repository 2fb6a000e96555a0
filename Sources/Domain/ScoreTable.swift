/// One metric's raw values for one arm: a row for each repeat of each example, in data-set order.
///
/// Row `r` holds `width` numbers from `r * width`. A row that has no value holds NaN and says why in `states`.
public struct ScoreColumn: Sendable {
    public let width: Int
    public var values: [Double]
    /// 0: a value. n > 0: not applicable, for `reasons[n - 1]`. n < 0: failed, for `reasons[-n - 1]`.
    public var states: [Int32]
    public var reasons: [String]
    /// What label codes stand for, where the metric's components are labels.
    public var labels: [String]

    public init(width: Int, values: [Double], states: [Int32], reasons: [String], labels: [String] = []) {
        self.width = width
        self.values = values
        self.states = states
        self.reasons = reasons
        self.labels = labels
    }

    public var rowCount: Int { states.count }
}

/// The examples that a table's rows belong to.
public struct ScoreRows: Sendable {
    public struct Key: Sendable {
        public let id: String
        /// Value of every slice column, in the order of `ScoreRows.sliceNames`; nil where the example has none.
        public let slices: [String?]

        public init(id: String, slices: [String?]) {
            self.id = id
            self.slices = slices
        }
    }

    public let sliceNames: [String]
    public let examples: [Key]
    /// Example `e` owns rows `starts[e] ..< starts[e + 1]`; the same for both arms.
    public let starts: [Int]

    public init(sliceNames: [String], examples: [Key], starts: [Int]) {
        self.sliceNames = sliceNames
        self.examples = examples
        self.starts = starts
    }

    public var rowCount: Int { starts.last ?? 0 }
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
