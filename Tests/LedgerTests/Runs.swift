import Domain
import Ledger

/// Runs of the test's own making.
enum Runs {
    static func run(
        _ number: Int, verdict: Verdict = .ship, project: String = "helpdesk", branch: String? = nil,
        title: String = "", pair: String? = nil, dataset: String = "sha256:aa", version: String? = nil,
        prompt: String = "v1", judge: String? = nil,
        gates: [(String, String)] = [("recall@3 >= 0.8", "passes")],
        value: Double = 0.8, metrics: [RunSummary.Metric]? = nil
    ) -> RunSummary {
        var run = RunSummary(id: "r-\(1000 + number)")
        run.project = project
        run.startedAt = "2026-11-\(number < 9 ? "0" : "")\(number + 1)T00:00:00Z"
        run.verdict = verdict
        run.branch = branch
        run.title = title
        run.pair = pair ?? "pair \(number)"
        run.dataset = Manifest.DatasetFacts(digest: dataset, count: 100, files: [], version: version)
        run.versions = [RunSummary.Fact(name: "prompt", value: prompt)]
        run.judges = judge.map { [RunSummary.Fact(name: "ragas.jsonl", value: $0)] } ?? []
        run.gates = gates.map {
            RunSummary.Gate(rule: $0.0, outcome: $0.1, baseline: 0.8, candidate: value, note: "because")
        }
        run.metrics = metrics ?? [metric("recall@3", value)]
        return run
    }

    static func metric(_ name: String, _ value: Double, unit: String = "ratio") -> RunSummary.Metric {
        RunSummary.Metric(
            name: name, unit: unit, direction: "higher", tier: "quality", value: value, lower: value - 0.02,
            upper: value + 0.02, confidence: 0.9, method: "Student t", n: 100, baseline: 0.8)
    }
}
