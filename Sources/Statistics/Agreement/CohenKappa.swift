import Glibc

/// Cohen's κ of two raters, plain or weighted.
///
/// - Parameters:
///   - confusion: Counts, a row for each category of the first rater and a column for each of the second.
///   - weights: Over the places of the categories.
///   - confidence: Two-sided coverage in `(0, 1)`, of the normal interval.
/// - Throws: `EstimateError.tooFew` for fewer than 2 units, `.invalidCounts`, `.invalidParameter` for a table that
///   is not square, or where both raters used one and the same category alone: κ is undefined there.
/// - Complexity: O(q²).
///
/// J. Cohen, Educ. Psychol. Meas. 20 (1960) 37–46; J. L. Fleiss, J. Cohen, B. S. Everitt, Psychol. Bull. 72 (1969)
/// 323–327.
public func cohenKappa(
    _ confusion: [[Int]], weights: AgreementWeights = .identity, confidence: Double = 0.90
) throws(EstimateError) -> AgreementEstimate {
    try requireProbability(confidence, "confidence")
    let table = try PairTable(confusion)
    let distances = try weights.disagreements(categories: table.q)
    var observed = 0.0
    var expected = 0.0
    // Mean disagreement of a category with the other rater's ratings at large.
    var ofRow = [Double](repeating: 0, count: table.q)
    var ofColumn = [Double](repeating: 0, count: table.q)
    for row in 0..<table.q {
        for column in 0..<table.q {
            let distance = distances[row * table.q + column]
            observed += distance * table.share(row, column)
            expected += distance * table.rows[row] * table.columns[column]
            ofRow[row] += distance * table.columns[column]
            ofColumn[column] += distance * table.rows[row]
        }
    }
    guard expected > 0 else { throw .invalidParameter("ratings", must: "use at least two categories") }
    let ratio = observed / expected
    // The deviation of each cell's influence, under the table seen and under independence.
    let seen = table.variance { row, column in
        distances[row * table.q + column] - (ofRow[row] + ofColumn[column]) * ratio
    }
    let null = table.independentVariance { row, column in
        distances[row * table.q + column] - ofRow[row] - ofColumn[column]
    }
    let n = Double(table.n)
    let error = seen > 1e-28 ? (seen / n).squareRoot() / expected : 0
    let nullError = null > 1e-28 ? (null / n).squareRoot() / expected : 0
    let value = 1 - ratio
    let method = "Cohen's κ\(weights.words)"
    var test: TestResult?
    if nullError > 0 {
        let z = value / nullError
        test = try TestResult(
            pValue: min(1, 2 * Normal.survival(abs(z))), statistic: z, method: "\(method), two-sided z")
    }
    return try AgreementEstimate(
        observed: 1 - observed, expected: 1 - expected, value: value, standardError: error,
        interval: agreementInterval(
            value, error: error, reach: Normal.quantile((1 + confidence) / 2), confidence: confidence,
            method: "\(method), normal"),
        test: test, units: table.n)
}

/// The table of two raters' categories over the same units: sorted categories, and counts for `cohenKappa`.
///
/// - Throws: `EstimateError.unequalLengths`.
public func confusionTable<Category: Comparable & Hashable>(
    _ first: [Category], _ second: [Category]
) throws(EstimateError) -> (categories: [Category], counts: [[Int]]) {
    guard first.count == second.count else { throw .unequalLengths(first.count, second.count) }
    let categories = Set(first).union(second).sorted()
    var places: [Category: Int] = [:]
    for (place, category) in categories.enumerated() { places[category] = place }
    var counts = [[Int]](
        repeating: [Int](repeating: 0, count: categories.count), count: categories.count)
    for index in first.indices {
        if let row = places[first[index]], let column = places[second[index]] { counts[row][column] += 1 }
    }
    return (categories, counts)
}

/// A square table of counts as shares, with its margins.
private struct PairTable {
    let q: Int
    let n: Int
    let rows: [Double]
    let columns: [Double]
    private let cells: [Double]

    init(_ confusion: [[Int]]) throws(EstimateError) {
        q = confusion.count
        try requireCount(q, atLeast: 2, "categories")
        var n = 0
        for row in confusion {
            guard row.count == confusion.count else {
                throw .invalidParameter("confusion", must: "be a square table")
            }
            for count in row {
                try requireCounts(count, of: 1 << 50, "the counts of the confusion table")
                n += count
                try requireCounts(0, of: n, "the counts of the confusion table")
            }
        }
        try requireCount(n, atLeast: 2, "units")
        self.n = n
        var rows = [Double](repeating: 0, count: confusion.count)
        var columns = rows
        var cells: [Double] = []
        for (row, counts) in confusion.enumerated() {
            for (column, count) in counts.enumerated() {
                let share = Double(count) / Double(n)
                cells.append(share)
                rows[row] += share
                columns[column] += share
            }
        }
        self.rows = rows
        self.columns = columns
        self.cells = cells
    }

    func share(_ row: Int, _ column: Int) -> Double { cells[row * q + column] }

    func variance(_ value: (Int, Int) -> Double) -> Double {
        centred(value) { row, column in cells[row * q + column] }
    }

    func independentVariance(_ value: (Int, Int) -> Double) -> Double {
        centred(value) { row, column in rows[row] * columns[column] }
    }

    private func centred(_ value: (Int, Int) -> Double, share: (Int, Int) -> Double) -> Double {
        var mean = 0.0
        for row in 0..<q { for column in 0..<q { mean += share(row, column) * value(row, column) } }
        var sum = 0.0
        for row in 0..<q {
            for column in 0..<q {
                let deviation = value(row, column) - mean
                sum += share(row, column) * deviation * deviation
            }
        }
        return sum
    }
}
