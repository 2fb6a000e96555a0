let testEntries: [StatisticEntry] =
    countTestEntries + meanTestEntries + rankTestEntries + distributionTestEntries + familyEntries

extension StatisticEntry.Argument {
    static let baseline = Self("baseline", "numbers", "independent values of the baseline")
    static let candidate = Self("candidate", "numbers", "independent values of the candidate")
    static let differences = Self("differences", "numbers", "candidate minus baseline, one an example")
    static let resamples = Self(
        "resamples", "a count of at least 100", fallback: "10000", "random draws where the test is not exact")
    static let continuity = Self(
        "continuity", "true or false", fallback: "true", "whether the normal approximation is corrected by ½")
    static let nullMethod = Self(
        "method", "automatic, exact or asymptotic", fallback: "automatic",
        "how p is obtained; exact where the sample is not too large for it, which is said")
}
