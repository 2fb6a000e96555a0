import Statistics

extension Bench {
    /// Rank tests of two samples of 100,000: nearly normal, the second a little higher.
    static let ranks: [Bench] = [
        Bench(name: "mann-whitney", repeats: 5) { repeats in
            let (one, other) = samples
            var kept = 0.0
            for _ in 0..<repeats {
                let test = try mannWhitneyTest(
                    baseline: one, candidate: other, alternative: .twoSided, distribution: .asymptotic)
                kept += test.test.pValue
            }
            return kept
        },
        Bench(name: "kolmogorov-smirnov", repeats: 5) { repeats in
            let (one, other) = samples
            var kept = 0.0
            for _ in 0..<repeats {
                kept +=
                    try kolmogorovSmirnovTest(
                        baseline: one, candidate: other, alternative: .twoSided, distribution: .asymptotic
                    ).pValue
            }
            return kept
        },
    ]

    private static let samples = (
        differences(100_000, seed: 2), differences(100_000, seed: 3).map { $0 + 0.01 }
    )
}
