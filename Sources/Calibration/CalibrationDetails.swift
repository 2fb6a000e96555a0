import Domain
import Notation
import Statistics

/// What the terminal says of a calibration beyond its record: intervals, leanings, corrected rates, kinds of injections.
extension MetricCalibration {
    /// For `sluice judge calibrate --json`; no record holds it.
    public var details: JSONValue {
        var out = JSONObject()
        out["name"] = .string(metric)
        switch body {
        case .verdicts(let found): Self.put(found, &out)
        case .pairs(let found): Self.put(found, &out)
        }
        if let injections {
            out["injections"] = Self.table([
                "moved": Self.json(injections.whole), "lost": Self.count(injections.lost),
                "kinds": .array(
                    injections.rows.map { row in
                        Self.table([
                            "name": .string(row.name), "moved": Self.json(row.moved),
                            "lost": Self.count(row.lost),
                        ])
                    }),
            ])
        }
        if let correction {
            out["without_labels"] = Self.table([
                "judged": Self.count(correction.judged), "passes": Self.count(correction.passes),
                "rogan_gladen": Self.json(correction.roganGladen),
                "prediction_powered": Self.json(correction.predictionPowered?.estimate),
                "judge_weight": Self.number(correction.predictionPowered?.judgeWeight),
            ])
        }
        return .object(out)
    }

    private static func table(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var out = JSONObject()
        for (name, value) in members { out[name] = value }
        return .object(out)
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { JSONValue.finite($0) } ?? .null }

    private static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    private static func put(_ found: VerdictCalibration, _ out: inout JSONObject) {
        put(found.accuracy, found.sensitivity, found.specificity, &out)
        out["youden"] = figure(found.accuracy?.youden, found.youden)
        out["kappa"] = figure(found.kappa?.value, found.kappa?.interval)
        out["agreement"] = number(found.kappa?.observed)
        out["alpha"] = figure(found.alpha?.value, found.alpha?.interval)
        out["self_consistency"] = json(found.consistency)
        if let length = found.length {
            out["length"] = table([
                "shorter": number(length.shorter), "longer": number(length.longer),
                "p": number(length.pValue),
            ])
        }
        if let arms = found.arms {
            out["arms"] = table([
                "baseline_youden": number(arms.baseline.youden),
                "candidate_youden": number(arms.candidate.youden),
                "p": number(found.armsDiffer),
            ])
        }
    }

    private static func put(_ found: PairCalibration, _ out: inout JSONObject) {
        put(found.accuracy, found.sensitivity, found.specificity, &out)
        out["kappa"] = figure(found.kappa?.value, found.kappa?.interval)
        out["agreement"] = number(found.kappa?.observed)
        out["alpha"] = figure(found.alpha?.value, found.alpha?.interval)
        out["order_consistency"] = json(found.consistency)
        out["order_kappa"] = number(found.orderKappa)
        out["first_place"] = json(found.firstPlace)
        out["first_place_p"] = number(found.firstPlaceP)
        out["longer"] = json(found.longer)
        out["longer_p"] = number(found.longerP)
        out["self_consistency"] = json(found.repeats)
    }

    private static func put(
        _ accuracy: JudgeAccuracy?, _ sensitivity: Interval?, _ specificity: Interval?,
        _ out: inout JSONObject
    ) {
        out["sensitivity"] = figure(accuracy?.sensitivity, sensitivity)
        out["specificity"] = figure(accuracy?.specificity, specificity)
    }

    private static func figure(_ value: Double?, _ interval: Interval?) -> JSONValue {
        guard let value else { return .null }
        return table(["value": number(value), "interval": json(interval)])
    }

    private static func json(_ interval: Interval?) -> JSONValue {
        guard let interval else { return .null }
        return JSONValue.array([number(interval.lower), number(interval.upper)])
    }

    private static func json(_ share: VerdictCalibration.Share?) -> JSONValue {
        guard let share else { return .null }
        return table([
            "hits": count(share.hits), "of": count(share.of),
            "value": number(share.value), "interval": json(share.interval),
        ])
    }

    private static func json(_ estimate: SurveyEstimate?) -> JSONValue {
        guard let estimate else { return .null }
        return figure(estimate.value, estimate.interval)
    }
}
