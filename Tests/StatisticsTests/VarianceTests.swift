import Foundation
import Statistics
import Testing

/// Variances, covariances and their merged forms, against exact rational arithmetic and NIST's certified values.
@Suite struct VarianceTests {
    @Test func betweenAndWithinMatchExactArithmeticAndNIST() throws {
        let rows = try Oracles.description("one_way")
        #expect(rows.count == 8)
        var seen = 0
        for row in rows {
            // The three largest sets are read by the corpus suite.
            guard let text = try? Oracles.text("nist/" + row.word("file")) else { continue }
            try VarianceTests.check(row, text)
            seen += 1
        }
        #expect(seen == 5)
    }

    static func check(_ row: Row, _ text: String) throws {
        var groups: [Double: [Double]] = [:]
        for line in Oracles.nistRows(text) { groups[line[0], default: []].append(line[1]) }
        let found = try oneWayVariance(groups.keys.sorted().map { groups[$0] ?? [] })
        let file = try row.word("file")
        #expect(close(found.sumOfSquaresBetween, try row("between"), 1e-12), "\(file)")
        #expect(close(found.sumOfSquaresWithin, try row("within"), 1e-12), "\(file)")
        let test = try found.fTest()
        let ratio = try #require(test.statistic)
        #expect(close(ratio, try row("ratio"), 1e-12), "\(file)")
        // As near as the doubles nearest to the data allow, whose own answer the oracle holds.
        let gap = abs(try row("ratio") - row("certified"))
        #expect(abs(ratio - (try row("certified"))) <= gap + 1e-12 * ratio, "\(file)")
    }

    @Test func componentsAreThoseOfABalancedLayout() throws {
        // Means 1, 3, 5 and ±1 within: mean squares 8 and 2, so (8 − 2) / 2 between.
        let found = try oneWayVariance([[0, 2], [2, 4], [4, 6]])
        #expect(found.meanSquareBetween == 8 && found.meanSquareWithin == 2)
        #expect(found.varianceBetween == 3 && found.varianceWithin == 2)
        #expect(found.intraclassCorrelation == 0.6)
        #expect(found.effectiveRepeats == 2)
        #expect(try oneWayVariance([[0, 9], [1, 8], [9, 0]]).varianceBetween == 0)
    }

    @Test func groupsWithoutSpreadAreErrors() {
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "groups")) {
            try oneWayVariance([[1, 2]])
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "values of group 1")) {
            try oneWayVariance([[1, 2], []])
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "values a group")) {
            try oneWayVariance([[1], [2]])
        }
        #expect(throws: EstimateError.allEqual(value: 3)) { try oneWayVariance([[3, 3], [3, 3]]) }
        #expect(throws: EstimateError.allEqual(value: 0, of: "deviations within groups")) {
            try oneWayVariance([[3, 3], [4, 4]]).fTest()
        }
        #expect(throws: EstimateError.self) { try oneWayVariance([[3, .nan], [4, 4]]) }
    }

    @Test func covariancesMatchExactArithmetic() throws {
        let norris = try Oracles.nistRows(Oracles.text("nist/Norris.dat"))
        let longley = try Oracles.nistRows(Oracles.text("nist/Longley.dat"))
        let far = (0..<50).map { 1e9 + Double($0) / 7 }
        let other = far.enumerated().map { $0.element * 3 + Double($0.offset % 5) }
        let rows = try Oracles.description("covariance")
        #expect(rows.count == 23)
        for row in rows {
            let (i, j) = (try row.int("first"), try row.int("second"))
            let pair: ([Double], [Double]) =
                switch try row.word("file") {
                case "Norris": (norris.map { $0[i] }, norris.map { $0[j] })
                case "Longley": (longley.map { $0[i] }, longley.map { $0[j] })
                default: (far, other)
                }
            let found = try covariance(pair.0, pair.1)
            let size = found.first.standardDeviation * found.second.standardDeviation
            #expect(abs(found.covariance - (try row("value"))) < 1e-12 * size, "\(row)")
            #expect(try covariance(pair.1, pair.0).covariance == found.covariance)
        }
    }

    /// Certified: B1, B0, residual deviation and R² of Norris follow from its moments.
    @Test func theLineOfNorrisFollowsFromItsCovariance() throws {
        let rows = try Oracles.nistRows(Oracles.text("nist/Norris.dat"))
        let found = try covariance(rows.map { $0[1] }, rows.map { $0[0] })
        let slope = try found.covariance / found.first.variance()
        #expect(close(slope, 1.00211681802045, 1e-13))
        #expect(close(found.second.mean - slope * found.first.mean, -0.262323073774029, 1e-11))
        let explained = try found.covariance * found.covariance / found.first.variance()
        #expect(close(try explained / found.second.variance(), 0.999993745883712, 1e-13))
    }

    /// Certified: the six coefficients of Longley solve the normal equations of its covariances.
    @Test func theCoefficientsOfLongleyFollowFromItsCovariances() throws {
        let rows = try Oracles.nistRows(Oracles.text("nist/Longley.dat"))
        #expect(rows.count == 16)
        let columns = (0..<7).map { column in rows.map { $0[column] } }
        var matrix: [[Double]] = []
        for i in 1...6 {
            var line: [Double] = []
            for j in Array(1...6) + [0] { line.append(try covariance(columns[i], columns[j]).covariance) }
            matrix.append(line)
        }
        for pivot in 0..<6 {
            for row in 0..<6 where row != pivot {
                let share = matrix[row][pivot] / matrix[pivot][pivot]
                for column in 0..<7 { matrix[row][column] -= share * matrix[pivot][column] }
            }
        }
        let certified = [
            15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359,
            -0.0511041056535807, 1829.15146461355,
        ]
        // The equations are conditioned like 10⁹ and lose as many digits; seven remain.
        for (index, value) in certified.enumerated() {
            #expect(close(matrix[index][6] / matrix[index][index], value, 1e-7))
        }
    }

    @Test func anscombesFourSeriesShareTheirMoments() throws {
        struct Point: Decodable {
            let series: String
            let x: Double
            let y: Double

            enum CodingKeys: String, CodingKey {
                case series = "Series"
                case x = "X"
                case y = "Y"
            }
        }
        let points = try JSONDecoder().decode(
            [Point].self, from: Data(Oracles.text("nist/anscombe.json").utf8))
        for series in ["I", "II", "III", "IV"] {
            let part = points.filter { $0.series == series }
            let found = try covariance(part.map(\.x), part.map(\.y))
            #expect(found.n == 11 && found.first.mean == 9)
            #expect(close(try found.first.variance(), 11, 1e-14))
            #expect(abs(found.second.mean - 7.5) < 0.005)
            #expect(abs(try found.covariance / found.first.variance() - 0.5) < 0.0005)
        }
    }

    @Test func pairsWithoutMeaningAreErrors() throws {
        #expect(throws: EstimateError.unequalLengths(2, 1, of: "first and second")) {
            try covariance([1, 2], [1])
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "pairs")) { try covariance([1], [1]) }
        #expect(throws: EstimateError.notFinite(index: 1, of: "second value")) {
            try covariance([1, 2], [1, .nan])
        }
        #expect(throws: EstimateError.overflow) { try covariance([1e200, -1e200], [1e200, -1e200]) }
        #expect(try covariance([1, 2], [5, 5]).covariance == 0)
        #expect(try covariance([1e-200, 2e-200], [1e200, 3e200]).covariance == 1)
    }

    @Test func runningMomentsMatchExactArithmetic() throws {
        let rows = try Oracles.rows("moments")
        for row in rows {
            let values: [Double] =
                if let file = try? row.word("file") {
                    try Oracles.nistValues(Oracles.text("nist/" + file))
                } else {
                    try row.list("values")
                }
            // Cubes beyond 10³⁰⁸ and below 10⁻³⁰⁸ are errors, not numbers.
            if values.contains(where: { abs($0) > 1e102 || (abs($0) < 1e-102 && $0 != 0) }) {
                #expect(throws: EstimateError.overflow) { try running(values).moments() }
                continue
            }
            let found = try running(values).moments()
            #expect(close(found.mean, try row("mean"), 1e-15))
            #expect(close(found.standardDeviation, try row("sd"), 1e-12))
            #expect(close(found.skewness, try row("skewness"), 1e-10, floor: 1e-2))
            // In parts, merged from either end.
            var left = RunningMoments()
            var right = RunningMoments()
            let parts = stride(from: 0, to: values.count, by: 37).map { start in
                Array(values[start..<min(start + 37, values.count)])
            }
            for part in parts { left.merge(try running(part)) }
            for part in parts.reversed() {
                var next = try running(part)
                next.merge(right)
                right = next
            }
            for merged in [try left.moments(), try right.moments()] {
                #expect(merged.n == found.n && merged.minimum == found.minimum)
                #expect(close(merged.mean, found.mean, 1e-15))
                #expect(close(merged.standardDeviation, found.standardDeviation, 1e-12))
                #expect(close(merged.skewness, found.skewness, 1e-9, floor: 1e-2))
            }
        }
    }

    @Test func runningMomentsKeepTheirDigitsOverAMillionValuesFarFromZero() throws {
        var stream = RandomStream(seed: 3, stream: 0)
        let values = (0..<1_000_000).map { _ in 1e8 - log(1 - stream.unit()) }
        let exact = try moments(values)
        let found = try running(values).moments()
        #expect(close(found.mean, exact.mean, 1e-15))
        #expect(close(found.standardDeviation, exact.standardDeviation, 1e-12))
        #expect(close(found.skewness, exact.skewness, 1e-11))
    }

    @Test func runningMomentsAreStoredAndRestored() throws {
        let one = try running([1, 2.5, 4e7])
        #expect(try RunningMoments(bytes: one.bytes) == one)
        #expect(try RunningMoments(bytes: RunningMoments().bytes) == RunningMoments())
        let json = try JSONEncoder().encode(one)
        #expect(try JSONDecoder().decode(RunningMoments.self, from: json) == one)
        #expect(throws: EstimateError.invalidParameter("stored moments", must: "be as it was written")) {
            try RunningMoments(bytes: Array(one.bytes.dropLast()))
        }
        #expect(throws: EstimateError.self) { try RunningMoments(bytes: one.bytes + [0]) }
        var constant = try running([0.1, 0.1, 0.1])
        #expect(try constant.moments().isConstant)
        #expect(throws: EstimateError.notFinite(index: 3)) { try constant.add(.nan) }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "values")) {
            try RunningMoments().moments()
        }
    }

    @Test func countsAddUpInAnyOrder() throws {
        var one = try EventCount(events: 3, trials: 10)
        try one.merge(EventCount(events: 1, trials: 5))
        try one.add(true)
        #expect(one == (try EventCount(events: 5, trials: 16)))
        #expect(one.rate == 5.0 / 16 && EventCount().rate == nil)
        #expect(throws: EstimateError.invalidCounts("events and trials")) {
            try EventCount(events: 3, trials: 2)
        }
        #expect(throws: EstimateError.overflow) { try one.merge(EventCount(events: 0, trials: 1 << 52)) }
        #expect(one.trials == 16)

        var labels = try CategoryCounts(universe: ["returns", "billing"])
        for label in ["billing", "billing", "weather", "returns"] { labels.add(label) }
        var other = try CategoryCounts(universe: ["returns", "billing"])
        other.add("returns")
        try labels.merge(other)
        #expect(labels.counts == [2, 2] && labels.unseen == 1 && labels.total == 5)
        let json = try JSONEncoder().encode(labels)
        #expect(try JSONDecoder().decode(CategoryCounts.self, from: json) == labels)
        #expect(throws: EstimateError.invalidParameter("universe", must: "be the same in both")) {
            try labels.merge(CategoryCounts(universe: ["billing", "returns"]))
        }
        #expect(throws: EstimateError.invalidParameter("universe", must: "name each label once")) {
            try CategoryCounts(universe: ["a", "a"])
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "labels of the universe")) {
            try CategoryCounts(universe: [])
        }
    }

    private func running(_ values: [Double]) throws -> RunningMoments {
        var found = RunningMoments()
        for value in values { try found.add(value) }
        return found
    }
}
