import Domain
import Interchange
import Metrics
import Notation
import Policy
import Text

/// A first policy for an app, as text with comments: every line that it writes is one that the app's answers feed.
public struct StarterPolicy: Sendable {
    public struct Facts: Sendable {
        public var project: String
        public var shape: AppShape
        /// The address of the changed version; nil: the same app in both arms.
        public var candidate: String?
        public var mapping: Mapping
        public var preset: Preset
        /// As the user gave them, secrets unresolved.
        public var headers: [TargetPolicy.Header]
        /// Relative to the policy.
        public var dataset: String
        public var examples: Int
        /// Of the slowest answer that was seen.
        public var milliseconds: Double
        public var isStream: Bool
        /// Whether the usage says what an answer cost.
        public var showsCost: Bool
        /// Whether the app's bands are not those of the metric, as far as was seen.
        public var hasOtherBands: Bool

        public init(
            project: String, shape: AppShape, mapping: Mapping, preset: Preset, dataset: String, examples: Int
        ) {
            self.project = project
            self.shape = shape
            self.mapping = mapping
            self.preset = preset
            self.dataset = dataset
            self.examples = examples
            headers = []
            milliseconds = 0
            isStream = false
            showsCost = false
            hasOtherBands = false
        }
    }

    public let text: String
    /// Metrics and gates that are in force.
    public let metrics: [String]
    public let gates: [String]
    public let missing: [MissingPart]

    /// Examples from which a margin or a band can be proven at all by an unchanged app.
    private static let enoughForMargins = 50

    public init(_ facts: Facts) {
        let writer = Writer(facts)
        missing = MissingPart.of(facts.mapping, preset: facts.preset.name)
        let metrics = writer.metrics()
        let gates = writer.gates()
        self.metrics = metrics
        self.gates = gates.filter { $0.why == nil }.map(\.rule)
        text = writer.text(metrics, gates, missing)
    }

    private struct Line {
        let rule: String
        let source: String
        /// Why it is left out for now; nil: in force.
        let why: String?
    }

    private struct Writer {
        let facts: Facts
        let parts: Set<String>

        init(_ facts: Facts) {
            self.facts = facts
            var parts = facts.mapping.names
            if facts.isStream { parts.insert("stream") }
            self.parts = parts
        }

        // MARK: What can be measured

        /// Parts that a metric needs and the app does not show.
        private func lacking(_ name: String) -> [String] {
            guard let family = MetricCatalogue.family(of: name) else { return [name] }
            if family.name.hasPrefix("cost"), parts.contains("usage"), !facts.showsCost { return ["prices"] }
            return family.needs.compactMap { need in
                if case .observed(let part) = need, !parts.contains(part) { return part }
                return nil
            }
        }

        func metrics() -> [String] {
            var names = facts.preset.metrics
            if parts.contains("intent") { names += ["intent_accuracy", "intent_f1"] }
            if parts.contains("guardrail") { names += ["guardrail_pass", "over_blocked", "under_blocked"] }
            if parts.contains("documents") { names += ["recall@5", "mrr"] }
            if parts.contains("text") {
                names += ["token_f1", "rouge_l", "required", "prohibited", "length"]
            }
            if parts.contains("stream") { names += ["ttft"] }
            names += ["latency", "error_rate"]
            names += facts.mapping.stages.filter(Self.isPlainName).prefix(12).map { "stage_latency[\($0)]" }
            var seen: Set<String> = []
            return names.filter { lacking($0).isEmpty && seen.insert($0).inserted }
        }

        private static func isPlainName(_ name: String) -> Bool {
            !name.isEmpty
                && name.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || $0 == 0x5F
                }
        }

        func gates() -> [Line] {
            var lines = facts.preset.gates.map { line($0.rule, $0.source) }
            let own = "own choice: the answers show it, so that a change must not lose it"
            func add(_ part: String, _ rule: String) {
                let metric = Self.metric(of: rule)
                guard parts.contains(part), !lines.contains(where: { Self.metric(of: $0.rule) == metric })
                else { return }
                lines.append(line(rule, own))
            }
            add("documents", "recall@5 not worse than baseline")
            add("intent", "intent_accuracy not worse than baseline")
            add("guardrail", "guardrail_pass not worse than baseline")
            add("text", "required not worse than baseline")
            add("text", "prohibited == 1")
            return lines
        }

        private func line(_ rule: String, _ source: String) -> Line {
            let metric = Self.metric(of: rule)
            let lacks = lacking(metric)
            if let part = lacks.first {
                let why =
                    part == "prices"
                    ? "the answers say no cost: write app.prices, then this"
                    : "the answers do not show \(part) (see app.observe)"
                return Line(rule: rule, source: source, why: why)
            }
            if rule.contains(" >= ") {
                return Line(
                    rule: rule, source: source,
                    why: "set it when the first runs have shown where the app stands")
            }
            if rule.contains("within ") || rule.contains(" by "),
                facts.examples < StarterPolicy.enoughForMargins
            {
                return Line(
                    rule: rule, source: source,
                    why:
                        "\(Prose.counted(facts.examples, "example")) cannot decide a margin; from about \(StarterPolicy.enoughForMargins) on"
                )
            }
            if metric == "latency", let limit = Self.seconds(of: rule), facts.milliseconds > limit * 600 {
                let seen = Int(facts.milliseconds.rounded())
                return Line(
                    rule: rule, source: source, why: "an answer took \(seen) ms already: set your own limit")
            }
            if metric == "band_consistency", facts.hasOtherBands {
                return Line(
                    rule: rule, source: source, why: "the app's labels follow other bands than .90, .70, .50")
            }
            return Line(rule: rule, source: source, why: nil)
        }

        /// The metric that a rule of a preset is about, without class or statistic.
        private static func metric(of rule: String) -> String {
            let word = rule.split(separator: " ").first.map(String.init) ?? rule
            let plain = word.prefix { $0 != "[" }
            guard let dot = plain.firstIndex(of: ".") else { return String(plain) }
            return String(plain[..<dot])
        }

        private static func seconds(of rule: String) -> Double? {
            guard let word = rule.split(separator: " ").last, word.hasSuffix("s") else { return nil }
            return Double(word.dropLast())
        }

        // MARK: Text

        func text(_ metrics: [String], _ gates: [Line], _ missing: [MissingPart]) -> String {
            var out =
                "# What a change of \(facts.project) must prove before users see it. Made by 'sluice init' from the app's own\n"
            out +=
                "# answers; every line is yours to change. 'sluice validate' checks it, 'sluice policy' lists all keys.\n"
            out += "version: 1\nproject: \(YAMLText.scalar(facts.project))\n"
            out += app(missing)
            out += dataset()
            out += "\n# Measured and shown, gated or not: 'sluice metrics NAME' says what one is and needs.\n"
            out +=
                "# Chosen by the preset '\(facts.preset.name)' (\(facts.preset.summary)), as far as the answers show it.\n"
            out += "metrics:\n" + metrics.map { "  - \(Self.item($0))\n" }.joined()
            out += "\n# Rules that must all hold. A line with '#' waits for what it says.\ngates:\n"
            out += Self.grouped(gates.filter { $0.why == nil }, mark: "- ") { $0.source }
            out += Self.grouped(gates.filter { $0.why != nil }, mark: "# - ") { $0.why ?? "" }
            out += "# What an undecided gate leads to: a person decides.\nunsure: ask\n"
            out +=
                "# Gates whose expectations nobody has written yet are listed, and wait. With them written: 'ask'.\n"
            out += "unfed: wait\n"
            return out
        }

        /// Rules of one reason stand together under it, in the order in which the reasons come up.
        private static func grouped(_ gates: [Line], mark: String, reason: (Line) -> String) -> String {
            var reasons: [String] = []
            for gate in gates where !reasons.contains(reason(gate)) { reasons.append(reason(gate)) }
            var out = ""
            for why in reasons {
                out += YAMLText.comment(why, indent: "  ")
                for gate in gates where reason(gate) == why { out += "  \(mark)\(item(gate.rule))\n" }
            }
            return out + (gates.isEmpty ? "" : "\n")
        }

        private func dataset() -> String {
            "\n# What is asked, one JSON object a line. Expectations are a person's to write (docs/dataset.md).\n"
                + "dataset: \(YAMLText.scalar(facts.dataset))\n"
        }

        private static func item(_ text: String) -> String {
            text.contains(": ") || text.contains(" #") || text.hasPrefix("[") ? YAMLText.quoted(text) : text
        }

        private func app(_ missing: [MissingPart]) -> String {
            var out = "app:\n"
            out += "  # Both name the same app, so that a first run compares it with itself and must ship.\n"
            if facts.candidate != nil {
                out = "app:\n"
            } else {
                out +=
                    "  # Put the changed version's address under candidate, or give it: sluice eval --candidate URL\n"
            }
            out += "  baseline: \(target(nil))\n"
            out += "  candidate: \(target(facts.candidate))\n"
            if let template = facts.shape.template { out += "  request: \(YAMLText.flow(template))\n" }
            out += headers()
            if let pointer = facts.shape.streamText { out += "  stream_text: \(YAMLText.scalar(pointer))\n" }
            out += observe(missing)
            out += "  limits: { concurrency: 4, timeout: \(timeout), retries: 2 }\n"
            if parts.contains("usage"), !facts.showsCost {
                out +=
                    "  # Tokens are shown, their cost is not: put your prices here, and cost is measured.\n"
                out += "  # prices: { currency: USD, input: 0.15/M, output: 0.60/M }\n"
            }
            return out
        }

        private var timeout: String {
            let seconds = (facts.milliseconds * 4 / 1000).rounded(.up)
            return "\(Int(max(30, min(600, seconds))))s"
        }

        private func target(_ address: String?) -> String {
            switch facts.shape.kind {
            case .http(let url, let method, _):
                let url = address ?? url
                return method == "POST" && !url.contains("$")
                    ? YAMLText.scalar(url) : "{ url: \(YAMLText.quoted(url)), method: \(method) }"
            case .openAI(let base, let model, let parameters):
                let url = address ?? base
                let more = parameters.isEmpty ? "" : ", parameters: \(YAMLText.flow(.object(parameters)))"
                return "{ openai: \(YAMLText.scalar(url)), model: \(YAMLText.scalar(model))\(more) }"
            case .command(let arguments):
                return "{ command: \(YAMLText.flow(.array(arguments.map { .string($0) }))) }"
            }
        }

        private func headers() -> String {
            let own = facts.shape.headers.map { ($0.name, $0.value) }
            let given = facts.headers.map { ($0.name, $0.value.template) }
            let names = Set(given.map { $0.0.lowercased() })
            let all = own.filter { !names.contains($0.0.lowercased()) } + given
            guard !all.isEmpty else { return "" }
            let members = all.map { "\(YAMLText.scalar($0.0)): \(YAMLText.quoted($0.1))" }
            return "  headers: { " + members.joined(separator: ", ") + " }\n"
        }

        private func observe(_ missing: [MissingPart]) -> String {
            var out = ""
            let mapping = facts.mapping
            if mapping.parts.isEmpty {
                let shown = mapping.known.map(\.part).joined(separator: ", ")
                out +=
                    "  # Nothing to map: \(shown) \(mapping.known.count == 1 ? "is" : "are") read from the whole answer.\n"
            } else {
                out +=
                    "  # JSON Pointer into the answer, and what stood there when it was asked.\n  observe:\n"
                let lines = mapping.parts.map { "    \($0.part): \(YAMLText.scalar($0.pointer))" }
                let width = lines.map(\.count).max() ?? 0
                for (line, part) in zip(lines, mapping.parts) {
                    let padding = String(repeating: " ", count: width - line.count)
                    out += "\(line)\(padding)  # \(part.sureness.rawValue): \(part.sample)\n"
                }
            }
            for part in missing {
                let indent = mapping.parts.isEmpty ? "  " : "    "
                out +=
                    "\(indent)# \(part.part): not in the answers. Return \(part.example) → \(part.allows)\n"
            }
            return out
        }
    }
}
