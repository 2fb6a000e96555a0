import Domain

extension MetricDefinition {
    /// A metric of a ranking with gold: the common frame of recall@k, nDCG@k and their likes.
    static func retrieval(
        _ request: MetricRequest, _ family: MetricFamily, _ score: @escaping @Sendable (Ranking) -> Double
    ) -> MetricDefinition {
        MetricDefinition(
            name: request.name, summary: family.summary, unit: .ratio, lowest: 0, highest: 1, direction: .higher,
            tier: .quality, stage: .retrieval, source: family.source,
            whenAppFailed: .worst { input in
                let example = input.example
                let hasGold = example.goldDocuments?.isEmpty == false || example.goldSpans?.isEmpty == false
                return hasGold ? .value(0) : .notExpected("gold documents")
            },
            measure: { input in
                let ranking = input.ranking()
                switch ranking.state {
                case .ranked: return .value(score(ranking))
                case .noGold: return .notExpected("gold documents")
                case .unknown(let what): return .notShown(what)
                }
            })
    }
}

extension MetricRequest {
    /// The `k` of `@k`; `MetricCatalogue.define` has seen to it that there is one.
    func cutoff() throws(MetricProblem) -> Int {
        guard let k = try MetricName(name).cutoff else {
            throw MetricProblem("'\(name)' needs a cut-off", suggestion: "\(name)@5")
        }
        return k
    }
}
