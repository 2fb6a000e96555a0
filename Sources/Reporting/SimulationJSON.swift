import Notation
import Simulation
import Statistics

/// A simulation as JSON, `sluice.simulation/1`. Times are seconds, shares lie in 0...1; null: no such value.
public enum SimulationJSON {
    /// Indented JSON that ends in a line feed; the same bytes for the same report.
    public static func render(_ report: SimulationReport) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(json(report))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func json(_ report: SimulationReport) -> JSONValue {
        let study = report.study
        return [
            "format": "sluice.simulation/1",
            "sluice": .string(report.version),
            "command": .string(report.command),
            "seed": .string(String(study.seed)),
            "replications": .integer(Int64(study.replications)),
            "alpha": .number(report.alpha),
            "traffic": [
                "requests_per_second": .number(study.model.rate),
                "users": study.model.population.users.map { .integer(Int64($0)) } ?? .null,
                "metrics": .array(study.model.metrics.map(metric)),
            ],
            "stages": .array(
                study.plan.stages.map {
                    [
                        "share": .number($0.share), "hold_seconds": .number($0.hold),
                        "tolerated_ratio_at_end": .number($0.tolerance),
                    ]
                }),
            "patience": .number(study.plan.patience),
            "planned_hold_seconds": .array(report.plannedHolds.map { $0.map { .number($0) } ?? .null }),
            "detectors": .array(report.results.map { detector($0, report) }),
            "findings": .array(report.findings.map { .string($0) }),
        ]
    }

    private static func metric(_ metric: HarmMetric) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(metric.name)
        object["base"] = .number(metric.base)
        object["burst"] = .integer(Int64(metric.burst))
        guard let harm = metric.harm else {
            object["harm"] = .null
            return .object(object)
        }
        var planted = JSONObject()
        switch harm.size {
        case .rate(let rate): planted["rate"] = .number(rate)
        case .ratio(let ratio): planted["ratio"] = .number(ratio)
        }
        planted["start_seconds"] = .number(harm.start)
        planted["ramp_seconds"] = .number(harm.ramp)
        planted["share_of_users"] = .number(harm.slice)
        planted["from_stage"] = .integer(Int64(harm.fromStage + 1))
        object["harm"] = .object(planted)
        return .object(object)
    }

    private static func detector(_ result: DetectorResult, _ report: SimulationReport) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(result.name)
        object["rule"] = .string(result.summary)
        object["healthy"] = [
            "rolled_back": share(result.falseAlarms),
            "promoted": share(result.share(ofHealthy: .promoted)),
            "on_hold": share(result.share(ofHealthy: .onHold)),
            "causes": causes(result, true),
            "rolled_back_by": curve(result, report, true),
        ]
        guard let detected = result.detected, let early = result.tooEarly, let missed = result.missed else {
            object["harmed"] = .null
            return .object(object)
        }
        object["harmed"] = [
            "rolled_back": share(detected),
            "rolled_back_before_the_change": share(early),
            "promoted": share(missed),
            "detection_seconds": quantiles { result.detectionTime($0) },
            "candidate_requests": quantiles { result.requestsUntilRollback($0) },
            "users_exposed": quantiles { result.usersExposed($0) },
            "users_harmed": quantiles { result.usersHarmed($0) },
            "causes": causes(result, false),
            "rolled_back_by": curve(result, report, false),
        ]
        return .object(object)
    }

    private static func share(_ share: SimulatedShare) -> JSONValue {
        let interval = share.interval()
        return [
            "share": .number(share.value), "count": .integer(Int64(share.count)),
            "n": .integer(Int64(share.replications)),
            "lower": interval.map { .number($0.lower) } ?? .null,
            "upper": interval.map { .number($0.upper) } ?? .null,
            "confidence": .number(0.95), "method": "Wilson",
        ]
    }

    private static func quantiles(_ at: (Double) -> SimulatedQuantile?) -> JSONValue {
        func value(_ quantile: SimulatedQuantile?) -> JSONValue {
            [
                "value": quantile?.value.map { .number($0) } ?? .null,
                "lower": quantile?.lower.map { .number($0) } ?? .null,
                "upper": quantile?.upper.map { .number($0) } ?? .null,
            ]
        }
        return ["median": value(at(0.5)), "p90": value(at(0.9))]
    }

    private static func causes(_ result: DetectorResult, _ healthy: Bool) -> JSONValue {
        .array(
            result.causes(healthy: healthy).map {
                ["cause": .string($0.cause.rawValue), "count": .integer(Int64($0.count))]
            })
    }

    private static func curve(
        _ result: DetectorResult, _ report: SimulationReport, _ healthy: Bool
    ) -> JSONValue {
        let times = report.times(40, healthy: healthy)
        let values = result.curve(at: times, healthy: healthy)
        return .array(
            zip(times, values).map { ["seconds": .number($0.0), "share": .number($0.1)] })
    }
}
