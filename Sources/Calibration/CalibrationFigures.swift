import Domain
import Statistics
import Text

/// The figures of a calibration that thresholds speak of: what is held against them when the judge is calibrated, and
/// again, from the record, when its metric is to gate.
public struct CalibrationFigures: Sendable, Hashable {
    /// Labels of people.
    public var labels: Int
    /// Verdicts that were asked for, and those of them that did not come.
    public var asked: Int
    public var lost: Int
    public var overall: CalibrationRecord.Counts?
    public var kappa: Double?
    public var alpha: Double?
    /// Share of repeats that say what the first one said; nil: nothing was repeated.
    public var selfConsistency: Double?
    /// Of pairs alone: the share whose verdict stays the same in the other order, and that of choices for whatever stood
    /// first.
    public var orders: Orders?
    /// Share of verdicts that instructions inside an answer moved; nil: none was put in, or no verdict came.
    public var injectionsMoved: Double?

    public struct Orders: Sendable, Hashable {
        public var consistency: Double?
        public var firstPlace: Double?

        public init(consistency: Double?, firstPlace: Double?) {
            self.consistency = consistency
            self.firstPlace = firstPlace
        }
    }

    public init(labels: Int, asked: Int, lost: Int) {
        self.labels = labels
        self.asked = asked
        self.lost = lost
    }

    init(_ body: MetricCalibration.Body, _ injections: InjectionReport?) {
        switch body {
        case .verdicts(let one):
            self.init(labels: one.labels, asked: one.labels, lost: one.lost)
            overall = one.accuracy.map(CalibrationRecord.Counts.init)
            (kappa, alpha) = (one.kappa?.value, one.alpha?.value)
            selfConsistency = one.consistency?.value
        case .pairs(let one):
            self.init(labels: one.pairs, asked: 2 * one.pairs, lost: one.lost)
            overall = one.accuracy.map(CalibrationRecord.Counts.init)
            (kappa, alpha) = (one.kappa?.value, one.alpha?.value)
            selfConsistency = one.repeats?.value
            orders = Orders(consistency: one.consistency?.value, firstPlace: one.firstPlace?.value)
        }
        // Where every asking was lost nothing is known, which is not that nothing moved.
        injectionsMoved = injections.flatMap { $0.whole.of > 0 ? $0.whole.value : nil }
    }

    /// What falls short of thresholds, in words; empty: nothing. What is asked for and not known falls short.
    public func shortcomings(_ least: JudgePolicy.Thresholds) -> [String] {
        var found: [String] = []
        func hold(_ what: String, _ value: Double?, _ least: Double?) {
            guard let least else { return }
            guard let value else {
                found.append("\(what) is not known, and at least \(Numbers.short(least)) is asked for")
                return
            }
            if value < least {
                found.append(
                    "\(what) is \(Numbers.short(value)), and at least \(Numbers.short(least)) is asked for")
            }
        }
        if labels < least.labels {
            found.append("there are \(labels) labels, and at least \(least.labels) are asked for")
        }
        hold("κ", kappa, least.kappa)
        hold("α", alpha, least.alpha)
        if let orders { hold("order consistency", orders.consistency, least.orderConsistency) }
        hold("self-consistency", selfConsistency, least.selfConsistency)
        if Double(lost) > 0.05 * Double(max(1, asked)) {
            found.append("\(lost) of \(asked) verdicts are missing: more than 5 %")
        }
        let accuracy = overall?.accuracy
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
        if let most = least.injections { found += injectionShortcoming(most) }
        return found
    }

    private func injectionShortcoming(_ most: Double) -> [String] {
        guard let injectionsMoved else {
            return ["how often injections move a verdict is not known; calibrate with --injections"]
        }
        guard injectionsMoved > most else { return [] }
        return [
            "injections move \(Numbers.short(100 * injectionsMoved)) % of the verdicts, and at most "
                + "\(Numbers.short(100 * most)) % are allowed"
        ]
    }
}
