import Statistics
import Testing

/// What cannot be tested says which argument, and why.
@Suite struct SignificanceErrorTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let words: String
        let body: @Sendable () throws(EstimateError) -> Void

        var testDescription: String { name }

        init(_ name: String, _ words: String, _ body: @escaping @Sendable () throws(EstimateError) -> Void) {
            self.name = name
            self.words = words
            self.body = body
        }
    }

    @Test(arguments: cases)
    func eachNamesTheArgument(bad: Bad) {
        do throws(EstimateError) {
            try bad.body()
            Issue.record("\(bad.name) has an answer")
        } catch {
            #expect(error.description == bad.words, "\(bad.name)")
        }
    }

    @Test func thereAreAsManyCasesAsThisSays() { #expect(Self.cases.count == 40) }

    static let cases: [Bad] = counts + means + ranks + associations

    private static let counts: [Bad] = [
        Bad("z, no trials", "0 trials of candidate are too few: 1 are needed") { () throws(EstimateError) in
            _ = try z(1, 2, 0, 0)
        },
        Bad(
            "z, successes above trials",
            "baseline's successes and trials are negative, do not add up or exceed 4,503,599,627,370,496"
        ) {
            () throws(EstimateError) in _ = try z(3, 2, 1, 2)
        },
        Bad(
            "z, negative",
            "candidate's successes and trials are negative, do not add up or exceed 4,503,599,627,370,496"
        ) {
            () throws(EstimateError) in _ = try z(1, 2, -1, 2)
        },
        Bad("z, none succeeded", "the pooled rate must lie strictly between 0 and 1") {
            () throws(EstimateError) in _ = try z(0, 20, 0, 30)
        },
        Bad("Fisher, empty row", "0 observations in row 2 are too few: 1 are needed") {
            () throws(EstimateError) in _ = try FourfoldTable(1, 2, 0, 0)
        },
        Bad(
            "Fisher, negative",
            "the table's counts are negative, do not add up or exceed 4,503,599,627,370,496"
        ) {
            () throws(EstimateError) in _ = try FourfoldTable(1, -2, 1, 0)
        },
        Bad("Fisher, confidence", "confidence must lie strictly between 0 and 1") {
            () throws(EstimateError) in
            _ = try fisherExactTest(FourfoldTable(1, 2, 3, 4), alternative: .less, confidence: 1)
        },
        Bad("McNemar χ², nothing changed", "0 examples that changed are too few: 1 are needed") {
            () throws(EstimateError) in
            _ = try mcNemarChiSquaredTest(
                PairedCounts(both: 4, onlyBaseline: 0, onlyCandidate: 0, neither: 3))
        },
        Bad("fit, one category", "1 categories are too few: 2 are needed") { () throws(EstimateError) in
            _ = try chiSquaredFitTest(observed: [4])
        },
        Bad("fit, nothing counted", "0 observations are too few: 1 are needed") {
            () throws(EstimateError) in _ = try chiSquaredFitTest(observed: [0, 0])
        },
        Bad("fit, negative", "observed are negative, do not add up or exceed 4,503,599,627,370,496") {
            () throws(EstimateError) in
            _ = try chiSquaredFitTest(observed: [4, -1])
        },
        Bad("fit, weight of zero", "weights must be positive and finite") { () throws(EstimateError) in
            _ = try chiSquaredFitTest(observed: [4, 1], weights: [1, 0])
        },
        Bad("fit, unequal", "paired series of unequal length: 2 and 3") { () throws(EstimateError) in
            _ = try chiSquaredFitTest(observed: [4, 1], weights: [1, 1, 1])
        },
        Bad("fit, no freedom", "fitted must be at least 0 and leave a degree of freedom") {
            () throws(EstimateError) in _ = try chiSquaredFitTest(observed: [4, 1], fitted: 1)
        },
        Bad("table, ragged", "paired series of unequal length: 2 and 1") { () throws(EstimateError) in
            _ = try chiSquaredIndependenceTest([[1, 2], [3]])
        },
        Bad("table, empty column", "0 observations in column 2 are too few: 1 are needed") {
            () throws(EstimateError) in _ = try chiSquaredIndependenceTest([[1, 0], [3, 0]])
        },
        Bad("table, correction", "continuity must be false for more than 2 rows or columns") {
            () throws(EstimateError) in
            _ = try chiSquaredIndependenceTest([[1, 2, 3], [3, 4, 5]], continuity: true)
        },
        Bad("family, a p-value of 2", "p-value 1 lies outside the declared range") {
            () throws(EstimateError) in _ = try benjaminiHochbergAdjusted([0.1, 2])
        },
    ]

    private static func z(_ a: Int, _ b: Int, _ c: Int, _ d: Int) throws(EstimateError) -> TwoProportionTest {
        try twoProportionZTest(
            baselineSuccesses: a, baselineTrials: b, candidateSuccesses: c, candidateTrials: d,
            alternative: .twoSided)
    }

    private static let means: [Bad] = [
        Bad("Welch, one value", "1 observations in baseline are too few: 2 are needed") {
            () throws(EstimateError) in
            _ = try welchTTest(baseline: [1], candidate: [1, 2], alternative: .less)
        },
        Bad("Welch, constant", "baseline or candidate must vary") { () throws(EstimateError) in
            _ = try welchTTest(baseline: [1, 1], candidate: [2, 2], alternative: .less)
        },
        Bad("pooled, NaN", "candidate 1 is not a finite number") { () throws(EstimateError) in
            _ = try pooledTTest(baseline: [1, 2], candidate: [1, .nan], alternative: .less)
        },
        Bad("permutation, empty", "0 observations in candidate are too few: 1 are needed") {
            () throws(EstimateError) in
            _ = try permutationTest(baseline: [1], candidate: [], alternative: .less, seed: 0)
        },
        Bad(
            "permutation, constant",
            "all values equal 3.0: without variation, and without a known range, there is no answer"
        ) {
            () throws(EstimateError) in
            _ = try permutationTest(baseline: [3, 3], candidate: [3], alternative: .less, seed: 0)
        },
        Bad("permutation, few draws", "resamples must be at least 100") { () throws(EstimateError) in
            _ = try permutationTest(baseline: [1], candidate: [2], alternative: .less, resamples: 9, seed: 0)
        },
        Bad("permutation, too wide", "the result is too large to be represented") {
            () throws(EstimateError) in
            _ = try permutationTest(
                baseline: [1.7e308, -1.7e308], candidate: [2], alternative: .less, seed: 0)
        },
    ]

    private static let ranks: [Bad] = [
        Bad(
            "Wilcoxon, zeros",
            "all values equal 0.0: without variation, and without a known range, there is no answer"
        ) {
            () throws(EstimateError) in _ = try wilcoxonSignedRankTest([0, 0], alternative: .less)
        },
        Bad("Wilcoxon, exact of many", "method must be asymptotic beyond 200 differences") {
            () throws(EstimateError) in
            _ = try wilcoxonSignedRankTest(
                (1...201).map(Double.init), alternative: .less, distribution: .exact)
        },
        Bad("Mann–Whitney, infinite", "baseline 0 is not a finite number") { () throws(EstimateError) in
            _ = try mannWhitneyTest(baseline: [.infinity], candidate: [1], alternative: .less)
        },
        Bad(
            "Mann–Whitney, constant",
            "all values equal 2.0: without variation, and without a known range, there is no answer"
        ) {
            () throws(EstimateError) in
            _ = try mannWhitneyTest(baseline: [2, 2], candidate: [2], alternative: .less)
        },
        Bad("Mann–Whitney, exact of many", "method must be asymptotic beyond 50 values a sample") {
            () throws(EstimateError) in
            _ = try mannWhitneyTest(
                baseline: (1...51).map(Double.init), candidate: [0.5], alternative: .less,
                distribution: .exact)
        },
        Bad(
            "Hodges–Lehmann, constant",
            "all values equal 2.0: without variation, and without a known range, there is no answer"
        ) {
            () throws(EstimateError) in _ = try hodgesLehmannShift(baseline: [2, 2], candidate: [2])
        },
        Bad("KS, empty", "0 observations are too few: 1 are needed") { () throws(EstimateError) in
            _ = try kolmogorovSmirnovTest([]) { (x) throws(EstimateError) in x }
        },
        Bad("KS, no curve", "the cumulative curve must lie in 0...1") { () throws(EstimateError) in
            _ = try kolmogorovSmirnovTest([3]) { (x) throws(EstimateError) in x }
        },
        Bad(
            "KS, constant",
            "all values equal 2.0: without variation, and without a known range, there is no answer"
        ) {
            () throws(EstimateError) in _ = try kolmogorovSmirnovTest(baseline: [2], candidate: [2, 2])
        },
    ]

    private static let associations: [Bad] = [
        Bad("Pearson, unequal", "paired series of unequal length: 2 and 1") { () throws(EstimateError) in
            _ = try pearsonCorrelation([1, 2], [1])
        },
        Bad("Spearman, constant", "y must vary") { () throws(EstimateError) in
            _ = try spearmanCorrelation([1, 2], [3, 3])
        },
        Bad("Kendall, NaN", "x 1 is not a finite number") { () throws(EstimateError) in
            _ = try kendallCorrelation([1, .nan], [3, 4])
        },
        Bad("partial, a control made of x", "x must vary besides the controls") {
            () throws(EstimateError) in
            _ = try partialCorrelation([1, 2, 3, 5], [2, 1, 4, 3], controls: [[2, 4, 6, 10]])
        },
        Bad("permutation, two pairs", "2 pairs are too few: 3 are needed") { () throws(EstimateError) in
            _ = try correlationPermutationTest(
                [1, 2], [2, 1], kind: .spearman, alternative: .twoSided, seed: 0)
        },
        Bad("pairs needed, none", "correlation must lie strictly between -1 and 1, and not be 0") {
            () throws(EstimateError) in _ = try pairsNeeded(forCorrelation: 0)
        },
    ]
}
