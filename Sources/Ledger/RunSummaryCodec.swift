import Domain
import Notation

/// A run's summary as one line of JSON, and back: the same bytes for the same summary.
public enum RunSummaryCodec {
    public static let format = "sluice.summary/1"

    /// Why bytes are no summary.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func encode(_ summary: RunSummary) -> [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        writer.value(.object(json(summary)))
        return writer.bytes
    }

    public static func json(_ summary: RunSummary) -> JSONObject {
        var root = JSONObject()
        root["format"] = .string(format)
        root["run"] = .string(summary.id)
        root["project"] = .string(summary.project)
        root["sluice"] = .string(summary.sluice)
        root["started_at"] = .string(summary.startedAt)
        put(&root, "seconds", summary.seconds)
        root["verdict"] = .string(summary.verdict.rawValue)
        root["headline"] = .string(summary.headline)
        root["title"] = .string(summary.title)
        root["changes"] = .array(summary.changes.map { .string($0) })
        put(&root, "branch", summary.branch)
        put(&root, "commit", summary.commit)
        root["pair"] = .string(summary.pair)
        root["policy"] = .string(summary.policy)
        var dataset = JSONObject()
        dataset["digest"] = .string(summary.dataset.digest)
        dataset["count"] = .integer(Int64(summary.dataset.count))
        put(&dataset, "version", summary.dataset.version)
        root["dataset"] = .object(dataset)
        root["versions"] = facts(summary.versions)
        root["judges"] = facts(summary.judges)
        put(&root, "cost", summary.cost)
        put(&root, "currency", summary.currency)
        root["attempt"] = .integer(Int64(summary.attempt))
        root["planned"] = .integer(Int64(summary.planned))
        root["answered"] = .integer(Int64(summary.answered))
        root["unmeasured"] = .integer(Int64(summary.unmeasured))
        root["gates"] = .array(summary.gates.map(gate))
        root["metrics"] = .array(summary.metrics.map { .object(metric($0)) })
        root["files"] = facts(summary.files)
        if summary.isBare { root["bare"] = true }
        return root
    }

    private static func put(_ out: inout JSONObject, _ key: String, _ text: String?) {
        if let text { out[key] = .string(text) }
    }

    private static func put(_ out: inout JSONObject, _ key: String, _ number: Double?) {
        if let number, number.isFinite { out[key] = .number(number) }
    }

    private static func facts(_ facts: [RunSummary.Fact]) -> JSONValue {
        var out = JSONObject()
        for fact in facts { out[fact.name] = .string(fact.value) }
        return .object(out)
    }

    private static func gate(_ gate: RunSummary.Gate) -> JSONValue {
        var out = JSONObject()
        out["rule"] = .string(gate.rule)
        out["outcome"] = .string(gate.outcome)
        put(&out, "baseline", gate.baseline)
        put(&out, "candidate", gate.candidate)
        out["note"] = .string(gate.note)
        put(&out, "waived_by", gate.waivedBy)
        return .object(out)
    }

    public static func metric(_ metric: RunSummary.Metric) -> JSONObject {
        var out = JSONObject()
        out["name"] = .string(metric.name)
        out["unit"] = .string(metric.unit)
        out["direction"] = .string(metric.direction)
        out["tier"] = .string(metric.tier)
        put(&out, "value", metric.value)
        put(&out, "lower", metric.lower)
        put(&out, "upper", metric.upper)
        put(&out, "confidence", metric.confidence)
        put(&out, "method", metric.method)
        out["n"] = .integer(Int64(metric.n))
        put(&out, "baseline", metric.baseline)
        return out
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> RunSummary {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(description: "the summary is no JSON: \(error.cause)")
        }
        return try decode(root)
    }

    public static func decode(_ root: JSONValue) throws(Problem) -> RunSummary {
        guard let object = root.objectValue, let format = object["format"]?.stringValue else {
            throw Problem(description: "it is no summary of a run")
        }
        guard format == RunSummaryCodec.format else {
            throw Problem(
                description: "its format is not \(RunSummaryCodec.format): it was written by another Sluice")
        }
        guard let id = object["run"]?.stringValue, let started = object["started_at"]?.stringValue,
            let verdict = object["verdict"]?.stringValue.flatMap(Verdict.init(rawValue:))
        else { throw Problem(description: "the summary lacks run, started_at or verdict") }
        var summary = RunSummary(id: id)
        summary.startedAt = started
        summary.verdict = verdict
        // Members in one pass: an object's lookup is a search.
        for member in object.members {
            let value = member.value
            switch member.key {
            case "project": summary.project = value.stringValue ?? ""
            case "sluice": summary.sluice = value.stringValue ?? ""
            case "seconds": summary.seconds = value.doubleValue ?? 0
            case "headline": summary.headline = value.stringValue ?? ""
            case "title": summary.title = value.stringValue ?? ""
            case "changes": summary.changes = (value.arrayValue ?? []).compactMap(\.stringValue)
            case "branch": summary.branch = value.stringValue
            case "commit": summary.commit = value.stringValue
            case "pair": summary.pair = value.stringValue ?? ""
            case "policy": summary.policy = value.stringValue ?? ""
            case "dataset":
                summary.dataset = Manifest.DatasetFacts(
                    digest: value["digest"]?.stringValue ?? "", count: value["count"]?.intValue ?? 0,
                    files: [],
                    version: value["version"]?.stringValue)
            case "versions": summary.versions = facts(value)
            case "judges": summary.judges = facts(value)
            case "files": summary.files = facts(value)
            case "cost": summary.cost = value.doubleValue
            case "currency": summary.currency = value.stringValue
            case "attempt": summary.attempt = value.intValue ?? 1
            case "planned": summary.planned = value.intValue ?? 0
            case "answered": summary.answered = value.intValue ?? 0
            case "unmeasured": summary.unmeasured = value.intValue ?? 0
            case "gates": summary.gates = (value.arrayValue ?? []).compactMap(gate)
            case "metrics": summary.metrics = (value.arrayValue ?? []).compactMap(metric)
            case "bare": summary.isBare = value.boolValue ?? false
            default: break
            }
        }
        return summary
    }

    private static func facts(_ value: JSONValue) -> [RunSummary.Fact] {
        (value.objectValue?.members ?? []).compactMap { member in
            member.value.stringValue.map { RunSummary.Fact(name: member.key, value: $0) }
        }
    }

    private static func gate(_ value: JSONValue) -> RunSummary.Gate? {
        guard let rule = value["rule"]?.stringValue, let outcome = value["outcome"]?.stringValue else {
            return nil
        }
        return RunSummary.Gate(
            rule: rule, outcome: outcome, baseline: value["baseline"]?.doubleValue,
            candidate: value["candidate"]?.doubleValue, note: value["note"]?.stringValue ?? "",
            waivedBy: value["waived_by"]?.stringValue)
    }

    private static func metric(_ value: JSONValue) -> RunSummary.Metric? {
        guard let members = value.objectValue?.members else { return nil }
        var name: String?
        var (unit, direction, tier) = ("ratio", "neither", "quality")
        var method: String?
        var number: Double?
        var (lower, upper, confidence, baseline): (Double?, Double?, Double?, Double?)
        var n: Double?
        // Members in one pass: a history reads hundreds of thousands of them.
        for member in members {
            let value = member.value
            switch member.key {
            case "name": name = value.stringValue
            case "unit": unit = value.stringValue ?? unit
            case "direction": direction = value.stringValue ?? direction
            case "tier": tier = value.stringValue ?? tier
            case "method": method = value.stringValue
            case "value": number = value.doubleValue
            case "lower": lower = value.doubleValue
            case "upper": upper = value.doubleValue
            case "confidence": confidence = value.doubleValue
            case "baseline": baseline = value.doubleValue
            case "n": n = value.doubleValue
            default: break
            }
        }
        guard let name, let number, let count = n.flatMap({ Int(exactly: $0) }) else { return nil }
        return RunSummary.Metric(
            name: name, unit: unit, direction: direction, tier: tier, value: number, lower: lower,
            upper: upper, confidence: confidence, method: method, n: count, baseline: baseline)
    }
}
