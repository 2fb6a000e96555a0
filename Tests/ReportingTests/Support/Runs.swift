import Domain
import Statistics

extension Results {
    static func metrics(recall: (Double, Estimate), baseline: Bool = true) -> [MetricResult] {
        func one(
            _ name: String, _ summary: String, _ unit: String, _ direction: String, _ tier: String,
            _ stage: String?,
            _ before: Estimate, _ after: Estimate, _ change: Estimate?, notApplicable: Int = 0,
            failed: Int = 0
        ) -> MetricResult {
            MetricResult(
                name: name, summary: summary, unit: unit, direction: direction, tier: tier, stage: stage,
                baseline: baseline ? before : nil, candidate: after, difference: baseline ? change : nil,
                notApplicable: notApplicable, failed: failed)
        }
        let order = "order statistics"
        return [
            one(
                "intent_accuracy", "share of examples routed to the expected intent", "ratio", "higher",
                "quality", "routing",
                estimate(0.922, 0.900, 0.939, n: 512, "Wilson"),
                estimate(0.918, 0.896, 0.936, n: 512, "Wilson"),
                estimate(-0.004, -0.012, 0.004, n: 512, "Tango score")),
            one(
                "recall@3", "share of gold documents among the first 3", "ratio", "higher", "quality",
                "retrieval",
                estimate(0.861, 0.836, 0.885, n: 480, "BCa bootstrap"),
                estimate(recall.0, recall.0 - 0.028, recall.0 + 0.026, n: 480, "BCa bootstrap"), recall.1,
                notApplicable: 32),
            one(
                "mrr", "reciprocal rank of the first gold document", "ratio", "higher", "quality",
                "retrieval",
                estimate(0.792, 0.765, 0.818, n: 480, "BCa bootstrap"),
                estimate(recall.0 - 0.07, recall.0 - 0.1, recall.0 - 0.04, n: 480, "BCa bootstrap"),
                estimate(
                    recall.1.value * 0.8, recall.1.value * 0.8 - 0.016, recall.1.value * 0.8 + 0.016, n: 480,
                    bootstrap),
                notApplicable: 32),
            one(
                "token_f1", "overlap of words with the best reference", "ratio", "higher", "quality",
                "generation",
                estimate(0.874, 0.861, 0.886, n: 496, "BCa bootstrap"),
                estimate(0.868, 0.855, 0.880, n: 496, "BCa bootstrap"),
                estimate(-0.006, -0.013, 0.001, n: 496, bootstrap), notApplicable: 13, failed: 3),
            one(
                "schema", "share of answers that satisfy the JSON Schema", "ratio", "higher", "quality",
                "format",
                estimate(1, 0.9947, 1, n: 512, "Wilson"), estimate(1, 0.9947, 1, n: 512, "Wilson"),
                estimate(0, -0.006, 0.006, n: 512, "all equal: 0 of 512 changed")),
            one(
                "latency", "milliseconds to the whole answer", "milliseconds", "lower", "efficiency",
                "operation",
                estimate(2310, 2188, 2502, n: 512, order, of: "p95, R-7"),
                estimate(2120, 2011, 2288, n: 512, order, of: "p95, R-7"),
                estimate(-190, -322, -41, n: 512, bootstrap, of: "difference of p95")),
            one(
                "length", "characters of the answer", "characters", "neither", "efficiency", "generation",
                estimate(118.4, 114.9, 122.1, n: 512, "BCa bootstrap"),
                estimate(121.2, 117.6, 124.9, n: 512, "BCa bootstrap"),
                estimate(2.8, 1.2, 4.7, n: 512, bootstrap)),
            one(
                "cost_per_success", "money spent for each answer that passes", "money", "lower", "business",
                nil,
                estimate(
                    0.000712, 0.000698, 0.000731, n: 512, "bootstrap of the ratio", of: "cost per success"),
                estimate(
                    0.000744, 0.000722, 0.000769, n: 512, "bootstrap of the ratio", of: "cost per success"),
                estimate(0.000032, 0.000008, 0.000057, n: 512, "bootstrap of the ratio", of: "difference")),
        ]
    }

    static func slices(worst: Double) -> [SliceResult] {
        let rows: [(String, String, Int, Double)] = [
            ("intent", "returns", 41, worst), ("intent", "order tracking", 58, worst * 0.2),
            ("intent", "product", 96, worst * 0.3),
            ("intent", "FAQ", 88, worst * 0.22), ("intent", "complaint", 12, 0.08),
            ("locale", "de", 120, -0.01),
            ("locale", "en", 392, worst * 0.3), ("turn_count", "1", 433, worst * 0.25),
            ("turn_count", "3", 47, worst * 0.16),
            ("adversarial", "true", 42, worst * 0.15),
        ]
        var out: [SliceResult] = []
        for (position, metric) in ["recall@3", "intent_accuracy", "token_f1"].enumerated() {
            for (index, row) in rows.enumerated() {
                let drop = position == 0 ? row.3 : Double((index * 7 + position * 3) % 9 - 4) / 250
                let before = 0.9 - Double(index) / 100
                let half = 1.2 / Double(row.2).squareRoot() * 0.35
                out.append(
                    SliceResult(
                        metric: metric, slice: row.0, value: row.1, n: row.2, baseline: before,
                        candidate: before + drop,
                        difference: span(drop - half, drop + half, bootstrap),
                        goodness: drop, outcome: row.2 < 20 ? .notJudged : drop < -0.15 ? .fails : .passes))
            }
        }
        return out
    }

    static func confusion(_ labels: [String], spill: Double) -> ConfusionResult {
        func table(_ shift: Double) -> [[Double]] {
            labels.indices.map { row in
                labels.indices.map { column in
                    if row == column { return 40 - Double(row % 7) - shift * 2 }
                    if (row + 1) % labels.count == column { return Double(row % 3) + shift * 2 }
                    return (row * 5 + column * 3) % 11 == 0 ? 1 : 0
                }
            }
        }
        return ConfusionResult(
            metric: "intent_accuracy", labels: labels, baseline: table(0), candidate: table(spill))
    }

    static var distributions: [DistributionResult] {
        let latency = DistributionResult(
            metric: "latency", unit: "milliseconds", edges: (0...16).map { Double($0) * 250 },
            baseline: [0, 2, 18, 61, 88, 92, 79, 62, 48, 33, 14, 8, 4, 2, 1, 0],
            candidate: [0, 6, 34, 82, 101, 93, 71, 50, 37, 21, 9, 4, 2, 1, 1, 0],
            percentiles: [
                DistributionResult.Percentile(
                    name: "p50", baseline: 1402, candidate: 1270,
                    interval: span(1221, 1312, "order statistics")),
                DistributionResult.Percentile(
                    name: "p90", baseline: 2090, candidate: 1930,
                    interval: span(1840, 2033, "order statistics")),
                DistributionResult.Percentile(
                    name: "p95", baseline: 2310, candidate: 2120,
                    interval: span(2011, 2288, "order statistics")),
                DistributionResult.Percentile(name: "p99", baseline: 2980, candidate: 2801, interval: nil),
            ])
        let length = DistributionResult(
            metric: "length", unit: "characters", edges: (0...10).map { Double($0) * 30 },
            baseline: [3, 41, 96, 128, 110, 71, 38, 17, 6, 2],
            candidate: [2, 38, 90, 126, 113, 76, 41, 18, 6, 2],
            percentiles: [])
        return [latency, length]
    }

    static func stages(broke: String?) -> [StageResult] {
        func stage(
            _ name: String, _ metric: String?, _ before: Double?, _ after: Double?, _ half: Double,
            _ note: String
        ) -> StageResult {
            var interval: Interval?
            if let before, let after {
                interval = span(after - before - half, after - before + half, bootstrap)
            }
            return StageResult(
                stage: name, metric: metric, baseline: before, candidate: after, difference: interval,
                broke: name == broke, note: note)
        }
        return [
            stage("routing", "intent_accuracy", 0.922, 0.918, 0.008, "unchanged"),
            stage(
                "retrieval", "recall@3", 0.861, broke == "retrieval" ? 0.812 : 0.866, 0.018,
                broke == "retrieval" ? "finds fewer gold documents" : "unchanged"),
            stage("generation", "token_f1", 0.874, 0.868, 0.007, "follows its documents"),
            stage("format", "schema", 1, 1, 0.006, "unchanged"),
            stage("guardrail", nil, nil, nil, 0, "nothing measured: the app shows no guardrail"),
        ]
    }

    static var measured: MeasurementCounts {
        var counts = MeasurementCounts()
        counts.planned = 1024
        counts.answered = 1024
        counts.metricFailures = 3
        counts.retried = 7
        counts.throttled = 2
        counts.causes = [
            MeasurementCounts.ByCause(
                arm: .candidate, cause: "token_f1", count: 3, detail: "GD-311: the answer holds no text")
        ]
        return counts
    }

    static func shown(_ id: String, _ query: String, movement: String) -> ShownExample {
        ShownExample(
            id: id, query: query,
            expected: [
                "intent: recommendation", "documents: doc_101, doc_448",
                "answer: Claymore, or Vagabond for its art.",
            ],
            goldDocuments: ["doc_101", "doc_448"],
            baseline: ShownExample.Side(
                text: "If you loved Berserk, try Claymore for its doomed knights and Vagabond for the art.",
                intent: "recommendation",
                documents: [
                    RetrievedDocument(
                        id: "doc_101", score: 0.83,
                        text: "Claymore follows warriors who are half the demons that they hunt."),
                    RetrievedDocument(
                        id: "doc_448", score: 0.79, text: "Vagabond retells the life of a swordsman, in ink."),
                    RetrievedDocument(id: "doc_330", score: 0.61, text: "A guide to shelving large formats."),
                ], guardrail: "allow", failure: nil),
            candidate: ShownExample.Side(
                text: "If you loved Berserk, try our new arrivals page for the latest art books.",
                intent: "recommendation",
                documents: [
                    RetrievedDocument(
                        id: "doc_977", score: 0.58, text: "New arrivals are listed every Tuesday."),
                    RetrievedDocument(id: "doc_012", score: 0.55, text: "Art books are on the second floor."),
                    RetrievedDocument(
                        id: "doc_101", score: 0.54,
                        text: "Claymore follows warriors who are half the demons that they hunt."),
                ], guardrail: "allow", failure: nil),
            scores: [
                ShownExample.Score(metric: "recall@3", baseline: 1, candidate: 0.5, note: nil),
                ShownExample.Score(metric: "token_f1", baseline: 0.91, candidate: 0.42, note: nil),
                ShownExample.Score(
                    metric: "faithfulness", baseline: nil, candidate: nil, note: "not applicable: no claims"),
            ], movement: movement, place: SourcePlace(file: "golden/questions.jsonl", line: 42))
    }

    static let goldenOnly = [RequiredLayers(layer: .golden, askedBy: [.prompt])]
    static let allLayers = [
        RequiredLayers(layer: .golden, askedBy: [.prompt, .guardrail]),
        RequiredLayers(layer: .shadow, askedBy: [.prompt]),
        RequiredLayers(layer: .canary, askedBy: [.guardrail]),
    ]

    static let ship: RunResult = {
        let change = estimate(0.005, -0.008, 0.018, n: 480, bootstrap)
        var result = RunResult(
            manifest: manifest("prompt v14 → v15", run: "r-0191"), verdict: .ship,
            headline: "All 7 gates hold; 0 examples newly fail.")
        result.gates = [
            accuracyGate, recallGate(.passes, 0.866, change, note: "the interval stays above −0.02"),
            tokenGate(.passes),
            lengthGate, latencyGate, costGate, versionGate,
        ]
        result.metrics = metrics(recall: (0.866, change))
        result.slices = slices(worst: -0.02)
        result.confusions = [confusion(["banking", "orders", "out_of_scope", "returns", "travel"], spill: 0)]
        result.distributions = distributions
        result.movement.newlyPassingCount = 4
        result.movement.newlyPassing = [
            Movement.Item(example: "GD-007", metric: "recall@3", baseline: 0, candidate: 1)
        ]
        result.movement.movedCount = 19
        result.movement.unchangedCount = 489
        result.stages = stages(broke: nil)
        result.changes = ["prompt v14 → v15 (+4 −1 lines)"]
        result.measurement = measured
        result.shown = [shown("GD-007", "Which manga suits a reader of Berserk?", movement: "newly passing")]
        result.layers = allLayers
        return result
    }()

    static let blockByRetrieval: RunResult = {
        let drop = estimate(-0.049, -0.067, -0.031, n: 480, bootstrap)
        var result = RunResult(
            manifest: manifest("prompt v14 → v15"), verdict: .block,
            headline: "recall@3 fell from 0.861 to 0.812 where a drop of 0.02 was allowed.")
        result.gates = [
            accuracyGate,
            recallGate(
                .fails, 0.812, drop, note: "the whole interval lies below −0.02; Holm-adjusted p 0.0001"),
            tokenGate(.unsure), lengthGate, latencyGate, costGate, eachGate(failing: []), versionGate,
        ]
        result.metrics = metrics(recall: (0.812, drop))
        result.slices = slices(worst: -0.19)
        result.confusions = [confusion(["banking", "orders", "out_of_scope", "returns", "travel"], spill: 1)]
        result.distributions = distributions
        result.movement.newlyFailingCount = 31
        result.movement.newlyFailing = ["GD-042", "GD-117", "GD-203"].map {
            Movement.Item(example: $0, metric: "recall@3", baseline: 1, candidate: $0 == "GD-042" ? 0.5 : 0)
        }
        result.movement.newlyPassingCount = 4
        result.movement.newlyPassing = [
            Movement.Item(example: "GD-007", metric: "recall@3", baseline: 0, candidate: 1)
        ]
        result.movement.movedCount = 23
        result.movement.unchangedCount = 454
        result.stages = stages(broke: "retrieval")
        result.whereItBroke = "retrieval (routing unchanged, text follows its documents)"
        result.changes = ["top_k 5 → 3", "prompt v14 → v15 (+4 −1 lines)"]
        result.measurement = measured
        result.reservations = [
            Reservation(
                gate: "token_f1 no worse than baseline by 0.01", why: "undecided at n = 496",
                settledBy: "shadow")
        ]
        result.shown = [
            shown(
                "GD-042", "What dark fantasy manga would you recommend for someone who loved Berserk?",
                movement: "newly failing"),
            shown("GD-117", "Can I return a signed volume that arrived bent?", movement: "newly failing"),
            shown("GD-203", "Where is order 4417? It said Tuesday.", movement: "newly failing"),
        ]
        result.layers = allLayers
        return result
    }()

    static let cannotTell: RunResult = {
        let change = estimate(-0.002, -0.019, 0.015, n: 446, bootstrap)
        var result = RunResult(
            manifest: manifest("model small-3 → small-4", run: "r-0193"), verdict: .cannotTell,
            headline: "7.0 % of examples could not be measured; the policy allows 5 %.")
        result.gates = [
            accuracyGate, recallGate(.passes, 0.859, change, note: "holds on what was measured"),
            tokenGate(.unsure),
        ]
        result.metrics = metrics(recall: (0.859, change))
        result.slices = slices(worst: -0.03)
        result.movement.movedCount = 40
        result.movement.unchangedCount = 436
        result.stages = stages(broke: nil)
        result.measurement = measured
        result.measurement.answered = 952
        result.measurement.unmeasured = 72
        result.measurement.appFailures = 0
        result.measurement.throttled = 311
        result.measurement.causes.append(
            MeasurementCounts.ByCause(
                arm: .candidate, cause: "throttled", count: 72, detail: "status 429 after 3 attempts"))
        result.reservations = [
            Reservation(
                gate: "token_f1 no worse than baseline by 0.01", why: "undecided at n = 496",
                settledBy: "a person")
        ]
        result.warnings = ["The candidate was throttled 311 times: lower limits.rate, then --resume."]
        result.layers = goldenOnly
        return result
    }()

    static let noBaseline: RunResult = {
        var result = RunResult(
            manifest: manifest("first run", run: "r-0001", baseline: false), verdict: .ship,
            headline: "Both bounds hold; nothing was compared, for there is no baseline.")
        var accuracy = accuracyGate
        accuracy.baseline = nil
        accuracy.difference = nil
        var latency = latencyGate
        latency.baseline = nil
        latency.difference = nil
        result.gates = [accuracy, latency]
        result.metrics = metrics(recall: (0.866, bare(0, n: 480)), baseline: false)
        let before = distributions[0]
        result.distributions = [
            DistributionResult(
                metric: before.metric, unit: before.unit, edges: before.edges, baseline: nil,
                candidate: before.candidate,
                percentiles: before.percentiles.map {
                    DistributionResult.Percentile(
                        name: $0.name, baseline: nil, candidate: $0.candidate, interval: $0.interval)
                })
        ]
        let matrix = confusion(["banking", "orders", "travel"], spill: 0)
        result.confusions = [
            ConfusionResult(
                metric: matrix.metric, labels: matrix.labels, baseline: nil, candidate: matrix.candidate)
        ]
        result.measurement = measured
        result.measurement.planned = 512
        result.measurement.answered = 512
        result.layers = goldenOnly
        return result
    }()
}
