import Statistics

/// How alike the candidate's answer is to production's, beside how alike production is to itself.
public struct OverlapChange: Sendable {
    public let name: String
    public let summary: String
    public let pairs: Int
    public let keys: Int
    /// The candidate with production, in `0...1`.
    public let candidate: Reading
    /// Production with its own second answer, over the pairs that have one; nil without the third arm.
    public let noise: Reading?
    /// Candidate's likeness less production's own, over the same pairs.
    public let difference: Reading?
    /// Whether the candidate is less like production than production is, over keys.
    public let test: TestResult?
    public internal(set) var adjusted: Double?

    /// - Parameters:
    ///   - all: In `candidate` the likeness of the candidate; `production` is not read.
    ///   - three: In `production` the likeness of production's second answer.
    init?(
        _ name: String, _ summary: String, all: KeyedValues, three: KeyedValues, confidence: Double,
        seed: UInt64
    ) {
        guard all.count > 0 else { return nil }
        let means = all.means
        self.name = name
        self.summary = summary
        pairs = all.count
        keys = means.count
        func mean(_ values: [Double]) -> Reading {
            Reading((try? moments(values).mean) ?? .nan, n: values.count, method: "mean over keys") {
                () throws(EstimateError) in
                try keyedInterval(values, range: 0...1, confidence: confidence)
            }
        }
        candidate = mean(means.candidate)
        guard three.count > 0 else {
            noise = nil
            difference = nil
            test = nil
            return
        }
        let both = three.means
        noise = mean(both.production)
        let differences = both.differences
        difference = Reading(
            (try? moments(differences).mean) ?? .nan, n: both.count,
            method: "mean paired difference over keys"
        ) { () throws(EstimateError) in
            try keyedInterval(differences, range: -1...1, confidence: confidence)
        }
        test = try? pairedMeanTest(differences, alternative: .less, seed: seed)
    }
}
