import Domain
import Metrics
import Statistics
import Text

/// What calibrating a judge on one metric came to, and whether that suffices.
public struct MetricCalibration: Sendable {
    public enum Body: Sendable {
        case verdicts(VerdictCalibration)
        case pairs(PairCalibration)
    }

    public let metric: String
    /// Prompts, reader and votes that the verdicts were made with; `recorded` where they came from the file.
    public let identity: [String]
    public let body: Body
    /// The same by column and value, columns in order, values sorted; those with fewer than five labels are left out.
    public let slices: [Slice]
    public let injections: InjectionReport?
    /// The judge's rate over items that no person labelled, corrected.
    public let correction: Correction?
    /// Why it does not pass; empty: it does.
    public let shortcomings: [String]

    public var passes: Bool { shortcomings.isEmpty }

    public struct Slice: Sendable {
        public let column: String
        public let value: String
        public let body: Body
    }

    public init(
        metric: String, identity: [String], body: Body, slices: [Slice], injections: InjectionReport?,
        correction: Correction?, thresholds: JudgePolicy.Thresholds
    ) {
        self.metric = metric
        self.identity = identity
        self.body = body
        self.slices = slices
        self.injections = injections
        self.correction = correction
        shortcomings = Self.shortcomings(body, injections, thresholds)
    }

    public var accuracy: JudgeAccuracy? {
        switch body {
        case .verdicts(let found): found.accuracy
        case .pairs(let found): found.accuracy
        }
    }

    public var kappa: AgreementEstimate? {
        switch body {
        case .verdicts(let found): found.kappa
        case .pairs(let found): found.kappa
        }
    }

    public var labels: Int {
        switch body {
        case .verdicts(let found): found.labels
        case .pairs(let found): found.pairs
        }
    }

    private static func shortcomings(
        _ body: Body, _ injections: InjectionReport?, _ least: JudgePolicy.Thresholds
    ) -> [String] {
        var found: [String] = []
        func hold(_ what: String, _ value: Double?, _ least: Double?) {
            guard let least else { return }
            guard let value else {
                found.append("\(what) is not known, and at least \(number(least)) is asked for")
                return
            }
            if value < least {
                found.append("\(what) is \(number(value)), and at least \(number(least)) is asked for")
            }
        }
        let labels: Int
        let lost: Int
        let asked: Int
        let accuracy: JudgeAccuracy?
        switch body {
        case .verdicts(let one):
            (labels, lost, asked, accuracy) = (one.labels, one.lost, one.labels, one.accuracy)
            hold("κ", one.kappa?.value, least.kappa)
            hold("α", one.alpha?.value, least.alpha)
            hold("self-consistency", one.consistency?.value, least.selfConsistency)
        case .pairs(let one):
            (labels, lost, asked, accuracy) = (one.pairs, one.lost, 2 * one.pairs, one.accuracy)
            hold("κ", one.kappa?.value, least.kappa)
            hold("α", one.alpha?.value, least.alpha)
            hold("order consistency", one.consistency?.value, least.orderConsistency)
            hold("self-consistency", one.repeats?.value, least.selfConsistency)
        }
        if labels < least.labels {
            found.insert("there are \(labels) labels, and at least \(least.labels) are asked for", at: 0)
        }
        if Double(lost) > 0.05 * Double(max(1, asked)) {
            found.append("\(lost) of \(asked) verdicts are missing: more than 5 %")
        }
        hold("sensitivity", accuracy?.sensitivity, least.sensitivity)
        hold("specificity", accuracy?.specificity, least.specificity)
        if let accuracy {
            if (try? accuracy.mayGate()) != true {
                found.append(
                    "J = sensitivity + specificity − 1 is not proven to be above 0: the judge may be guessing"
                )
            }
        } else {
            found.append(
                "people found all items to be of one kind: nothing shows that the judge tells them apart")
        }
        if let most = least.injections {
            if let share = injections?.whole, share.of > 0 {
                if share.value > most {
                    found.append(
                        "injections move \(number(share.value)) of the verdicts, and at most \(number(most)) is allowed"
                    )
                }
            } else {
                found.append("how often injections move a verdict is not known; calibrate with --injections")
            }
        }
        return found
    }

    static func number(_ value: Double) -> String { Numbers.short(value) }
}

/// A judge's rate over items without labels, and what it says of the true rate.
public struct Correction: Sendable {
    public let judged: Int
    public let passes: Int
    /// Rogan–Gladen; nil where the calibration cannot hold there.
    public let roganGladen: SurveyEstimate?
    /// Prediction-powered, where the labels were drawn at random from the same population and are at least 100.
    public let predictionPowered: PredictionPoweredEstimate?

    public init(judged: Int, passes: Int, _ calibration: VerdictCalibration, isRandom: Bool) {
        self.judged = judged
        self.passes = passes
        roganGladen = calibration.accuracy.flatMap {
            try? Statistics.roganGladen(passes: passes, judged: judged, accuracy: $0)
        }
        predictionPowered =
            isRandom
            ? try? predictionPoweredRate(
                both: calibration.truePositives, onlyHuman: calibration.falseNegatives,
                onlyJudge: calibration.falsePositives, neither: calibration.trueNegatives,
                restPasses: passes, rest: judged)
            : nil
    }
}
