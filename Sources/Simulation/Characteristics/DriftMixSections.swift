import Glibc
import Statistics

/// Windows against a reference while nothing has changed: mixes of categories, and numbers.
func driftMixSections(_ size: CharacteristicCatalogue.Size) -> [CharacteristicSection] {
    [mixSection(size), numberSection(size)]
}

/// Shares of an intent mix, and how many requests both sides have.
private struct MixTraffic: Sendable {
    let name: String
    let reference: Int
    let window: Int
    let shares: [Double]
    /// Categories that never occur, as `unseen` does in healthy traffic.
    var empty = 0

    func counts(_ size: Int, _ stream: inout RandomStream) -> [Int] {
        var left = size
        var share = 1.0
        var counts: [Int] = []
        for part in shares.dropLast() {
            let drawn = stream.binomial(left, min(1, part / share))
            counts.append(drawn)
            left -= drawn
            share -= part
        }
        return counts + [left] + [Int](repeating: 0, count: empty)
    }
}

private func mixSection(_ size: CharacteristicCatalogue.Size) -> CharacteristicSection {
    func even(_ categories: Int) -> [Double] {
        [Double](repeating: 1 / Double(categories), count: categories)
    }
    let traffics = [
        MixTraffic(
            name: "50,000 against 200, 6 categories, `unseen` empty", reference: 50_000, window: 200,
            shares: even(6), empty: 1),
        MixTraffic(
            name: "100 against 2,000, 20 categories", reference: 100, window: 2_000, shares: even(20)),
        MixTraffic(
            name: "800 against 80, rare categories", reference: 800, window: 80,
            shares: [0.55, 0.3, 0.1, 0.03, 0.015, 0.005], empty: 1),
        MixTraffic(name: "two weeks of 600, 10 categories", reference: 600, window: 600, shares: even(10)),
    ]
    func cell(
        _ traffic: MixTraffic, _ seed: UInt64,
        _ pValue: @escaping @Sendable ([Int], [Int], UInt64) throws(EstimateError) -> Double
    ) -> CharacteristicCell {
        CharacteristicCell(alpha: 0.05, replications: 4000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            let reference = traffic.counts(traffic.reference, &stream)
            let window = traffic.counts(traffic.window, &stream)
            let p = try? pValue(reference, window, UInt64(replication))
            return CharacteristicTrial(p.map { $0 <= 0.05 } ?? true)
        }
    }
    func row(
        _ name: String, _ assumptions: CharacteristicRow.Assumptions, note: String = "",
        _ seed: UInt64,
        _ pValue: @escaping @Sendable ([Int], [Int], UInt64) throws(EstimateError) -> Double
    ) -> CharacteristicRow {
        let cells = traffics.enumerated().map { cell($1, seed + UInt64($0), pValue) }
        return CharacteristicRow(name, assumptions, note: note, cells: cells)
    }
    func ours(_ name: String, _ measure: CategoryMeasure, _ seed: UInt64) -> CharacteristicRow {
        row(name, .hold, seed) { (reference, window, shuffle) throws(EstimateError) in
            try categoryDrift(
                reference: reference, window: window, measure: measure, resamples: 199, seed: shuffle
            ).test.pValue
        }
    }
    return CharacteristicSection(
        title: "Mixes of categories: false alarms of healthy windows",
        lead: """
            The same shares on both sides, α = .05, ½ a count added to each category. Sluice takes the χ² of two \
            estimated mixes where every expected count is at least 50 (5 for Pearson's), over the categories that \
            occur, and shuffles the labels elsewhere.
            """,
        head: "null", columns: traffics.map(\.name),
        rows: [
            ours("KL(window ‖ reference)", .kl, 4000), ours("PSI", .psi, 4010),
            ours("Jensen–Shannon", .jensenShannon, 4020), ours("Pearson's χ²", .chiSquared, 4030),
            row(
                "2·m·KL as χ², the reference taken for the truth",
                .broken("the reference is an estimate too"), note: "design: 42–49 % of two estimated weeks",
                4000
            ) { (reference, window, _) throws(EstimateError) in
                let smoothed = try klDivergence(smoothedShares(window), from: smoothedShares(reference))
                let size = Double(window.reduce(0, +))
                return try ChiSquared(degreesOfFreedom: Double(window.count - 1)).survival(
                    2 * size * smoothed)
            },
            row(
                "2·nm/(n + m)·KL as χ² whatever the counts",
                .broken("small counts, and categories that never occur"), 4000
            ) { (reference, window, _) throws(EstimateError) in
                let smoothed = try klDivergence(smoothedShares(window), from: smoothedShares(reference))
                let (n, m) = (Double(reference.reduce(0, +)), Double(window.reduce(0, +)))
                let used = zip(reference, window).count { $0 + $1 > 0 }
                return try ChiSquared(degreesOfFreedom: Double(max(1, used - 1)))
                    .survival(2 * n * m / (n + m) * smoothed)
            },
        ])
}

private func numberSection(_ size: CharacteristicCatalogue.Size) -> CharacteristicSection {
    enum Kind: Sendable { case normal, skewed, clumped }
    let kinds: [(name: String, kind: Kind, assumptions: CharacteristicRow.Assumptions)] = [
        ("independent normal scores", .normal, .hold), ("skewed, with ties", .skewed, .hold),
        ("each value six times over", .clumped, .broken("values of one user are not independent")),
    ]
    @Sendable func draw(_ count: Int, _ kind: Kind, _ stream: inout RandomStream) -> [Double] {
        var out: [Double] = []
        while out.count < count {
            let value = stream.normal()
            switch kind {
            case .normal: out.append(value)
            case .skewed: out.append((exp(value) * 4).rounded())
            case .clumped: for _ in 0..<min(6, count - out.count) { out.append(value) }
            }
        }
        return out
    }
    typealias Test = @Sendable ([Double], [Double], UInt64) throws(EstimateError) -> DriftResult
    let tests: [(name: String, test: Test)] = [
        (
            "Kolmogorov–Smirnov",
            { (reference, window, _) throws(EstimateError) in
                try kolmogorovSmirnovDrift(reference: reference, window: window)
            }
        ),
        (
            "Wasserstein-1, permutation",
            { (reference, window, seed) throws(EstimateError) in
                try wassersteinDrift(reference: reference, window: window, resamples: 199, seed: seed)
            }
        ),
        (
            "PSI on 10 reference quantiles",
            { (reference, window, seed) throws(EstimateError) in
                try ReferenceBins(reference).drift(of: window, resamples: 199, seed: seed)
            }
        ),
        (
            "MMD², permutation",
            { (reference, window, seed) throws(EstimateError) in
                try meanDiscrepancyDrift(
                    reference: VectorSample(reference.map { [$0] }),
                    window: VectorSample(window.map { [$0] }), resamples: 199, seed: seed)
            }
        ),
    ]
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        let cells = tests.enumerated().map { column, test in
            CharacteristicCell(alpha: 0.05, replications: 2000) { replication in
                var stream = RandomStream(
                    seed: UInt64(4100 + number * 4 + column), stream: UInt64(replication))
                let reference = draw(120, kind.kind, &stream)
                let window = draw(60, kind.kind, &stream)
                let found = try? test.test(reference, window, UInt64(replication))
                return CharacteristicTrial(found.map { $0.test.pValue <= 0.05 } ?? true)
            }
        }
        rows.append(CharacteristicRow(kind.name, kind.assumptions, cells: cells))
    }
    return CharacteristicSection(
        title: "Numbers: false alarms of healthy windows",
        lead: "120 values against 60 of the same distribution, α = .05.", head: "values",
        columns: tests.map(\.name), rows: rows)
}
