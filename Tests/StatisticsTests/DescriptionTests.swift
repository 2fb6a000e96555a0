import Statistics
import Testing

@Suite struct DescriptionTests {
    /// Certified by NIST: mean, deviation, and how many digits the deviation of the nearest doubles shares
    /// with it (10000000.1 is no double: its rounding alone changes the ninth digit).
    @Test(arguments: [
        ("NumAcc1.txt", 10_000_002.0, 1.0, 1e-13), ("NumAcc2.txt", 1.2, 0.1, 1e-13),
        ("NumAcc3.txt", 1_000_000.2, 0.1, 1e-9), ("NumAcc4.txt", 10_000_000.2, 0.1, 1e-8),
        ("Lew.txt", -177.435, 277.332168044316, 1e-13),
        ("Lottery.txt", 518.958715596330, 291.699727470969, 1e-13),
        ("Mavro.txt", 2.001856, 0.000429123454003053, 1e-12),
        ("Michelso.txt", 299.8524, 0.0790105478190518, 1e-12),
    ])
    func momentsMatchNISTCertifiedValues(file: String, mean: Double, deviation: Double, digits: Double) throws
    {
        let sample = try moments(Oracles.nistValues(Oracles.text("nist/" + file)))
        #expect(close(sample.mean, mean, 1e-14))
        #expect(close(sample.standardDeviation, deviation, digits))
    }

    @Test func momentsMatchExactArithmeticOverTheSameDoubles() throws {
        let rows = try Oracles.rows("moments")
        #expect(rows.count == 11)
        for row in rows {
            let values: [Double] =
                if let file = try? row.word("file") {
                    try Oracles.nistValues(Oracles.text("nist/" + file))
                } else {
                    try row.list("values")
                }
            let sample = try moments(values)
            #expect(sample.n == (try row.int("n")))
            #expect(close(sample.mean, try row("mean"), 1e-15 * 4))
            #expect(close(sample.standardDeviation, try row("sd"), 1e-12))
            #expect(close(sample.skewness, try row("skewness"), 1e-11, floor: 1e-2))
        }
    }

    @Test func sumsKeepWhatCancellationWouldLose() throws {
        #expect(try moments([1, 1e100, 1, -1e100]).mean == 0.5)
    }

    @Test func constantValuesHaveNoDeviationAtAll() throws {
        let sample = try moments([Double](repeating: 0.1, count: 7))
        #expect(sample.mean == 0.1)
        #expect(sample.standardDeviation == 0)
        #expect(sample.isConstant)
    }

    @Test func valuesThatAreNoNumbersAreErrors() {
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "values")) { try moments([]) }
        #expect(throws: EstimateError.notFinite(index: 1)) { try moments([1, .nan]) }
        #expect(throws: EstimateError.notFinite(index: 0)) { try moments([.infinity, 1]) }
        #expect(throws: EstimateError.overflow) {
            try moments([-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        }
        #expect(throws: EstimateError.overflow) { try moments([1e200, -1e200]).variance() }
    }

    @Test func quantilesMatchNumPy() throws {
        let sample = try Oracles.all()["quantile_sample"]
        guard case .list(let values)? = sample else { throw EstimateError.invalidCounts() }
        for row in try Oracles.rows("quantile") {
            let part = try Array(values.prefix(row.int("n")))
            #expect(close(try quantile(part.shuffled(), at: row("p")), try row("value"), 1e-15))
        }
    }

    @Test func quantilesOfEachDefinitionMatchNumPy() throws {
        let rows = try Oracles.description("quantiles")
        #expect(rows.count == 180)
        for row in rows {
            let definition = try #require(QuantileDefinition(rawValue: row.word("definition")))
            let found = try quantile(row.list("values"), at: row("level"), definition: definition)
            #expect(close(found, try row("value"), 1e-13, floor: 1), "\(row)")
        }
    }

    @Test func quantileIntervalsMatchSciPy() throws {
        guard case .list(let values)? = try Oracles.all()["quantile_sample"] else {
            throw EstimateError.invalidCounts()
        }
        for row in try Oracles.rows("quantile_interval") {
            let part = try Array(values.prefix(row.int("n")))
            let interval = try quantileInterval(ofSorted: part, at: row("p"), confidence: row("level"))
            #expect(interval.lower == (try row("lower")))
            #expect(interval.upper == (try row("upper")))
        }
    }

    /// FORMULAS: p95 needs 59 observations for a one-sided 95 % bound, p99 needs 299.
    @Test(arguments: [(0.95, 59), (0.99, 299), (0.5, 5)])
    func highQuantilesNeedEnoughObservations(level: Double, needed: Int) throws {
        let values = (0..<needed).map(Double.init)
        #expect(try observationsNeeded(forQuantile: level) == needed)
        #expect(try quantileUpperBound(ofSorted: values, at: level) == Double(needed - 1))
        #expect(throws: EstimateError.tooFew(count: needed - 1, needed: needed, of: "values")) {
            try quantileUpperBound(ofSorted: Array(values.dropLast()), at: level)
        }
        #expect(throws: EstimateError.tooFew(count: needed - 1, needed: needed, of: "values")) {
            try quantileInterval(ofSorted: Array(values.dropLast()), at: level)
        }
    }

    @Test func equalValuesBoundAQuantileAndGiveNoInterval() throws {
        let values = [Double](repeating: 5, count: 100)
        #expect(try quantileUpperBound(ofSorted: values, at: 0.9) == 5)
        #expect(throws: EstimateError.allEqual(value: 5)) { try quantileInterval(ofSorted: values, at: 0.9) }
        let tied = values + [6, 7]
        #expect(try quantileInterval(ofSorted: tied, at: 0.5).width == 0)
    }

    @Test func quantilesOfNothingOrNonsenseAreErrors() {
        #expect(throws: EstimateError.self) { try quantile([], at: 0.5) }
        #expect(throws: EstimateError.self) { try quantile([1], at: 1.5) }
        #expect(throws: EstimateError.self) { try quantile([1], at: .nan) }
        #expect(throws: EstimateError.self) { try quantile([1, .nan], at: 0.5) }
        #expect(throws: EstimateError.self) { try quantileUpperBound(ofSorted: [], at: 0.5) }
    }

    @Test func histogramCountsEachValueOnceWithRoundEdges() throws {
        let values = [0.0, 0.1, 0.25, 0.5, 0.99, 1.0]
        let edges = try histogramEdges(spanning: values, bins: 5)
        #expect(edges.count == 6)
        for (edge, expected) in zip(edges, [0, 0.2, 0.4, 0.6, 0.8, 1]) {
            #expect(close(edge, expected, 1e-12))
        }
        #expect(try histogram(values, edges: edges).counts == [2, 1, 1, 0, 2])
        #expect(try histogram([0, 1, 1, 2], edges: [0, 1, 2]).counts == [1, 3])
    }

    @Test(
        arguments: [
            [5.0], [0, 0], [1e300, -1e300 / 2], [1e-300, 2e-300], [1, 1 + 1e-15], [1e12, 0.5],
            [-3, -2.9999], [1e9, 1e9 + 1],
        ] as [[Double]])
    func histogramHoldsAnyFiniteValues(values: [Double]) throws {
        let edges = try histogramEdges(spanning: values, bins: 20)
        let counted = try histogram(values, edges: edges)
        #expect(counted.counts.reduce(0, +) == values.count)
        #expect(counted.counts.count <= 32)
    }

    @Test func histogramRefusesWhatItCannotPlace() {
        #expect(throws: EstimateError.self) { try histogramEdges(spanning: []) }
        #expect(throws: EstimateError.self) { try histogramEdges(spanning: [.nan]) }
        #expect(throws: EstimateError.self) { try histogram([3], edges: [0, 1]) }
        #expect(throws: EstimateError.self) { try histogram([0], edges: [1, 0]) }
    }
}
