import Statistics
import Testing

/// A table of special-function values in high precision, and how its rows are held against a distribution.
struct SpecialFunctionTable: Sendable, CustomTestStringConvertible {
    let file: String
    /// Rows of the extract under `Fixtures`, and of the whole table.
    let extract: Int
    let whole: Int
    /// The columns of one row, all as numbers: what does not hold.
    let problem: @Sendable ([Double]) throws -> String?

    var testDescription: String { file }

    static let all: [SpecialFunctionTable] = [
        .init(file: "erf_data.txt", extract: 50, whole: 500, problem: errorFunction),
        .init(file: "erf_large_data.txt", extract: 50, whole: 300, problem: errorFunction),
        .init(file: "erf_small_data.txt", extract: 0, whole: 150, problem: errorFunction),
        .init(file: "erf_inv_data.txt", extract: 20, whole: 100, problem: inverseErrorFunction),
        .init(file: "erfc_inv_data.txt", extract: 25, whole: 100, problem: inverseComplement),
        .init(file: "ibeta_data.txt", extract: 50, whole: 500, problem: incompleteBeta),
        .init(file: "ibeta_int_data.txt", extract: 50, whole: 1_000, problem: incompleteBeta),
        .init(file: "ibeta_small_data.txt", extract: 0, whole: 500, problem: incompleteBeta),
        .init(file: "ibeta_inv_data.txt", extract: 52, whole: 1_210, problem: inverseBeta),
        .init(file: "igamma_small_data.txt", extract: 32, whole: 252, problem: incompleteGamma),
        .init(file: "igamma_int_data.txt", extract: 35, whole: 140, problem: incompleteGamma),
        .init(file: "igamma_med_data.txt", extract: 50, whole: 700, problem: incompleteGamma),
        .init(file: "igamma_big_data.txt", extract: 48, whole: 287, problem: incompleteGamma),
        .init(file: "gamma_inv_data.txt", extract: 40, whole: 200, problem: inverseGamma),
        .init(file: "binomial_quantile_data.txt", extract: 63, whole: 2_016, problem: binomialQuantile),
    ]

    /// What the folder of these tables holds besides, and why no row of it is a case here.
    static let leftOut: [(what: String, why: String)] = [
        ("studentized_range_mpmath_ref.json", "no studentized range: nothing compares all pairs of arms"),
        ("apache-commons-testData.txt", "a sample without answers, for fitting a normal law"),
        ("igamma: tgamma(a, z), tgamma_lower(a, z)", "unnormalised; laws use P and Q alone"),
        ("ibeta: beta(a, b, x), betac(a, b, x)", "unnormalised; laws use I and its complement alone"),
    ]

    /// z, erf, erfc with Φ(z√2) = (1 + erf z)/2.
    private static let errorFunction: @Sendable ([Double]) throws -> String? = { row in
        let x = row[0] * 2.0.squareRoot()
        // Rounding x moves a tail by x² of its last place.
        let digits = 1e-14 + 4e-16 * x * x
        let upper = row[2] < 1 ? try Normal.survival(x) : try Normal.cumulative(-x)
        if row[2] > 1e-290, !close(2 * upper, row[2], digits) { return "survival \(upper)" }
        return abs(try Normal.cumulative(x) - 0.5 - row[1] / 2) < 2e-16 ? nil : "cumulative"
    }

    /// p, erf⁻¹: 1 + p loses what lies below its last place.
    private static let inverseErrorFunction: @Sendable ([Double]) throws -> String? = { row in
        let found = try Normal.quantile((1 + row[0]) / 2) / 2.0.squareRoot()
        return close(found, row[1], 1e-13, floor: 1) ? nil : "quantile \(found)"
    }

    /// q, erfc⁻¹ over 0...2.
    private static let inverseComplement: @Sendable ([Double]) throws -> String? = { row in
        let found = try Normal.upperQuantile(row[0] / 2) / 2.0.squareRoot()
        return close(found, row[1], 2e-14, floor: 1e-2) ? nil : "quantile \(found)"
    }

    /// a, b, x, …, …, I, 1 − I.
    private static let incompleteBeta: @Sendable ([Double]) throws -> String? = { row in
        let beta = try Beta(alpha: row[0], beta: row[1])
        let (lower, upper) = (try beta.cumulative(row[2]), try beta.survival(row[2]))
        guard close(lower, row[5], 1e-12, floor: 1e-290) else { return "cumulative \(lower)" }
        guard close(upper, row[6], 1e-12, floor: 1e-290) else { return "survival \(upper)" }
        return nil
    }

    /// a, b, p, I⁻¹, (1 − I)⁻¹; answers below the smallest double, or next to 1, have no digits to compare.
    private static let inverseBeta: @Sendable ([Double]) throws -> String? = { row in
        let beta = try Beta(alpha: row[0], beta: row[1])
        if row[3] > 1e-290, row[3] < 1 {
            let found = try beta.quantile(row[2])
            guard close(found, row[3], 2e-12) else { return "quantile \(found)" }
        }
        if row[4] > 1e-290, row[4] < 1 {
            let found = try beta.upperQuantile(row[2])
            guard close(found, row[4], 2e-12) else { return "upper quantile \(found)" }
        }
        return nil
    }

    /// a, x, then Q and P as the last and third last but one; the extracts hold these alone.
    private static let incompleteGamma: @Sendable ([Double]) throws -> String? = { row in
        let gamma = try Gamma(shape: row[0])
        let (upper, lower) = row.count == 4 ? (row[2], row[3]) : (row[3], row[5])
        let chi = try ChiSquared(degreesOfFreedom: 2 * row[0])
        let found = (try gamma.survival(row[1]), try gamma.cumulative(row[1]))
        guard close(found.0, upper, 3e-13, floor: 1e-290) else { return "survival \(found.0)" }
        guard close(found.1, lower, 3e-13, floor: 1e-290) else { return "cumulative \(found.1)" }
        guard try chi.survival(2 * row[1]) == found.0 else { return "χ²" }
        return nil
    }

    /// a, p, P⁻¹, Q⁻¹.
    private static let inverseGamma: @Sendable ([Double]) throws -> String? = { row in
        let gamma = try Gamma(shape: row[0])
        let found = (try gamma.quantile(row[1]), try gamma.upperQuantile(row[1]))
        guard close(found.0, row[2], 1e-12, floor: 1e-290) else { return "quantile \(found.0)" }
        guard close(found.1, row[3], 1e-12, floor: 1e-290) else { return "upper quantile \(found.1)" }
        return nil
    }

    /// n, p, level, and the real number at which the continued law meets the level: ours is the next whole one.
    private static let binomialQuantile: @Sendable ([Double]) throws -> String? = { row in
        let law = try Binomial(trials: Int(row[0]), probability: row[1])
        let (lower, upper) = (try law.quantile(row[2]), try law.upperQuantile(row[2]))
        guard lower == Int(row[3].rounded(.up)) else { return "quantile \(lower)" }
        guard upper == Int(row[4].rounded(.up)) else { return "upper quantile \(upper)" }
        return nil
    }
}

@Suite struct SpecialFunctionTests {
    @Test(arguments: SpecialFunctionTable.all.filter { $0.extract > 0 })
    func everyRowOfTheExtractHolds(table: SpecialFunctionTable) throws {
        let rows = try Oracles.columns(table.file)
        #expect(rows.count == table.extract)
        for row in rows {
            let problem = try table.problem(row)
            #expect(problem == nil, "\(row)")
        }
    }

    @Test func whatIsLeftOutHasAReason() {
        #expect(SpecialFunctionTable.leftOut.allSatisfy { !$0.why.isEmpty })
        #expect(SpecialFunctionTable.all.map(\.whole).reduce(0, +) == 7_955)
    }
}
