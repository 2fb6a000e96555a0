import Domain
import Gating
import Statistics

/// What the doctor found: how often a policy's gates say what on these data, of an unchanged app and of worse ones.
public struct DoctorReport: Sendable {
    public let project: String
    public let policyPath: String
    /// Where the scores come from: a run's name, or words.
    public var source: String
    public let examples: Int
    public let noise: NoiseSource
    /// Repeats that an arm has of an example in a trial, the fewest and the most.
    public let repeats: ClosedRange<Int>
    /// Repeats that a verdict by the policy averages, and those that the run made.
    public let verdictRepeats: Int
    public let runRepeats: Int
    public let trials: Int
    public let curveTrials: Int
    public let seed: UInt64
    /// One-sided confidence of the gates' bounds.
    public let confidence: Double
    /// Reached or not, of the policy; empty where they were not asked.
    public var apps: [AppCheck]
    /// The whole verdict by size of the loss that was planted into every metric, no loss first; empty where an
    /// unchanged app could not be drawn.
    public let verdict: [VerdictPoint]
    /// In the policy's order.
    public let gates: [GateCheck]
    /// Slices that blocked an unchanged app, most often first.
    public let slices: [SliceCheck]
    /// In how many trials of an unchanged app a slice blocked, of those where any was judged.
    public let sliceBlocks: Share?
    public let variance: [VarianceCheck]
    /// What a person should know, gravest first.
    public var findings: [Finding]
    public let methods: [String]

    /// What money is in, where known.
    public var currency: String?

    /// Whether any gate is decided in at least half of the trials of an unchanged app.
    public var decidesAnything: Bool {
        gates.contains { gate in
            guard let shares = gate.curve.first?.shares, shares.all > 0 else { return false }
            return 2 * (shares.passes + shares.fails) >= shares.all
        }
    }
}

/// A count of trials, with Wilson's interval of its share.
public struct Share: Sendable, Hashable {
    public let count: Int
    public let of: Int
    public let interval: Interval

    init?(_ count: Int, of: Int, coverage: Double = 0.90) {
        guard let interval = try? wilsonInterval(successes: count, trials: of, confidence: coverage) else {
            return nil
        }
        self.count = count
        self.of = of
        self.interval = interval
    }

    public var value: Double { Double(count) / Double(of) }
}

/// The whole verdict at one size of loss.
public struct VerdictPoint: Sendable, Hashable {
    public let size: Double
    public let ship: Share
    public let block: Share
    public let cannotTell: Share
    /// Of those that ship: with gates left to a later layer.
    public let reserved: Int
}

/// How often a gate said what.
public struct OutcomeCounts: Sendable, Hashable {
    public var passes = 0
    public var fails = 0
    public var unsure = 0
    public var notJudged = 0

    public var all: Int { passes + fails + unsure + notJudged }

    public func count(_ outcome: GateResult.Outcome) -> Int {
        switch outcome {
        case .passes: passes
        case .fails: fails
        case .unsure: unsure
        case .notJudged: notJudged
        }
    }

    mutating func add(_ outcome: GateResult.Outcome) {
        switch outcome {
        case .passes: passes += 1
        case .fails: fails += 1
        case .unsure: unsure += 1
        case .notJudged: notJudged += 1
        }
    }

    public func share(_ outcome: GateResult.Outcome) -> Share? { Share(count(outcome), of: all) }
}

/// One gate.
public struct GateCheck: Sendable {
    public let rule: GateRule
    /// The metric's unit and direction, in its definition's words.
    public let unit: String
    public let direction: String
    /// Whether it holds the candidate against the baseline.
    public let isRelative: Bool
    /// Examples that it speaks of.
    public let n: Int
    /// The metric's value in the app as it is.
    public let value: Double?
    public let margin: Double?
    public let bound: Double?
    /// The deviation, over the trials of an unchanged app, of what the gate looks at: the difference, or the value.
    public let standardError: Double?
    /// By size of loss in this gate's metric alone, no loss first; one point where it cannot be planted.
    public let curve: [GatePoint]
    /// What it says of these data as they are, and in how many trials it said something else: of gates that hold
    /// an estimate against a bound.
    public let today: GateResult.Outcome
    public let flips: Share?
    /// The smallest loss, in the metric's unit, that makes it fail in 80 %; nil where none of those tried does.
    public let caught: Double?
    /// The same as a size of loss.
    public let caughtSize: Double?
    /// Examples in all that would let an unchanged app pass in 80 %; nil where it does so already, or none would.
    public let needed: Int?
    /// Slices of its metric that were judged, and how often one of them blocked an unchanged app.
    public let judgedSlices: Int
    public let sliceBlocks: Share?
    /// Why it decides nothing, where that has a reason.
    public let note: String

    public var unchanged: OutcomeCounts { curve.first?.shares ?? OutcomeCounts() }

    /// Whether the data are too few for it: it asks for a proof that an unchanged app cannot give in four of five.
    public var isUnresolved: Bool {
        asksForProof && unchanged.all > 0 && Double(unchanged.passes) < 0.8 * Double(unchanged.all)
    }

    /// Whether it passes only what is proven.
    public var asksForProof: Bool {
        switch rule.form {
        case .noWorse, .within: true
        case .compare(_, _, let confidently): confidently
        case .notWorse, .inBand, .tolerance, .spread, .repeated, .passPower, .order, .text, .kpiBands: false
        }
    }
}

public struct GatePoint: Sendable, Hashable {
    /// Of the loss, as `PlantedLoss` means it.
    public let size: Double
    /// What it did to the metric, in its unit and sign: the mean over the trials; nil where it has no value.
    public let change: Double?
    public let shares: OutcomeCounts
}

public struct SliceCheck: Sendable, Hashable {
    /// `column = value`.
    public let slice: String
    public let rule: String
    public let blocks: Share
}

/// Where a metric's variance lies.
public struct VarianceCheck: Sendable {
    public let metric: String
    public let unit: String
    public let components: OneWayVariance
    public let examples: Int
    /// Repeats an arm, as the gates would have them.
    public let repeats: Double
    /// The standard error of the mean now, with twice the repeats, with twice the examples.
    public let mean: Errors
    /// The same of the difference of two arms.
    public let difference: Errors
    /// Variance of what the change itself does to single examples; nil where both arms are the same app.
    public let heterogeneity: Double?

    public struct Errors: Sendable, Hashable {
        public let now: Double
        public let twiceTheRepeats: Double
        public let twiceTheExamples: Double

        /// The share of the error's square that endless repeats would take away.
        public let repeatable: Double
    }
}

/// Whether one app of the policy answers.
public struct AppCheck: Sendable, Hashable {
    public let arm: Arm
    public let kind: String
    public let address: String
    public let outcome: Outcome
    /// How long it took; nil where nothing was asked.
    public let milliseconds: Double?

    public enum Outcome: Sendable, Hashable {
        case answered(shows: [String])
        case failed(cause: String, detail: String, status: Int?)
        /// A file that is there.
        case recorded
    }

    public init(arm: Arm, kind: String, address: String, outcome: Outcome, milliseconds: Double?) {
        self.arm = arm
        self.kind = kind
        self.address = address
        self.outcome = outcome
        self.milliseconds = milliseconds
    }

    public var isReached: Bool {
        if case .failed = outcome { return false }
        return true
    }
}

/// One thing to know, with what to do about it.
public struct Finding: Sendable, Hashable {
    public enum Gravity: String, Sendable, Hashable, CaseIterable { case bad, doubtful, note }

    public let gravity: Gravity
    public let text: String

    public init(_ gravity: Gravity, _ text: String) {
        self.gravity = gravity
        self.text = text
    }
}
