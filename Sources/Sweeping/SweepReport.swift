import Domain
import Statistics

/// What a sweep found: every variant by every metric, who beats whom, and what may be claimed.
public struct SweepReport: Sendable {
    public let facts: Facts
    /// Error allowed to all claims together.
    public let alpha: Double
    /// Claims that share it: variants beside the reference times claimed metrics.
    public let family: Int
    /// Two-sided coverage of the intervals of claims: all of them hold at once with 1 − `alpha` (Bonferroni).
    public let jointCoverage: Double
    /// Two-sided coverage of all other intervals, each by itself.
    public let coverage: Double
    public let metrics: [Metric]
    /// The reference first.
    public let variants: [Row]
    public let parameters: [Parameter]
    public let findings: [Finding]

    /// What was compared, on what, when and with what.
    public struct Facts: Sendable {
        public var sweep = ""
        public var project = ""
        public var title = ""
        public var policyPath = ""
        public var policyDigest = ""
        public var dataset = Manifest.DatasetFacts(digest: "", count: 0, files: [], version: nil)
        public var repeats = 1
        public var seed: UInt64 = 1
        public var startedAt = ""
        public var seconds = 0.0
        /// Calls that were made.
        public var calls: Int?
        public var currency: String?
        public var environment = Manifest.Environment(processor: "", kernels: "", system: "", git: nil)
        public var sluiceVersion = ""
        /// Whether axes or claimed metrics were chosen when the answers were there already.
        public var isChosenAfterwards = false
        /// Whether all that could be asked was: else the sweep can be resumed, and is none to choose from.
        public var isFinished = true

        public init() {}
    }

    /// A column of the table.
    public struct Metric: Sendable {
        public let reference: MetricReference
        public let summary: String
        public let unit: String
        /// `higher` or `lower` is better, or `neither`.
        public let direction: String
        public let tier: String
        public let isAxis: Bool
        /// Whether differences in it are claimed, within the family.
        public let isClaimed: Bool

        public var name: String { reference.text }
    }

    public struct Row: Sendable {
        public let variant: Variant
        public let isReference: Bool
        /// Kind and address of what was asked.
        public let target: String
        /// Why nothing can be said of it; nil where it was measured.
        public var problem: String?
        public var measurement: MeasurementCounts?
        public var cost: Double?
        /// Versions that it showed and the reference did not, as `name value`.
        public var versions: [String] = []
        /// An entry a metric; empty where it was not measured.
        public var cells: [Cell] = []
        /// How many of its answers differ from the reference's, of how many; nil where nobody can say.
        public var changed: (answers: Int, of: Int)?
        public var standing = Standing()

        public var isMeasured: Bool { problem == nil }
    }

    /// One metric of one variant.
    public struct Cell: Sendable {
        public var estimate: Estimate?
        public var notApplicable = 0
        public var failed = 0
        /// Against the reference; nil for the reference itself.
        public var difference: Difference?
    }

    public struct Difference: Sendable {
        public let value: Double
        public let interval: Interval?
        public let n: Int
        /// Pairs whose values differ, where the metric has one for each.
        public let changed: Int?
        /// Two-sided, before and after Holm's correction over the family; nil where nothing is claimed.
        public let p: Double?
        public var adjustedP: Double?
        public let test: String
        public let problem: String?
    }

    /// Where a variant stands among all that were measured, on the axes.
    public struct Standing: Sendable {
        /// Nil where an axis has no value for it.
        public var isOnFrontier: Bool?
        /// Those that are at least as good on every axis, and better on one, by the estimates.
        public var dominatedBy: [String] = []
        /// Those of them of which that is proven.
        public var surelyDominatedBy: [String] = []
    }

    /// A parameter, and whether it did anything.
    public struct Parameter: Sendable {
        public let name: String
        public let place: String
        public let values: [String]
        public let effect: Effect

        public enum Effect: Sendable, Hashable {
            /// The largest share of answers that changed with it alone.
            case changed(answers: Int, of: Int)
            /// No answer changed with it.
            case none(of: Int)
            /// It never changed alone, or the answers show nothing that could be compared.
            case unknown
        }
    }

    public struct Finding: Sendable {
        public enum Gravity: String, Sendable, Hashable { case bad, doubtful, note }
        public let gravity: Gravity
        public let text: String

        public init(_ gravity: Gravity, _ text: String) {
            self.gravity = gravity
            self.text = text
        }
    }

    public var reference: Row { variants[0] }
    public var axes: [Int] { metrics.indices.filter { metrics[$0].isAxis } }
    public var claimed: [Int] { metrics.indices.filter { metrics[$0].isClaimed } }

    /// What is proven of a cell at the family's error: better or worse than the reference, or nothing.
    public enum Claim: Sendable, Hashable { case better, worse, none }

    public func claim(_ row: Row, _ metric: Int) -> Claim {
        guard metrics[metric].isClaimed, row.cells.indices.contains(metric),
            let difference = row.cells[metric].difference, let p = difference.adjustedP, p < alpha,
            difference.value != 0
        else { return .none }
        return (difference.value > 0) == (metrics[metric].direction == "higher") ? .better : .worse
    }
}
