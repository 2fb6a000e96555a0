/// How many raters put each unit into each category; raters may differ from unit to unit, and be missing.
public struct RatingCounts: Sendable, Hashable {
    /// A row a unit that was rated at all.
    let rows: [[Double]]
    /// Ratings a unit.
    let totals: [Double]
    public let categories: Int

    /// - Parameter counts: A row a unit, a column a category; units that nobody rated are dropped.
    /// - Throws: `EstimateError.tooFew` for fewer than two categories, or where no unit has two ratings;
    ///   `.invalidCounts` for a negative count, `.notFinite`, `.unequalLengths`.
    public init(_ counts: [[Double]]) throws(EstimateError) {
        let categories = counts.first?.count ?? 0
        try requireCount(categories, atLeast: 2, "categories")
        var rows: [[Double]] = []
        var totals: [Double] = []
        var pairable = 0
        for row in counts {
            guard row.count == categories else { throw .unequalLengths(categories, row.count) }
            try requireFinite(row, "count")
            guard row.allSatisfy({ $0 >= 0 && $0 <= 1e15 }) else {
                throw .invalidCounts("the ratings' counts")
            }
            let total = row.reduce(0, +)
            if total == 0 { continue }
            rows.append(row)
            totals.append(total)
            if total >= 2 { pairable += 1 }
        }
        try requireCount(pairable, atLeast: 1, "units with two ratings")
        self.rows = rows
        self.totals = totals
        self.categories = categories
    }

    /// From ratings: a row a unit, a column a rater, nil where one is missing.
    ///
    /// - Parameter categories: Every category there is, in order; nil for those that occur. One that nobody used
    ///   still counts in Gwet's coefficient.
    /// - Throws: As above, and `EstimateError.invalidParameter` for a rating outside the categories.
    public init(ratings: [[Double?]], categories: [Double]? = nil) throws(EstimateError) {
        var seen = Set<Double>()
        for row in ratings {
            for (rater, rating) in row.enumerated() {
                guard let rating else { continue }
                guard rating.isFinite else { throw .notFinite(index: rater, of: "rating") }
                seen.insert(rating)
            }
        }
        if let categories {
            try requireFinite(categories, "category")
            guard Set(categories).count == categories.count, seen.isSubset(of: categories) else {
                throw .invalidParameter("categories", must: "be distinct and hold every rating")
            }
        }
        let known = categories ?? seen.sorted()
        guard known.count >= 2 else {
            throw .invalidParameter("ratings", must: "use at least two categories")
        }
        var places: [Double: Int] = [:]
        for (place, category) in known.enumerated() { places[category] = place }
        var counts: [[Double]] = []
        for row in ratings {
            var line = [Double](repeating: 0, count: known.count)
            for case let rating? in row { line[places[rating] ?? 0] += 1 }
            counts.append(line)
        }
        try self.init(counts)
    }

    /// Share of each category: the mean over units of what their raters said.
    var prevalences: [Double] {
        var shares = [Double](repeating: 0, count: categories)
        for (row, total) in zip(rows, totals) {
            for category in 0..<categories { shares[category] += row[category] / total }
        }
        for category in 0..<categories { shares[category] /= Double(rows.count) }
        return shares
    }

    /// The number of raters where it is the same whole number for every unit.
    var commonRaters: Double? {
        guard let first = totals.first, first.rounded() == first, totals.allSatisfy({ $0 == first }) else {
            return nil
        }
        return first
    }

    /// What every such coefficient is made of, once chance agreement is known.
    ///
    /// - Parameters:
    ///   - distances: Disagreement of each pair of categories.
    ///   - expected: Chance disagreement, above zero.
    ///   - chance: Chance disagreement that each category contributes where it is given.
    /// - Returns: Value, raw agreement and standard error over samples of units.
    ///
    /// K. L. Gwet, Br. J. Math. Stat. Psychol. 61 (2008) 29–48.
    func coefficient(
        distances: [Double], expected: Double, chance: [Double]
    ) -> (value: Double, observed: Double, standardError: Double) {
        let n = Double(rows.count)
        var disagreements: [Double] = []
        var expectations: [Double] = []
        var observed = 0.0
        var pairable = 0.0
        for (row, total) in zip(rows, totals) {
            var apart = 0.0
            var own = 0.0
            for first in 0..<categories where row[first] > 0 {
                own += row[first] * chance[first] / total
                for second in 0..<categories where row[second] > 0 {
                    apart += row[first] * row[second] * distances[first * categories + second]
                }
            }
            expectations.append(own)
            guard total >= 2 else {
                disagreements.append(.nan)
                continue
            }
            let share = apart / (total * (total - 1))
            disagreements.append(share)
            observed += share
            pairable += 1
        }
        observed /= pairable
        let ratio = observed / expected
        guard rows.count >= 2 else { return (1 - ratio, 1 - observed, 0) }
        // The influence of each unit; one with a single rating speaks of prevalence alone.
        var squares = 0.0
        for index in rows.indices {
            let own = disagreements[index].isNaN ? 0 : n / pairable * (expected - disagreements[index])
            let influence = own / expected - 2 * ratio * (expected - expectations[index]) / expected
            let deviation = influence - (1 - ratio)
            squares += deviation * deviation
        }
        let error = squares > 1e-26 ? (squares / (n * (n - 1))).squareRoot() : 0
        return (1 - ratio, 1 - observed, error)
    }
}
