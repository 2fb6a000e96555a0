import Foundation
import Statistics
import Testing

private struct Absent: Error {}

/// What must be there, inside expressions that macros cannot stand in.
private func some<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Absent() }
    return value
}

/// Every case of the published table; those of a function that is not here are listed with the reason.
@Suite struct AgreementKnownAnswers {
    struct Known: Decodable {
        let id: String
        let stat: String
        let level: String?
        let units: [[Double?]]?
        let counts: [[Double]]?
        let confusion: [[Int]]?
        let weights: String?
        let data: String?
        let expected: Expected
        let ase: Double?
        let ase0: Double?
        let se: Double?
        let ci95: [Double]?
        let pa: Double?
        let pe: Double?
        let z: Double?
        let statistic: Double?
        let pTwoSided: Double?
        let pValue: Double?
        let tol: Double

        enum Expected: Decodable {
            case number(Double)
            case numbers([String: Double])

            init(from decoder: Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let value = try? container.decode(Double.self) {
                    self = .number(value)
                } else {
                    self = .numbers(try container.decode([String: Double].self))
                }
            }
        }

        var value: Double? { if case .number(let value) = expected { value } else { nil } }
    }

    /// Fields, not cases: each of the 26 cases has a function.
    static let leftOut = [
        "free_marginal_kappa": "Randolph's κ assumes raters without habits; no caller",
        "S": "Bennett's S is Randolph's κ of two raters",
        "p_value of gwet": "a t-test against no agreement decides nothing here; the interval does",
    ]

    static func cases() throws -> [Known] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try Oracles.text("agreement/cases.jsonl").split(separator: "\n").map {
            try decoder.decode(Known.self, from: Data($0.utf8))
        }
    }

    @Test func everyCaseIsReproduced() throws {
        var seen: [String: Int] = [:]
        for known in try AgreementKnownAnswers.cases() {
            switch known.stat {
            case "krippendorff_alpha": try krippendorff(known)
            case "gwet_ac1", "gwet_ac2": try gwet(known)
            case "fleiss_kappa", "fleiss_kappa_missing": try fleiss(known)
            case "cohen_kappa", "cohen_kappa_weighted": try cohen(known)
            case "agreement bundle": try bundle(known)
            case let stat where stat.hasPrefix("R irr"): try irr(known)
            default: Issue.record("no function for \(known.id)")
            }
            seen[known.stat.hasPrefix("R irr") ? "irr" : known.stat, default: 0] += 1
        }
        #expect(seen.values.reduce(0, +) == 26)
        #expect(seen["krippendorff_alpha"] == 8 && seen["irr"] == 7 && seen["fleiss_kappa"] == 5)
        #expect(AgreementKnownAnswers.leftOut.count == 3)
    }

    private func krippendorff(_ known: Known) throws {
        let levels: [String: MeasurementLevel] = [
            "nominal": .nominal, "ordinal": .ordinal, "interval": .interval, "ratio": .ratio,
        ]
        let level = try some(levels[known.level ?? ""])
        let alpha = try krippendorffAlpha(try some(known.units), level: level)
        #expect(abs(alpha.value - (try some(known.value))) <= known.tol, "\(known.id)")
    }

    private func check(_ estimate: AgreementEstimate, _ known: Known) throws {
        #expect(abs(estimate.value - (try some(known.value))) <= known.tol, "\(known.id)")
        if let error = known.se ?? known.ase {
            #expect(abs((try some(estimate.standardError)) - error) <= max(known.tol, 5e-5))
        }
        if let raw = known.pa { #expect(abs(estimate.observed - raw) <= known.tol) }
        if let chance = known.pe { #expect(abs(estimate.expected - chance) <= known.tol) }
        if let ends = known.ci95 {
            let interval = try some(estimate.interval)
            #expect(abs(interval.lower - ends[0]) <= max(known.tol, 6e-5), "\(known.id)")
            #expect(abs(interval.upper - ends[1]) <= max(known.tol, 6e-5), "\(known.id)")
        }
        if let z = known.z ?? known.statistic {
            let test = try some(estimate.test)
            #expect(abs((test.statistic ?? 0) - z) <= 1e-4 * max(1, abs(z)), "\(known.id)")
            let p = known.pTwoSided ?? known.pValue ?? 0
            #expect(abs(test.pValue - p) <= 6e-5, "\(known.id)")
        }
    }

    private func gwet(_ known: Known) throws {
        let counts = try RatingCounts(ratings: try some(known.units))
        let weights: AgreementWeights = known.weights == "bipolar" ? .bipolar : .identity
        try check(gwetAgreement(counts, weights: weights, confidence: 0.95), known)
    }

    private func fleiss(_ known: Known) throws {
        let counts =
            try known.units.map { try RatingCounts(ratings: $0) }
            ?? RatingCounts(try some(known.counts))
        try check(fleissKappa(counts, confidence: 0.95), known)
    }

    private func cohen(_ known: Known) throws {
        let weights: AgreementWeights = known.weights == "linear" ? .linear : .identity
        try check(
            cohenKappa(try some(known.confusion), weights: weights, confidence: 0.95), known)
    }

    private func irr(_ known: Known) throws {
        let rows = try Oracles.text("agreement/" + (try some(known.data))).split(separator: "\n")
            .dropFirst().map { line in try line.split(separator: ",").map { try some(Double($0)) } }
        if known.stat.contains("kappam") {
            try check(fleissKappa(RatingCounts(ratings: rows.map { $0.map(\.self) })), known)
            return
        }
        let (one, other) = known.stat.contains("1:2") ? (0, 1) : (1, 2)
        let schemes: [(String, AgreementWeights)] = [
            ("c(0,0,0,1,1,1)", .byDistance([0, 0, 0, 1, 1, 1])),
            ("c(0,0,1,1,2,2)", .byDistance([0, 0, 1, 1, 2, 2])), ("equal", .linear),
            ("squared", .quadratic), ("c(0,0,1,1,2)", .byDistance([0, 0, 1, 1, 2])),
        ]
        let weights = schemes.first { known.stat.contains($0.0) }?.1 ?? .identity
        // The package numbers the categories that occur from 1 to the largest.
        let table = try confusionTable(rows.map { $0[one] }, rows.map { $0[other] })
        #expect(table.categories.count >= 5)
        if known.stat.contains("kappa2(anxiety[,1:2]") { #expect(table.categories.count == 6) }
        try check(cohenKappa(table.counts, weights: weights), known)
    }

    private func bundle(_ known: Known) throws {
        guard case .numbers(let expected) = known.expected else { return }
        var labels: [[String]: String] = [:]
        for line in try Oracles.text("agreement/artstein_poesio_example.txt").split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            labels[[fields[0], fields[1]]] = fields[2]
        }
        let items = Set(labels.keys.map { $0[1] }).sorted()
        let codes = ["stat": 0.0, "ireq": 1, "chck": 2]
        let ratings = try items.map { item in
            try ["a", "b"].map { try some(codes[try some(labels[[$0, item]])]) }
        }
        let table = try confusionTable(ratings.map { $0[0] }, ratings.map { $0[1] })
        let kappa = try cohenKappa(table.counts)
        let optional = ratings.map { $0.map(Optional.some) }
        let scott = try fleissKappa(RatingCounts(ratings: optional))
        let alpha = try krippendorffAlpha(optional, level: .nominal)
        #expect(abs(kappa.observed - (expected["avg_Ao"] ?? 0)) < 1e-12)
        #expect(abs(kappa.value - (expected["cohen_kappa"] ?? 0)) < 1e-5)
        #expect(abs(scott.value - (expected["scott_pi"] ?? 0)) < 1e-5)
        #expect(abs(alpha.value - (expected["krippendorff_alpha_nominal"] ?? 0)) < 1e-5)
    }
}

@Suite struct AgreementTests {
    /// FORMULAS; the three coders are Krippendorff's example of 15 units.
    static let coders: [[Double?]] = {
        let first: [Double?] = [nil, nil, nil, nil, nil, 3, 4, 1, 2, 1, 1, 3, 3, nil, 3]
        let second: [Double?] = [1, nil, 2, 1, 3, 3, 4, 3, nil, nil, nil, nil, nil, nil, nil]
        let third: [Double?] = [nil, nil, 2, 1, 3, 4, 4, nil, 2, 1, 1, 3, 3, nil, 4]
        return (0..<15).map { [first[$0], second[$0], third[$0]] }
    }()

    @Test(arguments: [
        (MeasurementLevel.nominal, 0.691358), (.ordinal, 0.806721), (.interval, 0.810845), (.ratio, 0.808944),
    ])
    func alphaOfThreeCodersIsAsPublished(level: MeasurementLevel, expected: Double) throws {
        let alpha = try krippendorffAlpha(AgreementTests.coders, level: level)
        #expect(abs(alpha.value - expected) < 1e-6)
        #expect(alpha.units == 12 && alpha.values == 26)
        let interval = try krippendorffAlphaInterval(
            AgreementTests.coders, level: level, resamples: 2_000, seed: 3)
        #expect(interval.contains(alpha.value) && interval.lower > -1 && interval.upper <= 1)
        let again = try krippendorffAlphaInterval(
            AgreementTests.coders, level: level, resamples: 2_000, seed: 3)
        #expect(again == interval)
    }

    @Test func cohenAndRawNumbersOfTheDesign() throws {
        let kappa = try cohenKappa([[20, 5], [10, 15]])
        #expect(abs(kappa.value - 0.4) < 1e-12)
        #expect(abs((try some(kappa.standardError)) - 0.126996) < 1e-6)
        #expect(abs(try chanceCorrectedAgreement(observed: 0.84, expected: 0.27) - 0.78) < 1e-3)
        let fleiss = try AgreementKnownAnswers.cases().first { $0.id == "fleiss-wikipedia" }
        let counts = try RatingCounts(try some(fleiss?.counts))
        #expect(abs(try fleissKappa(counts).value - 0.209931) < 1e-6)
    }

    /// Two raters agree on 94 % of units, nearly all of one kind: κ calls it worse than chance, AC1 does not.
    @Test func prevalenceMakesKappaCollapseAndNotAC1() throws {
        let kappa = try cohenKappa([[118, 5], [2, 0]])
        #expect(abs(kappa.observed - 0.944) < 1e-12)
        #expect(abs(kappa.value - -0.0234) < 5e-5)
        var ratings: [[Double?]] = Array(repeating: [0, 0], count: 118)
        ratings += Array(repeating: [0, 1], count: 5) + Array(repeating: [1, 0], count: 2)
        let gwet = try gwetAgreement(RatingCounts(ratings: ratings))
        #expect(abs(gwet.observed - 0.944) < 1e-12)
        #expect(abs(gwet.value - 0.9408) < 5e-5)
    }

    @Test func whatCannotBeComputedIsAnErrorThatSaysWhy() throws {
        let alone = EstimateError.invalidParameter("ratings", must: "use at least two categories")
        #expect(throws: alone) { try cohenKappa([[7, 0], [0, 0]]) }
        #expect(throws: alone) { try RatingCounts(ratings: [[1, 1], [1, 1]]) }
        #expect(throws: alone) { try fleissKappa(RatingCounts([[3, 0], [3, 0]])) }
        #expect(throws: EstimateError.invalidParameter("ratings", must: "not all be the same")) {
            try krippendorffAlpha([[1, 1], [1, nil]], level: .interval)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "units with two ratings")) {
            try krippendorffAlpha([[1, nil], [nil, 2]], level: .nominal)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "units with two ratings")) {
            try RatingCounts(ratings: [[1, nil], [nil, 2]])
        }
        #expect(throws: EstimateError.notFinite(index: 1, of: "rating")) {
            try krippendorffAlpha([[1, .nan]], level: .nominal)
        }
        #expect(throws: EstimateError.self) { try krippendorffAlpha([[-1, 2]], level: .ratio) }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "units")) {
            try cohenKappa([[1, 0], [0, 0]])
        }
        #expect(throws: EstimateError.self) { try cohenKappa([[1, 2], [3]]) }
        #expect(throws: EstimateError.invalidCounts("the counts of the confusion table")) {
            try cohenKappa([[1, -2], [3, 4]])
        }
        #expect(throws: EstimateError.self) { try cohenKappa([[1, 2], [3, 4]], weights: .byDistance([0])) }
        #expect(throws: EstimateError.self) { try RatingCounts([[1, -1]]) }
        #expect(throws: EstimateError.self) { try chanceCorrectedAgreement(observed: 1, expected: 1) }
    }

    /// Perfect agreement has a value, and no interval: nothing varies that could give one.
    @Test func perfectAgreementHasNoIntervalOfWidthZero() throws {
        let kappa = try cohenKappa([[5, 0], [0, 5]])
        #expect(kappa.value == 1 && kappa.interval == nil && kappa.standardError == nil)
        #expect(kappa.test != nil)
        let fleiss = try fleissKappa(RatingCounts([[3, 0], [0, 3], [3, 0]]))
        #expect(fleiss.value == 1 && fleiss.interval == nil)
        let gwet = try gwetAgreement(RatingCounts([[3, 0], [3, 0], [3, 0]]))
        #expect(gwet.value == 1 && gwet.interval == nil)
        #expect(throws: EstimateError.self) {
            try krippendorffAlphaInterval([[1, 1], [2, 2], [3, 3]], level: .nominal, seed: 1)
        }
    }

    @Test(arguments: 0..<20)
    func coefficientsKeepTheirSymmetries(seed: Int) throws {
        var stream = RandomStream(seed: 11, stream: UInt64(seed))
        let q = 2 + stream.index(below: 4)
        var table = (0..<q).map { _ in (0..<q).map { _ in stream.index(below: 9) } }
        table[0][0] += 2
        table[1][1] += 2
        let turned = (0..<q).map { row in (0..<q).map { table[$0][row] } }
        for weights in [AgreementWeights.identity, .linear, .quadratic, .bipolar] {
            let one = try cohenKappa(table, weights: weights)
            let other = try cohenKappa(turned, weights: weights)
            #expect(close(one.value, other.value, 1e-10, floor: 1e-3))
            #expect(close(one.standardError ?? 0, other.standardError ?? 0, 1e-10, floor: 1e-3))
            #expect(one.value <= 1)
            // Ten times the units: the same value, and an error smaller by √10.
            let many = try cohenKappa(table.map { $0.map { 10 * $0 } }, weights: weights)
            #expect(close(many.value, one.value, 1e-10, floor: 1e-3))
            let ratio = (one.standardError ?? 0) / (many.standardError ?? 1)
            #expect(abs(ratio - 10.0.squareRoot()) < 1e-9)
            let narrow = try cohenKappa(table, weights: weights, confidence: 0.5).interval
            if let wide = one.interval, let narrow {
                #expect(wide.lower <= narrow.lower && narrow.upper <= wide.upper)
            }
        }
        // With two categories every weighting is the plain one.
        let pair = [[table[0][0], table[0][1]], [table[1][0], table[1][1]]]
        #expect(
            close(
                try cohenKappa(pair, weights: .quadratic).value, try cohenKappa(pair).value, 1e-12,
                floor: 1e-3))

        var ratings: [[Double?]] = []
        for _ in 0..<12 {
            ratings.append(
                (0..<4).map { _ in stream.index(below: 5) == 0 ? nil : Double(1 + stream.index(below: q)) })
        }
        ratings += [[1, 2, 1, 1], [2, 2, 2, nil]]
        let shuffled = ratings.reversed().map { Array($0.reversed()) }
        for level in MeasurementLevel.allCases {
            let alpha = try krippendorffAlpha(ratings, level: level).value
            #expect(close(alpha, try krippendorffAlpha(Array(shuffled), level: level).value, 1e-10, floor: 1))
            // A positive factor changes no level; a shift none but the ratio.
            let scaled = ratings.map { $0.map { $0.map { 1e200 * $0 } } }
            #expect(close(alpha, try krippendorffAlpha(scaled, level: level).value, 1e-10, floor: 1))
            let moved = ratings.map { $0.map { $0.map { $0 + 7 } } }
            let after = try krippendorffAlpha(moved, level: level).value
            if level != .ratio { #expect(close(alpha, after, 1e-10, floor: 1)) }
        }
        let counts = try RatingCounts(ratings: ratings)
        let backwards = try RatingCounts(ratings: Array(shuffled))
        #expect(close(try fleissKappa(counts).value, try fleissKappa(backwards).value, 1e-10, floor: 1))
        #expect(close(try gwetAgreement(counts).value, try gwetAgreement(backwards).value, 1e-10, floor: 1))
    }
}
