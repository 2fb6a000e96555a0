/// A χ² test and what it rests on.
public struct ChiSquaredTest: Sendable, Hashable {
    public let test: TestResult
    /// Below 5 the approximation is poor: use an exact or a permutation test.
    public let smallestExpected: Double
}

/// Pearson's χ² test of goodness of fit: do counts follow these shares?
///
/// - Parameters:
///   - observed: A count a category.
///   - weights: What the counts are expected to be in proportion to; nil: all alike.
///   - fitted: Parameters estimated from the same counts, taken from the degrees of freedom.
/// - Throws: `EstimateError.tooFew` below 2 categories, or where nothing was counted; `.unequalLengths`,
///   `.invalidCounts`, `.invalidParameter` for a weight that is not positive.
/// - Complexity: O(categories).
///
/// K. Pearson, Philosophical Magazine 50 (1900) 157–175.
public func chiSquaredFitTest(
    observed: [Int], weights: [Double]? = nil, fitted: Int = 0
) throws(EstimateError) -> ChiSquaredTest {
    try requireCount(observed.count, atLeast: 2, "categories")
    let total = try summed(observed, "observed")
    try requireCount(total, atLeast: 1, "observations")
    guard fitted >= 0, fitted < observed.count - 1 else {
        throw .invalidParameter("fitted", must: "be at least 0 and leave a degree of freedom")
    }
    let weights = weights ?? [Double](repeating: 1, count: observed.count)
    guard weights.count == observed.count else { throw .unequalLengths(observed.count, weights.count) }
    var largest = 0.0
    for weight in weights {
        guard weight > 0, weight.isFinite else {
            throw .invalidParameter("weights", must: "be positive and finite")
        }
        largest = max(largest, weight)
    }
    var whole = CompensatedSum()
    for weight in weights { whole.add(weight / largest) }
    let expected = weights.map { $0 / largest / whole.value * Double(total) }
    return try chiSquared(
        zip(observed, expected), degreesOfFreedom: observed.count - 1 - fitted, shrunk: 0, name: "χ² of fit")
}

/// Pearson's χ² test of independence: are the shares of the columns the same in every row? With two rows, the
/// two-sample test.
///
/// - Parameters:
///   - rows: Counts, a row a sample; at least 2 rows and 2 columns.
///   - continuity: Whether each difference of a 2 × 2 table is moved by ½ towards zero, never past it (Yates).
///     Larger tables take no correction.
/// - Throws: `EstimateError.tooFew` below 2 rows or columns or for an empty row or column, which is named;
///   `.unequalLengths` for ragged rows, `.invalidCounts`, `.invalidParameter` for a correction of a larger table.
/// - Complexity: O(cells).
///
/// K. Pearson, Philosophical Magazine 50 (1900) 157–175; F. Yates, Supplement to JRSS 1 (1934) 217–235.
public func chiSquaredIndependenceTest(
    _ rows: [[Int]], continuity: Bool = false
) throws(EstimateError) -> ChiSquaredTest {
    try requireCount(rows.count, atLeast: 2, "rows")
    let columns = rows[0].count
    try requireCount(columns, atLeast: 2, "columns")
    guard !continuity || (rows.count == 2 && columns == 2) else {
        throw .invalidParameter("continuity", must: "be false for more than 2 rows or columns")
    }
    var rowTotals: [Double] = []
    var columnTotals = [Int](repeating: 0, count: columns)
    for (index, row) in rows.enumerated() {
        guard row.count == columns else { throw .unequalLengths(columns, row.count) }
        let total = try summed(row, "row \(index + 1)")
        try requireCount(total, atLeast: 1, "observations in row \(index + 1)")
        rowTotals.append(Double(total))
        for column in 0..<columns { columnTotals[column] += row[column] }
    }
    let total = Double(try summed(columnTotals, "the table"))
    for column in 0..<columns {
        try requireCount(columnTotals[column], atLeast: 1, "observations in column \(column + 1)")
    }
    var cells: [(Int, Double)] = []
    for (index, row) in rows.enumerated() {
        for column in 0..<columns {
            cells.append((row[column], rowTotals[index] / total * Double(columnTotals[column])))
        }
    }
    return try chiSquared(
        cells, degreesOfFreedom: (rows.count - 1) * (columns - 1), shrunk: continuity ? 0.5 : 0,
        name: continuity ? "χ² of independence, continuity" : "χ² of independence")
}

private func chiSquared(
    _ cells: some Sequence<(Int, Double)>, degreesOfFreedom: Int, shrunk: Double, name: String
) throws(EstimateError) -> ChiSquaredTest {
    var sum = CompensatedSum()
    var smallest = Double.infinity
    for (observed, expected) in cells {
        let difference = abs(Double(observed) - expected)
        let distance = max(0, difference - shrunk)
        sum.add(distance / expected * distance)
        smallest = min(smallest, expected)
    }
    let degrees = Double(degreesOfFreedom)
    let pValue = try ChiSquared(degreesOfFreedom: degrees).survival(sum.value)
    return try ChiSquaredTest(
        test: TestResult(pValue: pValue, statistic: sum.value, degreesOfFreedom: degrees, method: name),
        smallestExpected: smallest)
}

/// The sum of counts that are none of them negative, and exact as a double.
private func summed(_ counts: [Int], _ name: String) throws(EstimateError) -> Int {
    var total = 0
    for count in counts {
        guard count >= 0, count <= 1 << 52, total + count <= 1 << 52 else { throw .invalidCounts(name) }
        total += count
    }
    return total
}
