import Domain
import Metrics

/// Scores as the judge reads them: examples in the order of their ids, one column at a time.
///
/// The order of the data set's rows is no part of its content, so that no number may depend on it, and resampling
/// draws by position. Of the columns only the last few that were read stay in memory.
final class GateTable {
    let source: any ScoreTable
    let definitions: [String: MetricDefinition]
    /// Examples; every list of examples in this room holds positions below it.
    let count: Int
    let slices: [ScoreRows.Slice]
    private let order: [Int32]
    /// Of the source; by itself, since asking a table of any kind for its rows costs more than a look at them.
    private let starts: [Int32]
    private var kept: [(name: String, arm: Arm, sample: ArmSample)] = []
    /// Both arms of one metric: rules of one metric stand together, as a rule.
    private static let keptSamples = 2

    init(_ source: any ScoreTable, definitions: [String: MetricDefinition]) {
        self.source = source
        self.definitions = definitions
        let rows = source.rows
        count = rows.count
        starts = rows.starts
        let order = GateTable.idOrder(rows.ids)
        self.order = order
        slices = rows.slices.map { slice in
            ScoreRows.Slice(name: slice.name, labels: slice.labels, codes: order.map { slice.codes[Int($0)] })
        }
    }

    private static func idOrder(_ ids: [String]) -> [Int32] {
        let order = (0..<ids.count).map { Int32($0) }
        func precedes(_ first: Int32, _ second: Int32) -> Bool {
            let (one, two) = (ids[Int(first)], ids[Int(second)])
            return one == two ? first < second : one.utf8.lexicographicallyPrecedes(two.utf8)
        }
        let isSorted = zip(order, order.dropFirst()).allSatisfy(precedes)
        return isSorted ? order : order.sorted(by: precedes)
    }

    /// Whether any example was asked more than once.
    var hasRepeats: Bool { Int(starts.last ?? 0) > count }
    var hasBaseline: Bool { source.arms.contains(.baseline) }
    var all: [Int] { Array(0..<count) }

    func id(_ example: Int) -> String { source.rows.ids[Int(order[example])] }

    func position(of id: String) -> Int? { order.firstIndex { source.rows.ids[Int($0)] == id } }

    /// The rows of an example in a column: one a repeat.
    func rows(of example: Int) -> Range<Int> {
        let place = Int(order[example])
        return Int(starts[place])..<Int(starts[place + 1])
    }

    /// Which examples satisfy a condition; nil where no column, tag or category bears the name.
    func members(of condition: SliceCondition) -> [Int]? {
        slices.members(of: condition)
    }

    /// One metric in one arm, or nil where it was not measured there.
    func sample(_ name: String, _ arm: Arm) throws -> ArmSample? {
        if let place = kept.firstIndex(where: { $0.name == name && $0.arm == arm }) {
            let found = kept.remove(at: place)
            kept.append(found)
            return found.sample
        }
        guard let definition = definitions[name], let column = try source.column(name, arm) else {
            return nil
        }
        if kept.count >= GateTable.keptSamples { kept.removeFirst() }
        let sample = ArmSample(definition, column, self)
        kept.append((name, arm, sample))
        return sample
    }

    /// A column as it was written, for forms that look at single repeats.
    func column(_ name: String, _ arm: Arm) throws -> ScoreColumn? { try source.column(name, arm) }
}
