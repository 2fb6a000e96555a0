import Domain
import Statistics

/// Runs as the gate would tell them, made by hand: what every face of a report is tried on.
enum Results {
    static let all: [(name: String, result: RunResult)] = [
        ("ship", ship), ("block-retrieval", blockByRetrieval), ("cannot-tell", cannotTell),
        ("no-baseline", noBaseline), ("each-28-classes", eachOf28Classes), ("hostile", hostile),
        ("huge", huge),
    ]

    static let names = all.map(\.name)

    static func named(_ name: String) -> RunResult? { all.first { $0.name == name }?.result }

    static func manifest(_ title: String, run: String = "r-0192", baseline: Bool = true) -> Manifest {
        var manifest = Manifest(
            runID: run, sluiceVersion: "0.1.0", project: "helpdesk", policyPath: "sluice.yaml")
        manifest.changes = [.prompt]
        manifest.title = title
        manifest.policyDigest = "sha256:4be1c0de77a2f01be35d09a8c7e6f5544332211000ffeeddccbbaa9988776655"
        manifest.policyText = """
            version: 1
            project: helpdesk
            app:
              baseline:  http://127.0.0.1:8101/v1/answer
              candidate: http://127.0.0.1:8102/v1/answer
              headers: { Authorization: "Bearer ${env:HELPDESK_KEY}" }
            dataset: golden/
            metrics: [intent_accuracy, intent_f1, recall@3, token_f1, schema, length, latency, cost]
            gates:
              - intent_accuracy >= 0.90
              - recall@3 no worse than baseline by 0.02

            """
        manifest.dataset = Manifest.DatasetFacts(
            digest: "sha256:9f2c41d07a6be35d09a8c7e6f5544332211000ffeeddccbbaa99887766554433", count: 512,
            files: ["golden/intents.jsonl", "golden/questions.jsonl"], version: "2026-Q1-v3")
        manifest.baseline =
            baseline ? facts("http://127.0.0.1:8101/v1/answer", prompt: "v14", topK: "5") : nil
        manifest.candidate = facts("http://127.0.0.1:8102/v1/answer", prompt: "v15", topK: "3")
        manifest.seed = 20_261_120
        manifest.startedAt = "2026-03-02T09:14:07Z"
        manifest.durationSeconds = 38.2
        manifest.cost = 0.41
        manifest.currency = "USD"
        manifest.environment = Manifest.Environment(
            processor: "x86-64 Haswell", kernels: "AVX2", system: "Debian 12", git: "3f9a1c2+")
        return manifest
    }

    static func facts(_ address: String, prompt: String, topK: String) -> Manifest.TargetFacts {
        Manifest.TargetFacts(
            identity: TargetIdentity(kind: "http", address: address, configuration: "c0ffee0011223344"),
            versions: [
                Manifest.ObservedVersion(name: "embedding", values: ["minilm-l6-v2"]),
                Manifest.ObservedVersion(name: "prompt", values: [prompt]),
                Manifest.ObservedVersion(name: "top_k", values: [topK]),
            ])
    }

    /// An interval or estimate that is known to be valid; the test run stops where it is not.
    static func span(_ lower: Double, _ upper: Double, _ method: String) -> Interval {
        guard let interval = try? Interval(lower: lower, upper: upper, confidence: 0.9, method: method) else {
            preconditionFailure("[\(lower), \(upper)] is no interval")
        }
        return interval
    }

    static func estimate(
        _ value: Double, _ lower: Double, _ upper: Double, n: Int, _ method: String, of: String = "mean"
    ) -> Estimate {
        estimate(value, span(lower, upper, method), n, of)
    }

    static func bare(_ value: Double, n: Int, of: String = "mean") -> Estimate { estimate(value, nil, n, of) }

    private static func estimate(_ value: Double, _ interval: Interval?, _ n: Int, _ of: String) -> Estimate {
        guard let estimate = try? Estimate(value: value, interval: interval, n: n, method: of) else {
            preconditionFailure("\(value) is no estimate")
        }
        return estimate
    }

    static let bootstrap = "paired BCa bootstrap, 10,000 resamples, seed 20261120"

    static func rule(
        _ text: String, _ metric: String, _ form: GateForm, line: Int, statistic: String? = nil
    )
        -> GateRule
    {
        GateRule(
            text: text, metric: MetricReference(name: metric, statistic: statistic), form: form,
            place: SourcePlace(file: "sluice.yaml", line: line, column: 5))
    }

    static func recallGate(
        _ outcome: GateResult.Outcome, _ candidate: Double, _ difference: Estimate, note: String
    )
        -> GateResult
    {
        var gate = GateResult(
            rule: rule(
                "recall@3 no worse than baseline by 0.02", "recall@3",
                .noWorse(by: .absolute(Quantity(value: 0.02, text: "0.02"))), line: 12),
            outcome: outcome, unit: "ratio", direction: "higher", n: difference.n, note: note,
            method: bootstrap)
        gate.baseline = bare(0.861, n: difference.n)
        gate.candidate = bare(candidate, n: difference.n)
        gate.difference = difference
        gate.margin = 0.02
        gate.p = outcome == .fails ? 0.00002 : 0.31
        gate.adjustedP = outcome == .fails ? 0.0001 : 0.93
        return gate
    }

    static var accuracyGate: GateResult {
        var gate = GateResult(
            rule: rule(
                "intent_accuracy >= 0.90", "intent_accuracy",
                .compare(.atLeast, Quantity(value: 0.9, text: "0.90"), confidently: false), line: 11),
            outcome: .passes, unit: "ratio", direction: "higher", n: 512, note: "0.918 satisfies >= 0.90",
            method: "Wilson")
        gate.baseline = estimate(0.922, 0.900, 0.939, n: 512, "Wilson")
        gate.candidate = estimate(0.918, 0.896, 0.936, n: 512, "Wilson")
        gate.difference = estimate(-0.004, -0.012, 0.004, n: 512, "Tango score")
        gate.bound = 0.9
        return gate
    }

    static func tokenGate(_ outcome: GateResult.Outcome) -> GateResult {
        var gate = GateResult(
            rule: rule(
                "token_f1 no worse than baseline by 0.01", "token_f1",
                .noWorse(by: .absolute(Quantity(value: 0.01, text: "0.01"))), line: 13),
            outcome: outcome, unit: "ratio", direction: "higher", n: 496,
            note: outcome == .unsure
                ? "the interval reaches below −0.01: about 1,500 more examples at this estimate; fresh ones"
                : "the interval stays above −0.01", method: bootstrap)
        gate.baseline = bare(0.874, n: 496)
        gate.candidate = bare(outcome == .unsure ? 0.868 : 0.879, n: 496)
        gate.difference =
            outcome == .unsure
            ? estimate(-0.006, -0.013, 0.001, n: 496, bootstrap)
            : estimate(0.005, -0.001, 0.011, n: 496, bootstrap)
        gate.margin = 0.01
        return gate
    }

    static var lengthGate: GateResult {
        var gate = GateResult(
            rule: rule("length within 20% of baseline", "length", .within(share: 0.2), line: 15),
            outcome: .passes,
            unit: "characters", direction: "neither", n: 512, note: "the ratio lies within 0.8 and 1.2",
            method: "two one-sided t tests on log-ratios")
        gate.baseline = bare(118.4, n: 512)
        gate.candidate = bare(121.2, n: 512)
        gate.difference = bare(2.8, n: 512)
        gate.ratio = estimate(
            1.0236, 1.0101, 1.0402, n: 512, "two one-sided t tests on log-ratios", of: "ratio of means")
        return gate
    }

    static var latencyGate: GateResult {
        var gate = GateResult(
            rule: rule(
                "latency.p95 <= 3500ms", "latency",
                .compare(.atMost, Quantity(value: 3500, text: "3500ms"), confidently: false), line: 16,
                statistic: "p95"),
            outcome: .passes, unit: "milliseconds", direction: "lower", n: 512,
            note: "2,120 ms satisfies <= 3500ms",
            method: "order statistics")
        gate.baseline = estimate(2310, 2188, 2502, n: 512, "order statistics", of: "p95, R-7")
        gate.candidate = estimate(2120, 2011, 2288, n: 512, "order statistics", of: "p95, R-7")
        gate.difference = estimate(-190, -322, -41, n: 512, bootstrap, of: "difference of p95")
        gate.bound = 3500
        return gate
    }

    static var versionGate: GateResult {
        GateResult(
            rule: rule(
                "versions.embedding == \"minilm-l6-v2\"", "versions", .text("minilm-l6-v2"), line: 18,
                statistic: "embedding"),
            outcome: .passes, unit: "text", direction: "neither", n: 512,
            note: "equal on all 512 observations",
            method: "equality of text")
    }

    static var costGate: GateResult {
        var gate = GateResult(
            rule: rule(
                "cost_per_success <= 0.0008 USD", "cost_per_success",
                .compare(.atMost, Quantity(value: 0.0008, text: "0.0008 USD"), confidently: false), line: 17),
            outcome: .passes, unit: "money", direction: "lower", n: 512,
            note: "0.000744 USD satisfies <= 0.0008 USD",
            method: "bootstrap of the ratio")
        gate.baseline = estimate(
            0.000712, 0.000698, 0.000731, n: 512, "bootstrap of the ratio", of: "cost per success")
        gate.candidate = estimate(
            0.000744, 0.000722, 0.000769, n: 512, "bootstrap of the ratio", of: "cost per success")
        gate.bound = 0.0008
        return gate
    }

    static func eachGate(failing: [(String, Double, Double, Int)]) -> GateResult {
        var gate = GateResult(
            rule: GateRule(
                text: "intent_f1[each] not worse than baseline",
                metric: MetricReference(name: "intent_f1", selector: .each), form: .notWorse,
                place: SourcePlace(file: "sluice.yaml", line: 14, column: 5), askedBy: [.classifier]),
            outcome: failing.isEmpty ? .passes : .fails, unit: "ratio", direction: "higher", n: 512,
            note: failing.isEmpty
                ? "would have caught a drop of 0.11 in the smallest"
                : "\(failing.count) significantly worse after Holm",
            method: "paired bootstrap of per-class F1, Holm over 28 classes")
        var members: [GateResult.Member] = failing.map { item in
            let drop = item.2 - item.1
            return GateResult.Member(
                name: item.0, outcome: .fails, baseline: item.1, candidate: item.2,
                difference: span(
                    drop - 0.06, drop + 0.06, "paired bootstrap"), n: item.3, adjustedP: 0.0042,
                test: "paired bootstrap, Student tail")
        }
        for index in 0..<(28 - failing.count) {
            let few = index % 9 == 8
            let drift = Double(index % 5 - 2) / 100
            members.append(
                GateResult.Member(
                    name: intents[index % intents.count], outcome: few ? .notJudged : .passes, baseline: 0.9,
                    candidate: 0.9 + drift,
                    difference: few
                        ? nil
                        : span(drift - 0.05, drift + 0.05, "paired bootstrap"),
                    n: few ? 11 : 22 + index))
        }
        gate.members = members
        return gate
    }

    static let intents = [
        "account_blocked", "balance", "bill_due", "book_flight", "book_hotel", "calendar",
        "cancel_reservation",
        "card_declined", "change_language", "damaged_card", "exchange_rate", "flight_status",
        "freeze_account",
        "gas_type", "greeting", "insurance", "interest_rate", "lost_luggage", "meal_suggestion",
        "next_holiday",
        "order_status", "out_of_scope", "pay_bill", "recipe", "refund", "report_fraud", "travel_alert",
        "weather",
    ]
}
