import Domain
import Statistics

/// What shapes a judgement beside the rules themselves.
public struct GateOptions: Sendable {
    /// One-sided confidence of every bound; printed as an interval of `2 · confidence − 1`.
    public var confidence: Double
    public var seed: UInt64
    public var estimand: ReleasePolicy.Estimand
    /// Share of examples that may go unmeasured before nothing can be told.
    public var unmeasuredLimit: Double
    /// Examples a slice or class needs before it may block.
    public var leastSupport: Int
    public var unsure: UnsurePolicy
    /// Whether a gate that no example can judge is only listed, and holds up nothing.
    public var unfedWaits = false
    /// Layers still ahead of this one, for reservations; empty: this is the last.
    public var laterLayers: [Layer]
    /// Automatic margins, fixed when the baseline was blessed, by metric text.
    public var automaticMargins: [String: Double]
    /// What is known of the judges behind metrics, by definition name; a metric that no judge scores has none.
    public var judges: [String: JudgedMetric]
    /// Why no metric of a judge can be told: what answered is not the judge that was calibrated; nil: it may be.
    public var otherJudge: String?
    /// What people say of the candidate's answers, by metric and example.
    public var people: [String: [String: Double]] = [:]
    /// Whether those answers were drawn at random.
    public var peopleAreRandom = false
    /// By which rate a bound on a judged metric is decided.
    public var correction = JudgePolicy.Correction.none
    /// Which look at the same pair this is, from 1.
    public var attempt: Int
    /// Waivers that count on the day of judgement.
    public var waivers: [Waiver]
    /// How much resampling a decision is worth.
    public var effort: Effort

    /// How much resampling a decision is worth.
    public enum Effort: Sendable, Hashable {
        /// All that the methods ask for.
        case verdict
        /// One of thousands of judgements over redrawn scores: intervals of means come from moments, tests and
        /// recomputed metrics take few draws, and nothing that is only shown is computed.
        case rehearsal
    }

    public init(
        confidence: Double = 0.95, seed: UInt64 = 1, estimand: ReleasePolicy.Estimand = .population,
        unmeasuredLimit: Double = 0.05, leastSupport: Int = 20, unsure: UnsurePolicy = .default,
        laterLayers: [Layer] = [], automaticMargins: [String: Double] = [:],
        judges: [String: JudgedMetric] = [:], attempt: Int = 1, waivers: [Waiver] = [],
        effort: Effort = .verdict
    ) {
        self.confidence = confidence
        self.seed = seed
        self.estimand = estimand
        self.unmeasuredLimit = unmeasuredLimit
        self.leastSupport = leastSupport
        self.unsure = unsure
        self.laterLayers = laterLayers
        self.automaticMargins = automaticMargins
        self.judges = judges
        self.attempt = attempt
        self.waivers = waivers
        self.effort = effort
    }

    /// Two-sided coverage of the intervals that are printed.
    var coverage: Double { ((2 * confidence - 1) * 1e12).rounded() / 1e12 }
    /// Error allowed to a claim of regression, over the whole family.
    var alpha: Double { 1 - confidence }
    /// Whether the examples are all that matters: then what they show is so, and nothing has to be proven.
    var isThisSet: Bool { estimand == .thisSet }

    /// The same for proofs: what a pass rests on.
    ///
    /// A candidate that is tried again until it passes will pass. So the first look at a pair of digests proves at
    /// α, the second at α/2, the third at α/4: however often somebody looks, a candidate at its margin ships in
    /// less than 2α. A schedule that stays below α in all would halve the first look, which most pairs never go
    /// beyond. Claims of regression keep α: a lottery does not help to block.
    var proof: GateOptions {
        var proof = self
        if let level = try? proofLevel(attempt: max(1, attempt), alpha: alpha) {
            proof.confidence = 1 - level
        }
        return proof
    }
}

extension GateOptions {
    var isRehearsal: Bool { effort == .rehearsal }

    /// Draws of a recomputed metric; nil for all that `Statistics` takes by default.
    var resamples: Int? { isRehearsal ? GateOptions.rehearsedResamples : nil }

    /// The most groups of the jackknife beside them; nil for the default.
    var jackknifeGroups: Int? { isRehearsal ? 50 : nil }

    /// Draws of a recomputed metric in a rehearsal.
    public static let rehearsedResamples = 200
    /// Random signs of a test in a rehearsal.
    public static let rehearsedFlips = 999
}
