import Domain
import Notation
import Statistics
import Sweeping

/// A sweep for programs: `sluice.sweep/1`.
///
/// What is absent is `null`. A later version of the format adds members; it changes no meaning without a new number.
public enum SweepJSON {
    public static let format = "sluice.sweep/1"

    /// Indented JSON that ends in a line feed; the same bytes for the same report.
    public static func render(_ report: SweepReport) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(value(report))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    public static func value(_ report: SweepReport) -> JSONValue {
        let facts = report.facts
        var root = JSONObject()
        root["format"] = .string(format)
        root["sweep"] = .string(facts.sweep)
        root["project"] = .string(facts.project)
        root["title"] = .string(facts.title)
        root["policy"] = ["path": .string(facts.policyPath), "digest": .string(facts.policyDigest)]
        root["dataset"] = dataset(facts.dataset)
        root["repeats"] = .integer(Int64(facts.repeats))
        root["seed"] = .string(String(facts.seed))
        root["started_at"] = .string(facts.startedAt)
        root["seconds"] = .number(facts.seconds)
        root["calls"] = facts.calls.map { .integer(Int64($0)) } ?? .null
        root["currency"] = facts.currency.map { .string($0) } ?? .null
        root["git"] = facts.environment.git.map { .string($0) } ?? .null
        root["sluice"] = .string(facts.sluiceVersion)
        root["reference"] = .string(report.reference.variant.name)
        root["chosen_afterwards"] = .bool(facts.isChosenAfterwards)
        root["alpha"] = .number(report.alpha)
        root["family"] = .integer(Int64(report.family))
        root["joint_coverage"] = .number(report.jointCoverage)
        root["coverage"] = .number(report.coverage)
        root["findings"] = .array(
            report.findings.map { ["gravity": .string($0.gravity.rawValue), "text": .string($0.text)] })
        root["metrics"] = .array(report.metrics.map(metric))
        root["variants"] = .array(report.variants.map { variant($0, report) })
        root["parameters"] = .array(report.parameters.map(parameter))
        return .object(root)
    }

    static func dataset(_ dataset: Manifest.DatasetFacts) -> JSONValue {
        [
            "digest": .string(dataset.digest), "count": .integer(Int64(dataset.count)),
            "files": .array(dataset.files.map { .string($0) }),
            "version": dataset.version.map { .string($0) } ?? .null,
        ]
    }

    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
    }

    private static func metric(_ metric: SweepReport.Metric) -> JSONValue {
        [
            "name": .string(metric.name), "summary": .string(metric.summary), "unit": .string(metric.unit),
            "direction": .string(metric.direction), "tier": .string(metric.tier),
            "axis": .bool(metric.isAxis), "claimed": .bool(metric.isClaimed),
        ]
    }

    static func settings(_ variant: Variant) -> JSONValue {
        var settings = JSONObject()
        for setting in variant.settings { settings[setting.parameter] = setting.value }
        return .object(settings)
    }

    private static func variant(_ row: SweepReport.Row, _ report: SweepReport) -> JSONValue {
        var out = JSONObject()
        out["name"] = .string(row.variant.name)
        out["settings"] = settings(row.variant)
        out["reference"] = .bool(row.isReference)
        out["target"] = .string(row.target)
        out["problem"] = row.problem.map { .string($0) } ?? .null
        out["measurement"] = row.measurement.map(measurement) ?? .null
        out["cost"] = number(row.cost)
        out["versions"] = .array(row.versions.map { .string($0) })
        out["answers_changed"] =
            row.changed.map { ["count": .integer(Int64($0.answers)), "of": .integer(Int64($0.of))] } ?? .null
        out["on_frontier"] = row.standing.isOnFrontier.map { .bool($0) } ?? .null
        out["dominated_by"] = .array(row.standing.dominatedBy.map { .string($0) })
        out["surely_dominated_by"] = .array(row.standing.surelyDominatedBy.map { .string($0) })
        var cells = JSONObject()
        for (index, cell) in row.cells.enumerated() {
            cells[report.metrics[index].name] = value(cell, report.claim(row, index), report.metrics[index])
        }
        out["metrics"] = .object(cells)
        return .object(out)
    }

    private static func measurement(_ counts: MeasurementCounts) -> JSONValue {
        [
            "planned": .integer(Int64(counts.planned)), "answered": .integer(Int64(counts.answered)),
            "app_failures": .integer(Int64(counts.appFailures)),
            "unmeasured": .integer(Int64(counts.unmeasured)),
            "metric_failures": .integer(Int64(counts.metricFailures)),
            "from_cache": .integer(Int64(counts.fromCache)),
            "causes": .array(
                counts.causes.map {
                    [
                        "cause": .string($0.cause), "count": .integer(Int64($0.count)),
                        "detail": .string($0.detail),
                    ]
                }),
        ]
    }

    private static func value(
        _ cell: SweepReport.Cell, _ claim: SweepReport.Claim, _ metric: SweepReport.Metric
    ) -> JSONValue {
        var out = JSONObject()
        out["value"] = number(cell.estimate?.value)
        out["interval"] = interval(cell.estimate?.interval)
        out["n"] = cell.estimate.map { .integer(Int64($0.n)) } ?? .null
        out["not_applicable"] = .integer(Int64(cell.notApplicable))
        out["failed"] = .integer(Int64(cell.failed))
        guard let difference = cell.difference else {
            out["difference"] = .null
            return .object(out)
        }
        var against = JSONObject()
        against["value"] = number(difference.value)
        against["interval"] = interval(difference.interval)
        against["n"] = .integer(Int64(difference.n))
        against["changed"] = difference.changed.map { .integer(Int64($0)) } ?? .null
        against["p"] = number(difference.p)
        against["adjusted_p"] = number(difference.adjustedP)
        against["test"] = .string(difference.test)
        against["problem"] = difference.problem.map { .string($0) } ?? .null
        if metric.isClaimed {
            switch claim {
            case .better: against["claim"] = "better"
            case .worse: against["claim"] = "worse"
            case .none: against["claim"] = "none"
            }
        }
        out["difference"] = .object(against)
        return .object(out)
    }

    private static func interval(_ interval: Interval?) -> JSONValue {
        guard let interval else { return .null }
        return [
            "lower": .number(interval.lower), "upper": .number(interval.upper),
            "confidence": .number(interval.confidence), "method": .string(interval.method),
        ]
    }

    private static func parameter(_ parameter: SweepReport.Parameter) -> JSONValue {
        var out = JSONObject()
        out["name"] = .string(parameter.name)
        out["place"] = .string(parameter.place)
        out["values"] = .array(parameter.values.map { .string($0) })
        switch parameter.effect {
        case .changed(let answers, let count):
            out["answers_changed"] = .integer(Int64(answers))
            out["of"] = .integer(Int64(count))
        case .none(let count):
            out["answers_changed"] = 0
            out["of"] = .integer(Int64(count))
        case .unknown:
            out["answers_changed"] = .null
            out["of"] = .null
        }
        return .object(out)
    }
}
