/// McNemar's χ² test of paired counts, two-sided: the large-sample form that others report.
///
/// ``exactMcNemar`` needs no large sample and is what gates use.
///
/// - Parameter continuity: Whether the difference is moved by 1 towards zero (Edwards).
/// - Throws: `EstimateError.tooFew` where no example changed.
/// - Complexity: O(1).
///
/// Q. McNemar, Psychometrika 12 (1947) 153–157; A. L. Edwards, Psychometrika 13 (1948) 185–187.
public func mcNemarChiSquaredTest(
    _ counts: PairedCounts, continuity: Bool = true
) throws(EstimateError) -> TestResult {
    try requireCount(counts.discordant, atLeast: 1, "examples that changed")
    let difference = abs(Double(counts.onlyBaseline) - Double(counts.onlyCandidate))
    let distance = continuity ? max(0, difference - 1) : difference
    let statistic = distance * distance / Double(counts.discordant)
    return try TestResult(
        pValue: ChiSquared(degreesOfFreedom: 1).survival(statistic), statistic: statistic,
        degreesOfFreedom: 1, method: continuity ? "McNemar χ², continuity" : "McNemar χ²")
}
