/// The table of edit distances between the beginnings of an answer and of a reference, filled about its diagonal only.
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
    }

    private static let far: Int32 = 1 << 29

    private let answerCount: Int
    private let referenceCount: Int
    private let ratio: Double
    private let beam: Int
    /// `referenceCount + 1` a row.
    private var cells: [Cell]

    init(_ answerCount: Int, _ referenceCount: Int, _ beam: Int) {
        self.answerCount = answerCount
        self.referenceCount = referenceCount
        ratio = answerCount == 0 ? 1 : Double(referenceCount) / Double(answerCount)
        // Texts of very different length: neighbouring rows must still meet.
        self.beam =
            Double(beam) < ratio / 2 ? Int((ratio / 2 + Double(beam)).rounded(.up)) : beam
        cells = [Cell](
            repeating: Cell(cost: Self.far, step: .same), count: (answerCount + 1) * (referenceCount + 1))
        for place in 0...referenceCount { cells[place] = Cell(cost: Int32(place), step: .lacking) }
    }

    var distance: Int { Int(cells[cells.count - 1].cost) }

    /// Takes the rows of the first `rows` words from another table of the same size.
    mutating func copy(_ other: EditTable, upTo rows: Int) {
        let width = referenceCount + 1
        for place in width..<((rows + 1) * width) where rows > 0 { cells[place] = other.cells[place] }
    }

    /// Fills the rows of the words from `first` on; those before are as they must be.
    mutating func fill(_ answer: [UInt64], _ reference: [UInt64], from first: Int) {
        guard first < answerCount else { return }
        let width = referenceCount + 1
        for row in (first + 1)...answerCount {
            let diagonal = Int((Double(row) * ratio).rounded(.down))
            let low = max(0, diagonal - beam)
            let high = row == answerCount ? width : min(width, diagonal + beam)
            let base = row * width
            let above = base - width
            for place in base..<(base + width) { cells[place] = Cell(cost: Self.far, step: .same) }
            guard low < high else { continue }
            for place in low..<high {
                if place == 0 {
                    cells[base] = Cell(cost: cells[above].cost + 1, step: .added)
                    continue
                }
                let isSame = answer[row - 1] == reference[place - 1]
                var cell = Cell(cost: Self.far, step: .same)
                let diagonalCost = cells[above + place - 1].cost + (isSame ? 0 : 1)
                if diagonalCost < cell.cost {
                    cell = Cell(cost: diagonalCost, step: isSame ? .same : .substituted)
                }
                let added = cells[above + place].cost + 1
                if added < cell.cost { cell = Cell(cost: added, step: .added) }
                let lacking = cells[base + place - 1].cost + 1
                if lacking < cell.cost { cell = Cell(cost: lacking, step: .lacking) }
                cells[base + place] = cell
            }
        }
    }

    /// The steps from both beginnings to both ends.
    func trace() -> [Step] {
        var steps: [Step] = []
        var row = answerCount
        var place = referenceCount
        while row > 0 || place > 0 {
            let step = cells[row * (referenceCount + 1) + place].step
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
