import Notation
import Statistics

/// A correlation study for programs: `sluice.correlate/1`.
///
/// Nothing is cut; a number that is absent is `null`.
public enum CorrelateJSON {
    public static let format = "sluice.correlate/1"

    /// Indented JSON that ends in a line feed; the same bytes for the same study.
    public static func render(_ report: CorrelateReport) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(value(report))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    public static func value(_ report: CorrelateReport) -> JSONValue {
        let study = report.study
        var root = JSONObject()
        root["format"] = .string(format)
        root["file"] = .string(report.file)
        root["releases"] = .array(report.releases.map { .string($0) })
        root["dates"] = report.dates.map { .array($0.map { .string($0) }) } ?? .null
        root["metrics"] = .array(report.metrics.map { .string($0) })
        root["outcomes"] = .array(report.outcomes.map { .string($0) })
        root["unused_columns"] = .array(report.unused.map { .string($0) })
        root["lags"] = .integer(Int64(report.lags))
        root["confidence"] = .number(study.options.confidence)
        root["alpha"] = .number(study.options.alpha)
        root["worth"] = .number(study.options.worth)
        root["seed"] = .integer(Int64(clamping: study.options.seed))
        root["pairs_tested"] = .integer(Int64(study.tested))
        root["reach"] = study.reach.map(reach) ?? .null
        root["ranking"] = .array(study.rankings.map { ranking($0, report) })
        root["pairs"] = .array(study.pairs.map { pair($0, report) })
        return .object(root)
    }

    private static func reach(_ reach: StudyReach) -> JSONValue {
        [
            "releases": .integer(Int64(reach.releases)), "smallest_found": .number(reach.smallestFound),
            "needed_for_worth": .integer(Int64(reach.neededForWorth)),
            "needed_at_all": .integer(Int64(reach.neededAtAll)),
        ]
    }

    private static func ranking(_ ranking: MetricRanking, _ report: CorrelateReport) -> JSONValue {
        let pair = report.study.pairs[ranking.pair]
        return [
            "metric": .string(ranking.metric), "standing": .string(ranking.standing.rawValue),
            "outcome": .string(pair.outcome), "lag": .integer(Int64(pair.lag)),
            "why": .string(CorrelateWords.finding(pair, report)),
        ]
    }

    private static func pair(_ pair: ReleasePair, _ report: CorrelateReport) -> JSONValue {
        var out = JSONObject()
        out["metric"] = .string(pair.metric)
        out["outcome"] = .string(pair.outcome)
        out["lag"] = .integer(Int64(pair.lag))
        out["n"] = .integer(Int64(pair.n))
        out["missing"] = .integer(Int64(pair.missing))
        out["finding"] = .string(word(pair.finding))
        out["why"] = .string(CorrelateWords.finding(pair, report))
        if case .cannotTell(let needed?) = pair.finding {
            out["releases_needed"] = .integer(Int64(CorrelateWords.releasesNeeded(needed, pair)))
        } else {
            out["releases_needed"] = .null
        }
        let measured = pair.measured
        out["spearman"] = measured.map { estimate($0.spearman) } ?? .null
        out["pearson"] = measured.map { estimate($0.pearson) } ?? .null
        out["p_value"] = measured.map { .number($0.test.pValue) } ?? .null
        out["p_method"] = measured.map { .string($0.test.method) } ?? .null
        out["adjusted_p_value"] = pair.adjusted.map { .number($0) } ?? .null
        out["besides_order"] = measured?.besidesOrder.map(estimate) ?? .null
        out["besides_order_p_value"] = measured?.besidesOrderP.map { .number($0) } ?? .null
        out["is_wanted_direction"] = measured?.isWanted.map { .bool($0) } ?? .null
        out["caution"] = CorrelateWords.caution(pair).map { .string($0) } ?? .null
        return .object(out)
    }

    private static func estimate(_ estimate: Estimate) -> JSONValue {
        [
            "estimate": .number(estimate.value),
            "lower": estimate.interval.map { .number($0.lower) } ?? .null,
            "upper": estimate.interval.map { .number($0.upper) } ?? .null,
            "method": .string(estimate.interval?.method ?? estimate.method),
        ]
    }

    private static func word(_ finding: ReleasePair.Finding) -> String {
        switch finding {
        case .predicts: "predicts"
        case .opposes: "opposes"
        case .sharesTrend: "shares trend"
        case .tooWeak: "too weak"
        case .cannotTell: "cannot tell"
        case .untested: "untested"
        }
    }
}
