import Domain
import Statistics

extension Results {
    static let eachOf28Classes: RunResult = {
        var result = RunResult(
            manifest: manifest("classifier 2026-02 → 2026-03", run: "r-0194"), verdict: .block,
            headline: "2 of 28 intents are recognised significantly worse.")
        result.manifest.changes = [.classifier]
        result.gates = [
            eachGate(failing: [("report_fraud", 0.91, 0.62, 41), ("lost_luggage", 0.88, 0.70, 33)]),
            accuracyGate,
        ]
        result.metrics = [metrics(recall: (0.866, bare(0, n: 480)))[0]]
        result.confusions = [confusion(intents, spill: 2)]
        result.stages = [
            StageResult(
                stage: "routing", metric: "intent_accuracy", baseline: 0.922, candidate: 0.871,
                difference: span(-0.071, -0.032, "Tango score"), broke: true,
                note: "report_fraud goes to travel_alert")
        ]
        result.whereItBroke = "routing (report_fraud is taken for travel_alert)"
        result.movement.newlyFailingCount = 26
        result.movement.unchangedCount = 486
        result.measurement = measured
        result.layers = goldenOnly
        return result
    }()

    /// What an app or a data set might put in the way of a report.
    static let hostileTexts: [String] = [
        "<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "]]>",
        "line one\n\n# heading\n- item", "</style><b>bold</b>", "-->",
        "\u{202E}gnp.exe", "\u{2066}isolated\u{2069}", "\u{1B}[2J\u{1B}]0;title\u{07}red", "nul\u{0}byte",
        "javascript:alert(3)", "[click](javascript:alert(4))", "![x](https://evil.example/x.png)",
        "@octocat #1 GH-7",
        "`code` ``` fence", "| pipe | cell |", "a\u{200B}b\u{FEFF}c", "\u{FFFE}\u{FFFF}",
        "e\u{301}\u{301}\u{301}", "漢字かな交じり文", "שלום עולם", "👩‍👩‍👧‍👦 🇩🇪", "\"quoted\" & 'single'", "&lt;already&gt;",
        "tag\u{E0041}\u{E0042}", "\u{85}\u{9B}31m", "cr\rover", "tab\there",
    ]

    static let hostile: RunResult = {
        let everything = hostileTexts.joined(separator: " ")
        var manifest = Self.manifest("title " + everything, run: "r-<b>")
        manifest.project = "p\"--><script>alert(5)</script>"
        manifest.policyText = "version: 1\n# " + everything + "\n"
        manifest.dataset = Manifest.DatasetFacts(
            digest: "<digest>", count: 3, files: ["golden/<file>.jsonl"], version: "v\u{202E}1")
        manifest.candidate = Manifest.TargetFacts(
            identity: TargetIdentity(kind: "http", address: "http://x/?q=<script>", configuration: "c"),
            versions: [Manifest.ObservedVersion(name: "prompt<", values: hostileTexts)], blessed: "</details>"
        )
        manifest.environment = Manifest.Environment(processor: "<p>", kernels: "k", system: "s", git: nil)
        var result = RunResult(manifest: manifest, verdict: .cannotTell, headline: everything)
        var gate = GateResult(
            rule: GateRule(
                text: "when intent = \"<script>alert(6)</script> | `x`\": recall@3 >= 0.5",
                slice: SliceCondition(name: "intent", value: "<script>"),
                metric: MetricReference(name: "recall@3"),
                form: .compare(.atLeast, Quantity(value: 0.5, text: "0.5"), confidently: false)),
            outcome: .unsure, unit: "ratio", direction: "higher", n: 3, note: everything, method: "t <i>")
        gate.candidate = bare(1e300, n: 0, of: "<mean>")
        gate.bound = 0.5
        gate.members = hostileTexts.prefix(6).map {
            GateResult.Member(
                name: $0, outcome: .fails, baseline: .infinity, candidate: -.infinity, difference: nil, n: 1)
        }
        var other = gate
        other.members = []
        result.gates = [gate, other]
        result.metrics = [
            MetricResult(
                name: "m<b>", summary: everything, unit: "ratio", direction: "higher", tier: "quality<",
                stage: nil,
                baseline: nil, candidate: bare(1e300, n: 0, of: "<mean>"), difference: nil,
                notApplicable: 1, failed: 2)
        ]
        result.slices = hostileTexts.map {
            SliceResult(
                metric: "m<b>", slice: "s<", value: $0, n: 25, baseline: 1, candidate: 0, difference: nil,
                goodness: -1,
                outcome: .fails)
        }
        let labels = Array(hostileTexts.prefix(4))
        result.confusions = [
            ConfusionResult(
                metric: "m<b>", labels: labels, baseline: nil,
                candidate: labels.map { _ in labels.map { _ in 1 } })
        ]
        result.distributions = [
            DistributionResult(
                metric: "m<b>", unit: "ratio", edges: [0, .nan, .infinity], baseline: [0, 0],
                candidate: [0, 0], percentiles: [])
        ]
        result.stages = [
            StageResult(
                stage: "s<", metric: "m<b>", baseline: .nan, candidate: 1, difference: nil, broke: true,
                note: everything)
        ]
        result.whereItBroke = everything
        result.changes = hostileTexts
        result.warnings = [everything]
        result.reservations = [Reservation(gate: "g<", why: everything, settledBy: "<p>")]
        result.measurement.causes = [
            MeasurementCounts.ByCause(arm: .candidate, cause: "c<", count: 1, detail: everything)
        ]
        let megabyte = String(repeating: "<b>0123456789 ", count: 75_000)
        let zalgo = "z" + String(repeating: "\u{301}", count: 100_000)
        var texts = hostileTexts
        texts += [megabyte, zalgo, everything]
        for (index, text) in texts.enumerated() {
            result.shown.append(
                ShownExample(
                    id: "id-\(index) " + VisibleID.short(text), query: text, expected: ["answer: " + text],
                    goldDocuments: [text],
                    baseline: ShownExample.Side(
                        text: "before", intent: text, documents: nil, guardrail: nil, failure: nil),
                    candidate: ShownExample.Side(
                        text: text, intent: nil,
                        documents: [RetrievedDocument(id: text, score: .nan, text: text)],
                        guardrail: text, failure: index == 3 ? text : nil),
                    scores: [ShownExample.Score(metric: text, baseline: .nan, candidate: nil, note: text)],
                    movement: "newly failing", place: SourcePlace(file: text, line: 1)))
        }
        return result
    }()

    enum VisibleID {
        static func short(_ text: String) -> String {
            String(text.unicodeScalars.prefix(40).map(Character.init))
        }
    }

    static let huge: RunResult = {
        var result = blockByRetrieval
        result.manifest.dataset = Manifest.DatasetFacts(
            digest: "aa11bb22cc33dd44", count: 100_000, files: ["golden/all.jsonl"], version: nil)
        result.slices = []
        for index in 0..<5_000 {
            let drop = Double((index * 37) % 101 - 60) / 400
            result.slices.append(
                SliceResult(
                    metric: index % 2 == 0 ? "recall@3" : "token_f1", slice: "customer",
                    value: "c-\(index / 2)",
                    n: index % 60, baseline: 0.85, candidate: 0.85 + drop,
                    difference: span(drop - 0.05, drop + 0.05, bootstrap),
                    goodness: drop, outcome: index % 60 < 20 ? .notJudged : drop < -0.13 ? .fails : .passes))
        }
        result.shown = (0..<400).map {
            shown("GD-\($0)", "Question number \($0)?", movement: "newly failing")
        }
        result.confusions = [confusion((0..<150).map { "class_\($0)" }, spill: 2)]
        result.changes = (0..<300).map { "setting_\($0) \($0) → \($0 + 1)" }
        result.warnings = (0..<120).map { "Warning number \($0) about something that a reader must know." }
        result.gates += (0..<200).map { _ in eachGate(failing: []) }
        result.movement.newlyFailing = (0..<500).map {
            Movement.Item(example: "GD-\($0)", metric: "recall@3", baseline: 1, candidate: 0)
        }
        result.movement.newlyFailingCount = 12_345
        result.manifest.policyText = String(repeating: "# a long policy\n", count: 20_000)
        return result
    }()
}
