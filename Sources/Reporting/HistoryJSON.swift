import Domain
import Ledger
import Notation
import Statistics

/// A history for programs: `sluice.history/1`. Nothing is cut.
public enum HistoryJSON {
    public static let format = "sluice.history/1"

    public static func value(_ report: HistoryReport) -> JSONValue {
        var root = JSONObject()
        root["format"] = .string(format)
        root["place"] = .string(report.place)
        root["filter"] = .string(report.filter)
        root["projects"] = .array(report.timelines.map(timeline))
        root["gate_log"] = .array(report.log.alarms.map(alarm))
        root["alarms"] = alarms(report.log)
        root["set_aside"] = .array(report.problems.map { .string($0) })
        return .object(root)
    }

    private static func timeline(_ timeline: RunTimeline) -> JSONValue {
        [
            "project": .string(timeline.project), "runs": .array(timeline.runs.map(run)),
            "series": .array(
                timeline.series.map { series in
                    [
                        "metric": .string(series.name), "unit": .string(series.unit),
                        "direction": .string(series.direction), "tier": .string(series.tier),
                        "points": .array(series.points.map { point($0, timeline) }),
                    ]
                }),
            "marks": .array(
                timeline.marks.map { mark in
                    [
                        "run": .string(timeline.runs[mark.run].id), "kind": .string(mark.kind.rawValue),
                        "words": .string(mark.words), "comparable": .bool(!mark.parts),
                    ]
                }),
        ]
    }

    private static func point(_ point: RunTimeline.Point, _ timeline: RunTimeline) -> JSONValue {
        var out = JSONObject()
        out["run"] = .string(timeline.runs[point.run].id)
        out["value"] = .number(point.metric.value)
        for (name, number) in [
            ("lower", point.metric.lower), ("upper", point.metric.upper),
            ("confidence", point.metric.confidence), ("baseline", point.metric.baseline),
        ] { out[name] = number.map { .number($0) } ?? .null }
        out["method"] = point.metric.method.map { .string($0) } ?? .null
        out["n"] = .integer(Int64(point.metric.n))
        // Whether it may be held against the point before it.
        out["joined"] = .bool(point.isJoined)
        return .object(out)
    }

    private static func run(_ run: RunSummary) -> JSONValue {
        var out = RunSummaryCodec.json(run)
        // The series have them.
        out["metrics"] = nil
        out["files"] = nil
        return .object(out)
    }

    private static func alarm(_ alarm: GateLog.Alarm) -> JSONValue {
        var sequel = JSONObject()
        switch alarm.sequel {
        case .mended(let run, let between):
            sequel["kind"] = "mended"
            sequel["run"] = .string(run)
            sequel["tries_between"] = .integer(Int64(between))
        case .shippedUnchanged(let run):
            sequel["kind"] = "shipped unchanged"
            sequel["run"] = .string(run)
        case .shippedWithout(let run, let rules):
            sequel["kind"] = "shipped without"
            sequel["run"] = .string(run)
            sequel["rules"] = .array(rules.map { .string($0) })
        case .stillBlocked(let runs):
            sequel["kind"] = "still blocked"
            sequel["runs"] = .integer(Int64(runs))
        case .nothingSince: sequel["kind"] = "nothing since"
        case .unknown: sequel["kind"] = "unknown"
        }
        return [
            "run": .string(alarm.run.id), "project": .string(alarm.run.project),
            "started_at": .string(alarm.run.startedAt),
            "failing": .array(
                alarm.run.failing.map { ["rule": .string($0.rule), "why": .string($0.note)] }),
            "sequel": .object(sequel), "judgement": alarm.judgement.map { .string($0.rawValue) } ?? .null,
            "overridden": .bool(alarm.isOverridden),
            "notes": .array(alarm.notes.map { .object($0.json) }),
        ]
    }

    private static func alarms(_ log: GateLog) -> JSONValue {
        var out = JSONObject()
        for verdict in [Verdict.ship, .block, .cannotTell, .couldNotMeasure] {
            out[verdict.rawValue] = .integer(Int64(log.counts[verdict] ?? 0))
        }
        out["true_alarms"] = .integer(Int64(log.trueAlarms))
        out["false_alarms"] = .integer(Int64(log.falseAlarms))
        out["precision"] = estimate(log.precision(), "nobody has judged an alarm")
        out["false_alarm_rate"] = estimate(log.falseAlarmRate(), "no run reached a verdict")
        return .object(out)
    }

    private static func estimate(_ estimate: Estimate?, _ why: String) -> JSONValue {
        guard let estimate, let interval = estimate.interval else { return ["absent": .string(why)] }
        return [
            "value": .number(estimate.value), "lower": .number(interval.lower),
            "upper": .number(interval.upper), "confidence": .number(interval.confidence),
            "method": .string(interval.method), "n": .integer(Int64(estimate.n)),
        ]
    }
}
