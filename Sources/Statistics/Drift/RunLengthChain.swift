/// How long a chart runs on average before it alarms: a Markov chain over cells of its statistic.
///
/// D. Brook, D. A. Evans, Biometrika 59 (1972) 539–549.
struct RunLengthChain {
    private let cells: Int
    /// Row by row: the probability of going from one cell to another without an alarm.
    private let transitions: [Double]

    init(cells: Int, _ transition: (Int, Int) throws(EstimateError) -> Double) throws(EstimateError) {
        self.cells = cells
        var rows = [Double](repeating: 0, count: cells * cells)
        for from in 0..<cells {
            for to in 0..<cells { rows[from * cells + to] = try transition(from, to) }
        }
        transitions = rows
    }

    /// The mean number of points until the alarm, from a cell: solves (I − R) L = 1. O(cells³).
    ///
    /// - Throws: `EstimateError.overflow` where the chain as good as never alarms.
    func mean(from start: Int) throws(EstimateError) -> Double {
        var matrix = transitions
        var lengths = [Double](repeating: 1, count: cells)
        matrix.withUnsafeMutableBufferPointer { rows in
            for index in rows.indices { rows[index] = -rows[index] }
            for cell in 0..<cells { rows[cell * cells + cell] += 1 }
            // Diagonally dominant, so that no rows need to change places.
            for pivot in 0..<cells {
                let scale = 1 / rows[pivot * cells + pivot]
                for row in (pivot + 1)..<max(cells, pivot + 1) {
                    let factor = rows[row * cells + pivot] * scale
                    if factor == 0 { continue }
                    for column in (pivot + 1)..<max(cells, pivot + 1) {
                        rows[row * cells + column] -= factor * rows[pivot * cells + column]
                    }
                    lengths[row] -= factor * lengths[pivot]
                }
            }
            for row in stride(from: cells - 1, through: 0, by: -1) {
                var rest = lengths[row]
                for column in (row + 1)..<max(cells, row + 1) {
                    rest -= rows[row * cells + column] * lengths[column]
                }
                lengths[row] = rest / rows[row * cells + row]
            }
        }
        guard lengths[start] >= 1, lengths[start] < 1e12 else { throw .overflow }
        return lengths[start]
    }
}

/// The limit of vanishing cells, from two chains whose error falls with the square of the cells' width.
func extrapolated(
    _ length: (Int) throws(EstimateError) -> (mean: Double, width: Double)
) throws(EstimateError) -> Double {
    let coarse = try length(60)
    let fine = try length(120)
    let (wide, narrow) = (coarse.width * coarse.width, fine.width * fine.width)
    return max(1, (wide * fine.mean - narrow * coarse.mean) / (wide - narrow))
}
