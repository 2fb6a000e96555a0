import Domain

/// The frame of the measures of judged rankings: trec_eval's, by the names that a policy writes.
///
/// Judgements are the example's gold documents: a list, each of grade 1, or a mapping of documents to grades, of which 0
/// says that a document was judged irrelevant, and -1 that it was to be judged and was not. Not applicable where the example names no relevant document; failed where the answer shows no documents. An
/// app that failed scores worst.
enum TrecMetric {
    static let needs: [MetricFamily.Need] = [.observed("documents"), .expected("retrieval_gold_doc_ids")]

    /// A measure without a parameter, whose mean over examples is the value.
    static func family(
        _ name: String, nature: Nature = .share(.retrieval), worst: Double? = 0,
        summary: String, source: String, example: String,
        _ score: @escaping @Sendable (JudgedRanking) -> Double
    ) -> MetricFamily {
        MetricFamily(
            name: name, needs: needs, summary: summary, source: source, example: example, nature: nature,
            whenAppFailed: failure(worst), measure: { measure(&$0) { .value(score($0)) } })
    }

    /// A measure of the first k.
    static func cutoff(
        _ name: String, nature: Nature = .share(.retrieval), worst: Double? = 0,
        summary: String, source: String, example: String,
        _ score: @escaping @Sendable (JudgedRanking, Int) -> Double
    ) -> MetricFamily {
        MetricFamily(
            name: name, parameter: .cutoff, needs: needs, summary: summary, source: source, example: example
        ) { request, _ throws(MetricProblem) in
            let k = try request.cutoff()
            return MetricDefinition(
                name: request.name, summary: summary, source: source, nature: nature,
                whenAppFailed: failure(worst), measure: { measure(&$0) { .value(score($0, k)) } })
        }
    }

    /// A measure with a number in brackets: `iprec_at_recall[0.1]`.
    static func numbered(
        _ name: String, in range: ClosedRange<Double>, summary: String, source: String, example: String,
        _ score: @escaping @Sendable (JudgedRanking, Double) -> Double
    ) -> MetricFamily {
        MetricFamily(
            name: name, members: .names, needs: needs, summary: summary, source: source, example: example
        ) { request, _ throws(MetricProblem) in
            let member = try MetricName(request.name).member ?? ""
            guard let number = Double(member), range.contains(number) else {
                throw MetricProblem(
                    "'\(name)' takes a number from \(range.lowerBound) to \(range.upperBound) in its brackets",
                    suggestion: "\(name)[0.5]")
            }
            return MetricDefinition(
                name: request.name, summary: summary, source: source, nature: .share(.retrieval),
                whenAppFailed: failure(0), measure: { measure(&$0) { .value(score($0, number)) } })
        }
    }

    /// The geometric mean over examples, in which a poor one weighs more: a score below 0.00001 counts as that.
    static func geometric(
        _ name: String, summary: String, source: String, example: String,
        _ score: @escaping @Sendable (JudgedRanking) -> Double
    ) -> MetricFamily {
        let nature = Nature.sums(2, .share(.retrieval)) { sums in
            sums[1] > 0 ? GeometricMean.value(logarithms: sums[0], count: sums[1]) : nil
        }
        return MetricFamily(
            name: name, needs: needs, summary: summary, source: source, example: example, nature: nature,
            whenAppFailed: .worst { input in
                isExpected(input.example)
                    ? .values([GeometricMean.logarithm(0), 1]) : .notExpected("gold documents")
            },
            measure: { measure(&$0) { .values([GeometricMean.logarithm(score($0)), 1]) } })
    }

    private static func failure(_ worst: Double?) -> MetricDefinition.FailureValue {
        worst.map { .worst($0, where: "gold documents", isExpected) } ?? .nothing
    }

    private static func isExpected(_ example: Example) -> Bool {
        example.goldDocuments?.isEmpty == false || example.goldSpans?.isEmpty == false
    }

    private static func measure(
        _ input: inout MeasureInput, _ score: (JudgedRanking) -> Measurement
    ) -> Measurement {
        let ranking = input.ranking()
        switch ranking.state {
        case .ranked: return score(ranking.judged)
        case .noGold: return .notExpected("gold documents")
        case .unknown(let what): return input.notShown("documents", what)
        }
    }
}
