import Domain
import Metrics
import Statistics

/// The judge over redrawn scores, thousands of times: outcomes alone, by the evaluator that decides verdicts.
///
/// Who asks how often a policy blocks an unchanged app draws scores, has them drafted, and has the drafts settled
/// together. Drafts of several drawings may be put together, for instance one gate's of scores with a planted
/// loss beside the others' of unchanged ones.
public struct Rehearsal: Sendable {
    public let rules: [GateRule]
    /// Which rules hold the candidate against the baseline; the others speak of the candidate alone.
    public let isRelative: [Bool]
    /// For each rule the definition's name that it is judged by.
    public let metrics: [String]
    private let definitions: [String: MetricDefinition]
    private let kpi: KPIDefinition?
    private let options: GateOptions
    /// For each rule, whether it is the one that lets its metric's slices block.
    private let blocksBySlice: [Bool]

    public init(
        rules: [GateRule], definitions: [MetricDefinition], kpi: KPIDefinition? = nil, options: GateOptions
    ) {
        self.rules = rules
        self.definitions = Dictionary(
            definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.kpi = kpi
        var options = options
        options.effort = .rehearsal
        self.options = options
        isRelative = rules.map { rule in
            switch rule.form {
            case .notWorse, .noWorse, .within: true
            case .compare, .inBand, .tolerance, .spread, .repeated, .passPower, .order, .text, .kpiBands:
                false
            }
        }
        metrics = rules.map(GoldenJudge.measuredName)
        var blocking: [Bool] = []
        for (place, name) in metrics.enumerated() {
            let chosen = self.definitions[name].flatMap { GoldenJudge.blockingRule($0, rules) }
            blocking.append(chosen.map { rules.firstIndex(of: $0) == place } ?? false)
        }
        blocksBySlice = blocking
    }

    /// What drawings say before their claims of regression are adjusted together. At home on one thread.
    public struct Drafts {
        fileprivate var gates: [GateDraft?]
        /// By rule: the slices that it lets block.
        fileprivate var slices: [[SliceAnalysis.Draft]]

        fileprivate init(count: Int) {
            gates = Array(repeating: nil, count: count)
            slices = Array(repeating: [], count: count)
        }

        /// The same with one rule, and the slices that it lets block, as another drawing has them.
        public func replacing(_ rule: Int, by other: Drafts) -> Drafts {
            var mixed = self
            mixed.gates[rule] = other.gates[rule]
            mixed.slices[rule] = other.slices[rule]
            return mixed
        }

        /// Whether a rule claims regressions, so that its outcome hangs on other rules' claims.
        public func hasClaims(_ rule: Int) -> Bool {
            !(gates[rule]?.claims.isEmpty ?? true)
        }

        /// The same with the other's rules where this one has none.
        public func merging(_ other: Drafts) -> Drafts {
            var merged = self
            for rule in gates.indices where merged.gates[rule] == nil {
                merged.gates[rule] = other.gates[rule]
                merged.slices[rule] = other.slices[rule]
            }
            return merged
        }
    }

    /// Evaluates some of the rules over a drawing of scores.
    ///
    /// - Parameters:
    ///   - seed: Of the resampling within, another for each drawing.
    /// - Throws: What the table's columns throw when they are read.
    public func drafts(_ scores: any ScoreTable, rules wanted: [Int], seed: UInt64) throws -> Drafts {
        var options = options
        options.seed = seed
        let table = GateTable(scores, definitions: definitions)
        let evaluator = GateEvaluator(table: table, kpi: kpi, options: options)
        let slicing = SliceAnalysis(table: table, options: options)
        var drafts = Drafts(count: rules.count)
        for rule in wanted {
            var draft = try evaluator.draft(rules[rule])
            draft.afterwards = nil
            drafts.gates[rule] = draft
            if blocksBySlice[rule] {
                drafts.slices[rule] = try slicing.drafts(
                    metric: metrics[rule], rule: rules[rule], onlyClaims: true)
            }
        }
        return drafts
    }

    /// One gate of a drawing.
    public struct Gate: Sendable {
        public let outcome: GateResult.Outcome
        public let baseline: Double?
        public let candidate: Double?
        public let n: Int
        /// In the metric's unit, where the form has one.
        public let margin: Double?
        public let bound: Double?
        /// Slices of its metric that were judged, and those proven to be worse, as `column = value`.
        public let judgedSlices: Int
        public let failingSlices: [String]
        /// Why it could not be decided at all, where that is so.
        public let note: String
    }

    /// What a drawing comes to.
    public struct Outcome: Sendable {
        public let verdict: Verdict
        /// Whether undecided gates travel on to a later layer.
        public let hasReservations: Bool
        public let gates: [Gate]
    }

    /// Adjusts all claims together and concludes, as a verdict does. A rule without a draft is undecided.
    public func settle(_ drafts: Drafts) throws(EstimateError) -> Outcome {
        var gates: [GateDraft] = []
        for (rule, draft) in zip(rules, drafts.gates) {
            gates.append(
                draft
                    ?? GateDraft(
                        result: GateResult(
                            rule: rule, outcome: .unsure, unit: "", direction: "", n: 0, note: "",
                            method: "")))
        }
        let slices = drafts.slices.flatMap(\.self)
        let claims = gates.flatMap(\.claims) + slices.compactMap(\.claim)
        let family = try ClaimFamily(claims, alpha: options.alpha)
        let settled = Settlement(family: family, drafts: gates, slices: slices, isWordy: false)
        let conclusion = VerdictRules.conclusion(
            settled.gates, hasFailingSlice: settled.slices.contains { $0.outcome == .fails }, options)
        var found: [Gate] = []
        var next = 0
        for (place, gate) in settled.gates.enumerated() {
            let own = settled.slices[next..<(next + drafts.slices[place].count)]
            next += own.count
            found.append(
                Gate(
                    outcome: gate.outcome, baseline: gate.baseline?.value, candidate: gate.candidate?.value,
                    n: gate.n, margin: gate.margin, bound: gate.bound,
                    judgedSlices: own.count { $0.outcome != .notJudged },
                    failingSlices: own.filter { $0.outcome == .fails }.map { "\($0.slice) = \($0.value)" },
                    note: gate.note))
        }
        return Outcome(
            verdict: conclusion.verdict, hasReservations: !conclusion.reserved.isEmpty, gates: found)
    }
}
