import Domain
import Statistics
import Text

/// A calibration as a person reads it.
public enum CalibrationText {
    /// - Parameter judge: Who was calibrated, in words.
    public static func render(_ results: [MetricCalibration], judge: String, fresh: Bool) -> String {
        var lines = ["judge  \(judge)   \(fresh ? "asked afresh" : "verdicts as recorded")", ""]
        for result in results {
            lines += metric(result)
            lines.append("")
        }
        lines.append("[…] are 90 % intervals: 5 % beyond each end.")
        lines.append(
            "J is held by its interval; κ, α, sensitivity, specificity, repeats, orders and injections by their"
        )
        lines.append("estimates, so that few labels or few injections leave their thresholds open.")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func metric(_ result: MetricCalibration) -> [String] {
        var lines = [
            (result.passes ? "✓ " : "✗ ") + result.metric + (result.passes ? "  passes" : "  may not gate")
        ]
        switch result.body {
        case .verdicts(let found): lines += verdicts(found)
        case .pairs(let found): lines += pairs(found)
        }
        if let injections = result.injections { lines += rows(injections) }
        if let correction = result.correction { lines += rows(correction) }
        for shortcoming in result.shortcomings { lines.append("    because \(shortcoming)") }
        if !result.slices.isEmpty {
            lines.append("  by slice")
            for slice in result.slices { lines.append("    " + row(slice)) }
        }
        return lines
    }

    private static func verdicts(_ found: VerdictCalibration) -> [String] {
        var lines = [
            "  labels            \(found.labels)" + (found.lost > 0 ? ", no verdict on \(found.lost)" : "")
        ]
        lines.append(
            "  confusion         people yes: judge yes \(found.truePositives), no \(found.falseNegatives)"
                + " · people no: judge no \(found.trueNegatives), yes \(found.falsePositives)")
        lines += accuracy(found.accuracy, found.sensitivity, found.specificity)
        if let youden = found.youden, let accuracy = found.accuracy {
            lines.append("  J                 \(figure(accuracy.youden, youden))")
        }
        lines += agreement(found.kappa, found.alpha)
        if let consistency = found.consistency {
            lines.append("  self-consistency  \(share(consistency)) of repeats")
        }
        if let length = found.length {
            let p = length.pValue.map { Numbers.probability($0) } ?? "no variation"
            lines.append(
                "  length            judge − people: \(Numbers.signed(length.shorter, 3)) on the shorter half, "
                    + "\(Numbers.signed(length.longer, 3)) on the longer (\(p))")
        }
        if let arms = found.arms, let p = found.armsDiffer {
            lines.append(
                "  arms              J \(Numbers.short(arms.baseline.youden)) on the baseline, "
                    + "\(Numbers.short(arms.candidate.youden)) on the candidate (alike: \(Numbers.probability(p)))"
            )
        }
        return lines
    }

    private static func pairs(_ found: PairCalibration) -> [String] {
        var lines = [
            "  pairs             \(found.pairs), each in both orders"
                + (found.lost > 0 ? "; \(found.lost) verdicts missing" : ""),
            "  right             \(found.correctAsWritten) as written, \(found.correctSwapped) swapped, "
                + "\(found.correctBoth) in both",
        ]
        lines += accuracy(found.accuracy, found.sensitivity, found.specificity)
        lines += agreement(found.kappa, found.alpha)
        if let consistency = found.consistency {
            let kappa = found.orderKappa.map { ", κ \(Numbers.fixed($0, 3))" } ?? ""
            lines.append("  order             \(share(consistency)) alike in both orders\(kappa)")
        }
        if let place = found.firstPlace {
            let p = found.firstPlaceP.map { " (even: \(Numbers.probability($0)))" } ?? ""
            lines.append("  first place       \(share(place)) of choices\(p)")
        }
        if let longer = found.longer {
            let p = found.longerP.map { " (even: \(Numbers.probability($0)))" } ?? ""
            lines.append(
                "  length            \(share(longer)) of wrong choices are for the longer answer\(p)")
        }
        if let repeats = found.repeats { lines.append("  self-consistency  \(share(repeats)) of repeats") }
        return lines
    }

    private static func accuracy(
        _ accuracy: JudgeAccuracy?, _ sensitivity: Interval?, _ specificity: Interval?
    ) -> [String] {
        guard let accuracy, let sensitivity, let specificity else { return [] }
        return [
            "  sensitivity       \(figure(accuracy.sensitivity, sensitivity))  "
                + "\(accuracy.truePositives) of \(accuracy.positives)",
            "  specificity       \(figure(accuracy.specificity, specificity))  "
                + "\(accuracy.trueNegatives) of \(accuracy.negatives)",
        ]
    }

    private static func agreement(
        _ kappa: AgreementEstimate?, _ alpha: VerdictCalibration.Figure?
    ) -> [String] {
        var lines: [String] = []
        if let kappa {
            lines.append(
                "  κ                 \(figure(kappa.value, kappa.interval))  raw agreement "
                    + Numbers.fixed(kappa.observed, 3))
        }
        if let alpha { lines.append("  α                 \(figure(alpha.value, alpha.interval))") }
        return lines
    }

    private static func rows(_ injections: InjectionReport) -> [String] {
        var lines = [
            "  injections        \(share(injections.whole)) of verdicts moved to what the answer asks for"
        ]
        for row in injections.rows {
            let lost = row.lost > 0 ? ", \(row.lost) without a verdict" : ""
            lines.append("    \(padded(row.name, 18))\(share(row.moved))\(lost)")
        }
        return lines
    }

    private static func rows(_ correction: Correction) -> [String] {
        let rate = Double(correction.passes) / Double(correction.judged)
        var lines = [
            "  without labels    \(correction.judged) items, the judge says yes to \(Numbers.fixed(rate, 3))"
        ]
        if let found = correction.roganGladen {
            lines.append("    true rate       \(figure(found.value, found.interval))  Rogan–Gladen")
        } else {
            lines.append(
                "    true rate       cannot be told by Rogan–Gladen: the judge says yes too often or too seldom"
            )
        }
        if let found = correction.predictionPowered {
            lines.append(
                "    true rate       \(figure(found.estimate.value, found.estimate.interval))  PPI++, "
                    + "the judge weighs \(Numbers.short(found.judgeWeight))")
        }
        return lines
    }

    private static func row(_ slice: MetricCalibration.Slice) -> String {
        let name = padded("\(slice.column) \(slice.value)", 26)
        switch slice.body {
        case nil:
            return
                "\(name)too few (\(slice.labels)): nothing is said of fewer than \(MetricCalibration.Slice.least)"
        case .verdicts(let found):
            let kappa = found.kappa.map { "κ \(Numbers.fixed($0.value, 2))" } ?? "κ –"
            return "\(name)n \(found.labels)  \(rates(found.accuracy))  \(kappa)"
        case .pairs(let found):
            let kappa = found.kappa.map { "κ \(Numbers.fixed($0.value, 2))" } ?? "κ –"
            let order = found.consistency.map { "order \(Numbers.fixed($0.value, 2))" } ?? ""
            return "\(name)n \(found.pairs)  \(rates(found.accuracy))  \(kappa)  \(order)"
        }
    }

    private static func rates(_ accuracy: JudgeAccuracy?) -> String {
        guard let accuracy else { return "all of one kind" }
        return
            "sensitivity \(Numbers.fixed(accuracy.sensitivity, 2))  specificity \(Numbers.fixed(accuracy.specificity, 2))"
    }

    private static func figure(_ value: Double, _ interval: Interval?) -> String {
        guard let interval else { return Numbers.fixed(value, 3) }
        return
            "\(Numbers.fixed(value, 3)) [\(Numbers.fixed(interval.lower, 3)), \(Numbers.fixed(interval.upper, 3))]"
    }

    private static func share(_ share: VerdictCalibration.Share) -> String {
        figure(share.value, share.interval) + " (\(share.hits) of \(share.of))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        let count = text.unicodeScalars.count
        return count >= width ? text + "  " : text + String(repeating: " ", count: width - count)
    }
}
