/// The table of edit distances between the beginnings of an answer and of a reference, filled about its diagonal only.
///
/// Only the cells about the diagonal are held, so that long texts take no more room than their length times the beam.
struct EditTable {
    enum Step: UInt8 {
        case same
        case substituted
        /// The answer has a word too many.
        case added
        /// The answer lacks a word.
        case lacking
    }

    private struct Cell {
        var cost: Int32
        var step: Step

        /// What lies off the diagonal's neighbourhood.
        static let far = Cell(cost: 1 << 29, step: .same)
    }

    /// The part of a row that is held, and where in `cells` its place 0 would be.
    private struct Row {
        let low: Int
        let high: Int
        let base: Int
    }

    private static let mostCells = 1 << 24

    private let answerCount: Int
    private let referenceCount: Int
    private let rows: [Row]
    private var cells: [Cell]

    /// Nil where the texts are so long that the cells would not fit in reasonable room.
    init?(_ answerCount: Int, _ referenceCount: Int, _ beam: Int) {
        self.answerCount = answerCount
        self.referenceCount = referenceCount
        let ratio = answerCount == 0 ? 1 : Double(referenceCount) / Double(answerCount)
        // Texts of very different length: neighbouring rows must still meet.
        let wide = Double(beam) < ratio / 2 ? Int((ratio / 2 + Double(beam)).rounded(.up)) : beam
        let width = referenceCount + 1
        guard width <= Self.mostCells, answerCount <= Self.mostCells else { return nil }
        var rows = [Row(low: 0, high: width, base: 0)]
        rows.reserveCapacity(answerCount + 1)
        var size = width
        for row in 0..<answerCount {
            let diagonal = Int((Double(row + 1) * ratio).rounded(.down))
            let low = min(width, max(0, diagonal - wide))
            let high = max(low, row + 1 == answerCount ? width : min(width, diagonal + wide))
            rows.append(Row(low: low, high: high, base: size - low))
            size += high - low
            guard size <= Self.mostCells else { return nil }
        }
        self.rows = rows
        cells = [Cell](repeating: Cell.far, count: size)
        for place in 0...referenceCount { cells[place] = Cell(cost: Int32(place), step: .lacking) }
    }

    /// Cells that are held.
    var size: Int { cells.count }

    var distance: Int { Int(cell(answerCount, referenceCount).cost) }

    private func cell(_ row: Int, _ place: Int) -> Cell {
        let held = rows[row]
        return place >= held.low && place < held.high ? cells[held.base + place] : .far
    }

    /// Takes the rows of the first `count` words from another table of the same size.
    mutating func copy(_ other: EditTable, upTo count: Int) {
        guard count > 0 else { return }
        let first = rows[1].base + rows[1].low
        let end = rows[count].base + rows[count].high
        for place in first..<end { cells[place] = other.cells[place] }
    }

    /// Fills the rows of the words from `first` on; those before are as they must be.
    mutating func fill(_ answer: [UInt64], _ reference: [UInt64], from first: Int) {
        guard first < answerCount else { return }
        for row in (first + 1)...answerCount {
            let held = rows[row]
            let above = rows[row - 1]
            guard held.low < held.high else { continue }
            var before = Cell.far
            for place in held.low..<held.high {
                let up = place >= above.low && place < above.high ? cells[above.base + place] : .far
                var cell = Cell.far
                if place == 0 {
                    cell = Cell(cost: up.cost + 1, step: .added)
                } else {
                    let isSame = answer[row - 1] == reference[place - 1]
                    let left = place - 1
                    let diagonal = left >= above.low && left < above.high ? cells[above.base + left] : .far
                    let diagonalCost = diagonal.cost + (isSame ? 0 : 1)
                    if diagonalCost < cell.cost {
                        cell = Cell(cost: diagonalCost, step: isSame ? .same : .substituted)
                    }
                    if up.cost + 1 < cell.cost { cell = Cell(cost: up.cost + 1, step: .added) }
                    if before.cost + 1 < cell.cost { cell = Cell(cost: before.cost + 1, step: .lacking) }
                }
                cells[held.base + place] = cell
                before = cell
            }
        }
    }

    /// The steps from both beginnings to both ends.
    func trace() -> [Step] {
        var steps: [Step] = []
        var row = answerCount
        var place = referenceCount
        while row > 0 || place > 0 {
            let step = cell(row, place).step
            steps.append(step)
            switch step {
            case .same, .substituted:
                row = max(0, row - 1)
                place = max(0, place - 1)
            case .added: row = max(0, row - 1)
            case .lacking: place = max(0, place - 1)
            }
        }
        return steps.reversed()
    }
}
