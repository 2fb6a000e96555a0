import Glibc

/// Gates on paired pass and fail: every table that the pairs can give, with its chance.
extension OperatingModel {
    func pairedRatePoint(
        _ truth: Double, margin: Double?, discordantShare: Double
    ) throws(EstimateError) -> OperatingPoint {
        guard abs(truth) <= 1 else { throw .invalidParameter("truth", must: "lie in -1...1") }
        let share = max(discordantShare, abs(truth))
        let disagreements = try Binomial(trials: examples, probability: share)
        let lossShare = share > 0 ? min(1, max(0, (share - truth) / (2 * share))) : 0.5
        let expected = Double(examples) * share
        // Nine deviations and a few more: what lies beyond adds less than 1e-15.
        let reach = Int(9 * (expected * (1 - share)).squareRoot()) + 40
        let first = max(0, Int(expected) - reach)
        let last = min(examples, Int(expected) + reach)
        var critical = try PairedCriticals(model: self, margin: margin)
        var pass = 0.0
        var fail = 0.0
        for number in first...last {
            try critical.move(to: number)
            let mass = try disagreements.mass(number)
            if mass < 1e-18 { continue }
            let losses = try Binomial(trials: number, probability: lossShare)
            if margin == nil {
                fail += try mass * losses.atLeast(critical.leastToFail)
            } else {
                pass += try mass * losses.cumulative(critical.mostToPass)
                fail += try mass * losses.atLeast(critical.leastToFail)
            }
        }
        return OperatingPoint(truth: truth, pass: margin == nil ? 1 - fail : pass, fail: fail)
    }
}

/// Where the gate turns, for each number of disagreements: both ends only move up as it grows, so that following
/// them costs a step or two each.
private struct PairedCriticals {
    private(set) var mostToPass = -1
    private(set) var leastToFail = 0
    private let model: OperatingModel
    private let margin: Double?
    private let z: Double
    private var isStarted = false

    init(model: OperatingModel, margin: Double?) throws(EstimateError) {
        self.model = model
        self.margin = margin
        z = try Normal.quantile(model.confidence)
    }

    mutating func move(to number: Int) throws(EstimateError) {
        if !isStarted {
            isStarted = true
            mostToPass = number / 2 - 1
            leastToFail = number / 2
        }
        leastToFail = min(leastToFail, number + 1)
        mostToPass = min(mostToPass, number)
        while leastToFail <= number, try fails(losses: leastToFail, of: number) == false { leastToFail += 1 }
        while leastToFail > 0, try fails(losses: leastToFail - 1, of: number) { leastToFail -= 1 }
        guard let margin else { return }
        while mostToPass < number, try passes(losses: mostToPass + 1, of: number, margin) { mostToPass += 1 }
        while mostToPass >= 0, try passes(losses: mostToPass, of: number, margin) == false { mostToPass -= 1 }
    }

    private func fails(losses: Int, of number: Int) throws(EstimateError) -> Bool {
        if let margin {
            let drop = Double(2 * losses - number) / Double(model.examples)
            if drop < margin - 1e-12 * max(1, margin) { return false }
        }
        return try Binomial(trials: number, probability: 0.5).atLeast(losses) < model.level
    }

    /// Whether the lower bound lies above −m.
    private func passes(losses: Int, of number: Int, _ margin: Double) throws(EstimateError) -> Bool {
        let n = model.examples
        if number == 0 { return try shareThatMayDiffer(n: n, confidence: model.confidence) < margin }
        guard margin < 1 else { return margin > 1 || losses < n }
        let statistic = tangoStatistic(
            gains: Double(number - losses), losses: Double(losses), n: Double(n), difference: -margin)
        return statistic > z
    }
}
