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
    /// The same by column and value, columns in order, values sorted.
    public let slices: [Slice]
    public let injections: InjectionReport?
    /// The judge's rate over items that no person labelled, corrected.
    public let correction: Correction?
    /// What thresholds speak of.
    public let figures: CalibrationFigures
    /// Why it does not pass; empty: it does.
    public let shortcomings: [String]

    public var passes: Bool { shortcomings.isEmpty }

    public struct Slice: Sendable {
        public let column: String
        public let value: String
        public let labels: Int
        /// Nil: it has fewer than `least` labels, of which nothing can be said.
        public let body: Body?

        public static let least = 5
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
        figures = CalibrationFigures(body, injections)
        shortcomings = figures.shortcomings(thresholds)
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
