import Domain

extension MetricDefinition {
    /// A metric of a ranking with gold: the common frame of recall@k, nDCG@k and their likes.
    static func retrieval(
        _ request: MetricRequest, _ family: MetricFamily, _ nature: Nature = .share(.retrieval),
        _ score: @escaping @Sendable (Ranking) -> Double
    ) -> MetricDefinition {
        MetricDefinition(
            request, of: family, nature,
            whenAppFailed: .worst(0, where: "gold documents") { example in
                example.goldDocuments?.isEmpty == false || example.goldSpans?.isEmpty == false
            },
            measure: { input in
                let ranking = input.ranking()
                switch ranking.state {
                case .ranked: return .value(score(ranking))
                case .noGold: return .notExpected("gold documents")
                case .unknown(let what): return input.notShown("documents", what)
                }
            })
    }
}
