import Domain
import Metrics
import Synchronization

/// Scores as they are made: rows in any order from any task, columns read back in data-set order.
///
/// Rows go in blocks of columns to a scratch file, so that a hundred thousand examples cost no more memory than the
/// one column that is being read. A missing score is a NaN whose payload says why.
public final class ScoreSheet: Sendable {
    /// The place of one metric in a row.
    public struct Slot: Sendable {
        public let name: String
        public let width: Int
        let offset: Int
    }

    public let slots: [Slot]
    private let state: Mutex<SheetState>
    private let scratch: any Scratch

    public init(columns: [(name: String, width: Int)], scratch: any Scratch) {
        var offset = 0
        var slots: [Slot] = []
        for column in columns {
            slots.append(Slot(name: column.name, width: column.width, offset: offset))
            offset += column.width
        }
        self.slots = slots
        self.scratch = scratch
        state = Mutex(SheetState(slots: slots, rowWidth: offset, scratch: scratch))
    }

    /// Writes the scores of one observation, in the order of the slots; a row written again is replaced.
    ///
    /// - Parameter answered: Whether the observation has an answer: it tells what an answer lacks from what
    ///   nobody has seen.
    public func write(row: Int, arm: Arm, answered: Bool = true, _ measurements: [Measurement]) {
        state.withLock { $0.write(row: row, arm: arm, answered: answered, measurements) }
    }

    /// The finished table.
    /// - Throws: what the scratch file reported while rows were written.
    public func table(rows: ScoreRows, arms: [Arm]) throws -> any ScoreTable {
        let read = state.withLock { $0.finish() }
        if let problem = read.problem { throw problem }
        return SheetTable(
            rows: rows, arms: arms, slots: slots, scratch: scratch, reasons: read.reasons,
            answered: read.answered,
            labels: read.labels, blocks: read.blocks)
    }

    /// A NaN that carries a state: quiet, sign and 31 bits of payload.
    static func missing(_ state: Int32) -> Double {
        let sign: UInt64 = state < 0 ? 1 << 63 : 0
        return Double(bitPattern: sign | 0x7FF8_0000_0000_0000 | UInt64(abs(Int64(state))))
    }

    static func state(of cell: Double) -> Int32 {
        guard cell.isNaN else { return 0 }
        let size = Int32(cell.bitPattern & 0x7FFF_FFFF)
        return cell.bitPattern >> 63 == 1 ? -size : size
    }
}

/// The rows of one arm that wait for their block to fill.
private struct WaitingRows: Sendable {
    var rows: [Int32] = []
    var cells: [Double] = []
}

private struct Block: Sendable {
    let rows: [Int32]
    let offset: Int
}

private struct SheetContent: Sendable {
    let blocks: [Arm: [Block]]
    let reasons: [String]
    let answered: [Bool]
    let labels: [String]
    let problem: StoreError?
}

/// What the lock guards.
private struct SheetState: Sendable {
    let slots: [ScoreSheet.Slot]
    let rowWidth: Int
    let scratch: any Scratch
    private var baseline = WaitingRows()
    private var candidate = WaitingRows()
    private var blocks: [Arm: [Block]] = [:]
    private var reasons = ReasonBook()
    private var labels = Interner()
    private var problem: StoreError?
    private static let blockRows = 512

    init(slots: [ScoreSheet.Slot], rowWidth: Int, scratch: any Scratch) {
        self.slots = slots
        self.rowWidth = rowWidth
        self.scratch = scratch
    }

    mutating func write(row: Int, arm: Arm, answered: Bool, _ measurements: [Measurement]) {
        var cells: [Double] = []
        cells.reserveCapacity(rowWidth)
        for (slot, measurement) in zip(slots, measurements) {
            append(measurement, width: slot.width, answered, to: &cells)
        }
        switch arm {
        case .baseline:
            baseline.rows.append(Int32(row))
            baseline.cells += cells
            if baseline.rows.count == SheetState.blockRows { flush(arm) }
        case .candidate:
            candidate.rows.append(Int32(row))
            candidate.cells += cells
            if candidate.rows.count == SheetState.blockRows { flush(arm) }
        }
    }

    private mutating func append(
        _ measurement: Measurement, width: Int, _ answered: Bool, to cells: inout [Double]
    ) {
        let start = cells.count
        switch measurement {
        case .value(let value) where value.isFinite: cells.append(value)
        case .values(let values) where !values.isEmpty && values.allSatisfy(\.isFinite):
            cells.append(contentsOf: values.prefix(width))
        case .value, .values:
            // A NaN is how a missing score is written: it must say why it is missing.
            let code = reasons.code(of: "the metric gave no finite number", answered)
            cells.append(ScoreSheet.missing(-Int32(code + 1)))
        case .labels(let names):
            for label in names.prefix(width) { cells.append(Double(labels.code(of: label))) }
            // An expected label without a predicted one: the app gave none.
            while cells.count - start < width { cells.append(-1) }
        case .notApplicable(let reason):
            cells.append(ScoreSheet.missing(Int32(reasons.code(of: reason, answered) + 1)))
        case .failed(let reason):
            cells.append(ScoreSheet.missing(-Int32(reasons.code(of: reason, answered) + 1)))
        case .unmeasured(let reason):
            // As where nobody has seen the answer: there is nothing that it lacks.
            cells.append(ScoreSheet.missing(-Int32(reasons.code(of: reason, false) + 1)))
        }
        let filler = cells.count > start && cells[start].isNaN ? cells[start] : 0
        while cells.count - start < width { cells.append(filler) }
    }

    /// Writes what waits as one block, column by column.
    private mutating func flush(_ arm: Arm) {
        let waiting = arm == .baseline ? baseline : candidate
        let count = waiting.rows.count
        guard count > 0 else { return }
        var columns = [Double](repeating: 0, count: waiting.cells.count)
        for row in 0..<count {
            for cell in 0..<rowWidth { columns[cell * count + row] = waiting.cells[row * rowWidth + cell] }
        }
        do {
            let offset = try columns.withUnsafeBytes { try scratch.append($0) }
            blocks[arm, default: []].append(Block(rows: waiting.rows, offset: offset))
        } catch {
            // The first one says what happened; those after it follow from it.
            problem = problem ?? error as? StoreError ?? StoreError(.unavailable, "\(error)")
        }
        switch arm {
        case .baseline: baseline = WaitingRows()
        case .candidate: candidate = WaitingRows()
        }
    }

    mutating func finish() -> SheetContent {
        for arm in Arm.allCases { flush(arm) }
        return SheetContent(
            blocks: blocks, reasons: reasons.names, answered: reasons.answered, labels: labels.names,
            problem: problem)
    }
}

/// A sheet that is read.
private struct SheetTable: ScoreTable {
    let rows: ScoreRows
    let arms: [Arm]
    let slots: [ScoreSheet.Slot]
    let scratch: any Scratch
    let reasons: [String]
    let answered: [Bool]
    let labels: [String]
    let blocks: [Arm: [Block]]

    func column(_ metric: String, _ arm: Arm) throws -> ScoreColumn? {
        guard let slot = slots.first(where: { $0.name == metric }), let blocks = blocks[arm] else {
            return nil
        }
        let width = slot.width
        let count = rows.rowCount
        let unwritten = ScoreSheet.missing(-Int32(reasons.count + 1))
        var values = [Double](repeating: unwritten, count: count * width)
        for block in blocks {
            let rowCount = block.rows.count
            var cells = [Double](repeating: 0, count: rowCount * width)
            try cells.withUnsafeMutableBytes {
                try scratch.read(at: block.offset + slot.offset * rowCount * 8, into: $0)
            }
            for (index, row) in block.rows.enumerated() {
                for part in 0..<width { values[Int(row) * width + part] = cells[part * rowCount + index] }
            }
        }
        var states = [Int32](repeating: 0, count: count)
        for row in 0..<count { states[row] = ScoreSheet.state(of: values[row * width]) }
        return ScoreColumn(
            width: width, values: values, states: states, reasons: reasons + ["no observation"],
            answered: answered + [false], labels: labels)
    }
}

/// Reasons by number, apart for observations with an answer and without.
private struct ReasonBook: Sendable {
    private(set) var names: [String] = []
    private(set) var answered: [Bool] = []
    private var codes: [Bool: [String: Int]] = [:]

    mutating func code(of name: String, _ hasAnswer: Bool) -> Int {
        if let code = codes[hasAnswer]?[name] { return code }
        codes[hasAnswer, default: [:]][name] = names.count
        names.append(name)
        answered.append(hasAnswer)
        return names.count - 1
    }
}

/// Texts by number, in the order in which they were first met.
struct Interner {
    private(set) var names: [String] = []
    private var codes: [String: Int] = [:]

    mutating func code(of name: String) -> Int {
        if let code = codes[name] { return code }
        codes[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
