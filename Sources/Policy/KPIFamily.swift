import Domain
import Metrics

private let kpiSummary =
    "A weighted indicator of other metrics, each normalised from its worst to its best value."
private let kpiSource = "The policy's own weights and normalisation."

extension MetricFamily {
    /// The weighted indicator, whose value is made of other metrics' values over the whole set.
    public static let kpi = MetricFamily(
        name: "kpi", parameter: .value(words: "its parts, floors and bands (docs/policy.md)"), needs: [],
        summary: kpiSummary,
        source: kpiSource,
        example: "kpi: { parts: { recall@3: { weight: 60%, better: higher, from: 0.5, to: 1 }, "
            + "latency: { weight: 40%, better: lower, from: 4 s, to: 1 s } }, bands: { go: 0.85, hold: 0.8 } } "
            + "→ recall@3 0.9 and latency 2 s: 0.6 × 0.8 + 0.4 × 0.667 = 0.747",
        make: { request, _ throws(MetricProblem) in
            guard request.parameter != nil else { throw MetricProblem("'kpi' needs its parts") }
            return MetricDefinition(
                name: request.name, summary: kpiSummary, unit: .ratio, lowest: 0, highest: 1,
                direction: .higher, tier: .business, stage: nil, source: kpiSource,
                aggregate: .sums { _ in nil }, measure: { _ in .notApplicable("computed of other metrics") })
        })
}
