import Foundation
import Statistics
import Testing

/// Every row of `significance.jsonl` is computed, or left out with its reason.
@Suite struct KnownSignificanceTests {
    /// A row of which we have no function of that name.
    private static let leftOut: [String: String] = [
        "Barnard exact test, Wald statistic, pooled variance": "not a test that a gate or a monitor uses",
        "boschloo exact": "not a test that a gate or a monitor uses",
        "G-test with continuity correction": "χ² is what drift and stages use",
        "G-test no correction": "χ² is what drift and stages use",
        "unpooled z with continuity correction": "the z-test pools, as FORMULAS has it",
        "Bonferroni": "Holm is never weaker", "Hochberg": "assumes more than Holm does",
        "SidakSS": "assumes independence", "SidakSD": "assumes independence",
        "BY": "Benjamini–Hochberg is the one in use",
        "TSBH_0.05": "Benjamini–Hochberg is the one in use",
        "relative": "a relative difference is tested by the log ratio, not by the delta method",
    ]

    private typealias Object = [String: Any]

    private static func rows() throws -> [Object] {
        try Oracles.text("significance.jsonl").split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? Object)
        }
    }

    private static func side(_ row: Object) -> Alternative {
        switch row["alternative"] as? String {
        case "less": .less
        case "greater": .greater
        default: .twoSided
        }
    }

    @Test func everyRowIsComputedOrLeftOutWithItsReason() throws {
        var computed: [String: Int] = [:]
        var skipped = 0
        for row in try Self.rows() {
            let stat = try #require(row["stat"] as? String)
            let isComputed =
                switch stat {
                case "fisher_exact": try Self.fisher(row)
                case "mann_whitney": try Self.mannWhitney(row)
                case "welch_t_two_sample": try Self.welch(row)
                case "two_proportions": try Self.twoProportions(row)
                case "p_adjust": try Self.adjusted(row)
                default: false
                }
            if isComputed {
                computed[stat, default: 0] += 1
            } else {
                let method = row["method"] as? String ?? "relative"
                #expect(Self.leftOut[method] != nil, "\(stat) \(method) has no reason")
                skipped += 1
            }
        }
        #expect(
            computed == [
                "fisher_exact": 84, "mann_whitney": 28, "welch_t_two_sample": 1, "two_proportions": 4,
                "p_adjust": 6,
            ])
        #expect(skipped == 24)
    }

    private static func fisher(_ row: Object) throws -> Bool {
        let cells = try #require(row["table"] as? [[Int]])
        let expected = try #require(row["expected"] as? Object)
        let table = try FourfoldTable(cells[0][0], cells[0][1], cells[1][0], cells[1][1])
        let level = try #require(row["level"] as? Double)
        let test = try fisherExactTest(table, alternative: side(row), confidence: level)
        let limits = try #require(expected["ci"] as? [Any])
        let id = row["id"] ?? ""
        #expect(close(test.test.pValue, try #require(expected["p_value"] as? Double), 1e-9), "\(id)")
        #expect(same(test.oddsRatio, expected["conditional_odds_ratio"]), "\(id) \(String(describing: test))")
        #expect(same(test.lower, limits[0]) && same(test.upper, limits[1]), "\(id) \(test)")
        return true
    }

    /// R writes an unbounded odds ratio as infinite, and solves for the ratio, or its inverse above 1, with its
    /// solver's default tolerance of 1.2e-4; `theOddsRatiosOfFisherMatchMpmath` is exact.
    private static func same(_ value: Double?, _ expected: Any?) -> Bool {
        guard let number = expected as? Double else { return value == nil }
        guard let value else { return false }
        func scale(_ ratio: Double) -> Double { ratio > 1 ? 2 - 1 / ratio : ratio }
        return abs(scale(value) - scale(number)) < 1.3e-4
    }

    private static func mannWhitney(_ row: Object) throws -> Bool {
        let expected = try #require(row["expected"] as? Object)
        // Their first sample is the one that the alternative speaks of.
        let test = try mannWhitneyTest(
            baseline: #require(row["y"] as? [Double]), candidate: #require(row["x"] as? [Double]),
            alternative: side(row), distribution: row["method"] as? String == "exact" ? .exact : .asymptotic,
            continuity: #require(row["continuity"] as? Bool))
        let id = row["id"] ?? ""
        #expect(test.test.statistic == expected["U_x"] as? Double, "\(id)")
        #expect(close(test.test.pValue, try #require(expected["p"] as? Double), 1e-9), "\(id)")
        return true
    }

    private static func welch(_ row: Object) throws -> Bool {
        let config = try #require(row["config"] as? Object)
        guard config["difference"] as? String == "absolute" else { return false }
        let expected = try #require(row["expected"] as? Object)
        let before = try summary(#require(row["control"] as? Object))
        let after = try summary(#require(row["treatment"] as? Object))
        let test = try welchTTest(
            baseline: before, candidate: after, alternative: .twoSided, confidence: 0.95)
        let limits = try #require(expected["ci"] as? [Double])
        #expect(abs(test.difference - (try #require(expected["effect"] as? Double))) < 1e-5)
        #expect(abs(test.standardError - (try #require(expected["se"] as? Double))) < 1e-5)
        #expect(abs(test.test.pValue - (try #require(expected["p"] as? Double))) < 1e-5)
        #expect(abs(test.interval.lower - limits[0]) < 1e-5 && abs(test.interval.upper - limits[1]) < 1e-5)
        return true
    }

    /// Moments with the count, sum and sum of squares given: two values, as often as it takes.
    private static func summary(_ arm: Object) throws -> Moments {
        let n = try #require(arm["n"] as? Int)
        let sum = try #require(arm["sum"] as? Double)
        let squares = try #require(arm["sum_squares"] as? Double)
        let mean = sum / Double(n)
        let deviation = ((squares - sum * mean) / Double(n)).squareRoot()
        // Half of them a deviation below the mean and half above; an odd one stands at the mean.
        let half = n / 2
        let reach = n % 2 == 0 ? deviation : deviation * (Double(n) / Double(n - 1)).squareRoot()
        var values = [Double](repeating: mean - reach, count: half)
        values += [Double](repeating: mean + reach, count: half)
        if n % 2 == 1 { values.append(mean) }
        return try moments(values)
    }

    private static func twoProportions(_ row: Object) throws -> Bool {
        let control = try #require(row["control"] as? [String: Int])
        let treatment = try #require(row["treatment"] as? [String: Int])
        let (before, trials) = (try #require(control["successes"]), try #require(control["n"]))
        let (after, others) = (try #require(treatment["successes"]), try #require(treatment["n"]))
        let expected = try #require((row["expected"] as? Object)?["p"] as? Double)
        let found: Double
        switch row["method"] as? String {
        case "fisher exact two-sided", "fisher exact":
            let table = try FourfoldTable(after, others - after, before, trials - before)
            found = try fisherExactTest(table, alternative: side(row)).test.pValue
        case "pooled z with continuity correction":
            let test = try twoProportionZTest(
                baselineSuccesses: before, baselineTrials: trials, candidateSuccesses: after,
                candidateTrials: others, alternative: .twoSided, continuity: true)
            #expect(close(test.difference, -0.08189482135688475, 1e-12))
            found = test.test.pValue
        case "Pearson chi2 with Yates":
            let rows = [[before, trials - before], [after, others - after]]
            found = try chiSquaredIndependenceTest(rows, continuity: true).test.pValue
        default: return false
        }
        #expect(close(found, expected, 1e-6), "\(row["id"] ?? "")")
        return true
    }

    private static func adjusted(_ row: Object) throws -> Bool {
        let values = try #require(row["p"] as? [Double])
        let found: [Double]
        switch row["method"] as? String {
        case "Holm": found = try holmAdjusted(values)
        case "BH": found = try benjaminiHochbergAdjusted(values)
        default: return false
        }
        for (value, expected) in zip(found, try #require(row["adjusted"] as? [Double])) {
            #expect(close(value, expected, 1e-9))
        }
        return true
    }

    // MARK: Other sources

    @Test func theStageEndOfADayOfTraffic() throws {
        // FORMULAS: 12 % of 495,000 against 14 % of 5,000.
        let test = try twoProportionZTest(
            baselineSuccesses: 59_400, baselineTrials: 495_000, candidateSuccesses: 700,
            candidateTrials: 5_000, alternative: .twoSided)
        #expect(close(test.pooledRate, 0.1202, 1e-12))
        #expect(abs(test.standardError - 0.00462) < 5e-6)
        #expect(abs(try #require(test.test.statistic) - 4.33) < 0.005)
        #expect(test.test.method == "two-proportion z, pooled, two-sided")
    }

    @Test func pairedAndUnpairedTestsOfGSM8KMatchStatsmodels() throws {
        let data = try Data(contentsOf: Oracles.folder.appendingPathComponent("gsm8k-model-runs.json"))
        let file = try JSONDecoder().decode([String: Row].self, from: data)
        var seen = 0
        for (name, row) in file {
            guard case .tables(let table)? = row.fields["table"] else { continue }
            let cells = table.map { $0.map { Int($0) } }
            let counts = try PairedCounts(
                both: cells[0][0], onlyBaseline: cells[0][1], onlyCandidate: cells[1][0], neither: cells[1][1]
            )
            let corrected = try mcNemarChiSquaredTest(counts)
            #expect(close(try #require(corrected.statistic), try row("mcnemar_cc_chi2"), 1e-12), "\(name)")
            #expect(close(corrected.pValue, try row("mcnemar_cc_p"), 1e-9), "\(name)")
            let unpaired = try twoProportionZTest(
                baselineSuccesses: cells[0][0] + cells[0][1], baselineTrials: counts.n,
                candidateSuccesses: cells[0][0] + cells[1][0], candidateTrials: counts.n,
                alternative: .twoSided)
            // Their z is the baseline's rate less the candidate's.
            #expect(close(-(try #require(unpaired.test.statistic)), try row("unpaired_z"), 1e-10), "\(name)")
            #expect(close(unpaired.test.pValue, try row("unpaired_p"), 1e-9), "\(name)")
            seen += 1
        }
        #expect(seen == 6)
    }

    @Test(arguments: [
        // reference-outputs/clinc-oos.json, exact by statsmodels: fixed and regressed of two candidates.
        (210, 329, 3.3523090142150975e-07), (864, 195, 6.04040228303716e-101),
    ])
    func mcNemarOfTheIntentSetMatchesStatsmodels(regressed: Int, fixed: Int, expected: Double) throws {
        let counts = try PairedCounts(both: 0, onlyBaseline: regressed, onlyCandidate: fixed, neither: 0)
        let exact = try exactMcNemar(counts, alternative: .twoSided)
        #expect(close(exact.pValue, expected, 1e-10))
        #expect(exact.statistic == Double(fixed))
        let mid = try midPMcNemar(counts, alternative: .twoSided)
        #expect(mid.pValue < exact.pValue && mid.pValue > exact.pValue / 2)
    }

    @Test func midPMatchesThePublishedExample() throws {
        // Fagerland, Lydersen, Laake (2013), table 1: 1 and 7 of 21 pairs changed; exact .0703, mid-p .0391.
        let airway = try PairedCounts(both: 1, onlyBaseline: 1, onlyCandidate: 7, neither: 12)
        #expect(abs(try exactMcNemar(airway, alternative: .twoSided).pValue - 0.0703) < 5e-5)
        #expect(abs(try midPMcNemar(airway, alternative: .twoSided).pValue - 0.0391) < 5e-5)
        #expect(abs(try mcNemarChiSquaredTest(airway, continuity: false).pValue - 0.0339) < 5e-5)
        #expect(abs(try mcNemarChiSquaredTest(airway).pValue - 0.0771) < 5e-5)
    }

    @Test(arguments: [
        // mpmath, 40 digits, by bisection over the whole support: the ratio and its 95 % limits.
        ([200, 7, 8, 300], [1004.392683137, 350.7714379908, 3449.631222663]),
        ([28, 21, 6, 1957], [421.402362931, 151.9935238964, 1379.605512806]),
        ([100, 2, 1000, 5], [0.2505282185964, 0.04037949166963, 2.662843034619]),
        ([8, 2, 1, 5], [15.46581971692, 1.008849207948, 1059.639495086]),
    ])
    func theOddsRatiosOfFisherMatchMpmath(cells: [Int], expected: [Double]) throws {
        let table = try FourfoldTable(cells[0], cells[1], cells[2], cells[3])
        let test = try fisherExactTest(table, alternative: .twoSided, confidence: 0.95)
        #expect(close(try #require(test.oddsRatio), expected[0], 1e-11))
        #expect(close(try #require(test.lower), expected[1], 1e-11))
        #expect(close(try #require(test.upper), expected[2], 1e-11))
        #expect(test.test.statistic == test.oddsRatio)
    }

    @Test func fisherOfLargeTablesDoesNotUnderflow() throws {
        // log10 of the p-values by exact integers (Python's math.comb, fractions summed by R's rule).
        for (cells, logarithm) in Self.largeTables {
            let table = try FourfoldTable(cells[0], cells[1], cells[2], cells[3])
            let p = try fisherExactTest(table, alternative: .twoSided).test.pValue
            #expect(abs(log10(p) - logarithm) < 1e-9, "\(cells) \(p)")
        }
        let beyond = try FourfoldTable(100_000, 0, 0, 100_000)
        #expect(try fisherExactTest(beyond, alternative: .twoSided).test.pValue > 0)
    }

    private static let largeTables: [([Int], Double)] = [
        ([500, 10, 20, 480], -246.34044579231494),
        ([1200, 800, 900, 1100], -20.614885081926076),
        ([3, 4997, 40, 4960], -8.548964488266368),
        ([60, 1940, 2000, 8000], -100.33153337929932),
        ([900, 100, 150, 850], -276.9828133655636),
    ]
}
