import Domain
import Notation

/// What a sweep set out to do, as it is kept beside its answers: enough to go on after a kill, and to analyse again.
public struct SweepRecord: Sendable {
    public static let format = "sluice.sweep-record/1"

    public var sweep: String
    public var project: String
    public var policyPath = ""
    public var policyDigest = ""
    public var title = ""
    public var changes: [ChangeKind] = []
    public var dataset = Manifest.DatasetFacts(digest: "", count: 0, files: [], version: nil)
    public var seed: UInt64 = 1
    public var repeats = 1
    public var startedAt = ""
    public var sluiceVersion = ""
    public var environment = Manifest.Environment(processor: "", kernels: "", system: "", git: nil)
    /// With what the command line added to the policy's.
    public var plan = SweepPolicy()
    public var only: [String] = []
    public var runs: [Run] = []
    /// Seconds of asking and calls so far, over all sittings.
    public var seconds = 0.0
    public var calls = 0
    public var isFinished = false

    /// One variant and the run that holds its answers.
    public struct Run: Sendable {
        public let variant: Variant
        public let run: String
        /// Nil where it cannot be asked.
        public let target: TargetIdentity?
        public let problem: String?

        public init(variant: Variant, run: String, target: TargetIdentity?, problem: String?) {
            self.variant = variant
            self.run = run
            self.target = target
            self.problem = problem
        }
    }

    public init(sweep: String, project: String) {
        self.sweep = sweep
        self.project = project
    }

    // MARK: Writing

    public func encoded() -> [UInt8] {
        var root = JSONObject()
        root["format"] = .string(Self.format)
        root["sweep"] = .string(sweep)
        root["project"] = .string(project)
        root["policy"] = ["path": .string(policyPath), "digest": .string(policyDigest)]
        root["title"] = .string(title)
        root["changes"] = .array(changes.map { .string($0.rawValue) })
        root["dataset"] = [
            "digest": .string(dataset.digest), "count": .integer(Int64(dataset.count)),
            "files": .array(dataset.files.map { .string($0) }),
            "version": dataset.version.map { .string($0) } ?? .null,
        ]
        root["seed"] = .string(String(seed))
        root["repeats"] = .integer(Int64(repeats))
        root["started_at"] = .string(startedAt)
        root["sluice"] = .string(sluiceVersion)
        root["environment"] = [
            "processor": .string(environment.processor), "kernels": .string(environment.kernels),
            "system": .string(environment.system), "git": environment.git.map { .string($0) } ?? .null,
        ]
        root["plan"] = Self.value(plan)
        root["only"] = .array(only.map { .string($0) })
        root["runs"] = .array(runs.map(Self.value))
        root["seconds"] = .number(seconds)
        root["calls"] = .integer(Int64(calls))
        root["finished"] = .bool(isFinished)
        return JSONValue.object(root).bytes(pretty: true) + [0x0A]
    }

    private static func value(_ plan: SweepPolicy) -> JSONValue {
        [
            "vary": .array(
                plan.vary.map { ["parameter": .string($0.name), "values": .array($0.values)] }),
            "combine": .string(plan.combination.rawValue),
            "variants": .array(
                plan.variants.map { ["name": .string($0.name), "settings": settings($0.settings)] }),
            "parameters": .array(
                plan.places.map { ["parameter": .string($0.parameter), "place": .string($0.place.text)] }),
            "reference": plan.reference.map { .string($0) } ?? .null,
            "axes": .array(plan.axes.map(value)), "metrics": .array(plan.metrics.map(value)),
        ]
    }

    private static func value(_ metric: MetricReference) -> JSONValue {
        var member = JSONValue.null
        if case .named(let name) = metric.selector { member = .string(name) }
        return [
            "name": .string(metric.name), "member": member,
            "statistic": metric.statistic.map { .string($0) } ?? .null,
        ]
    }

    private static func value(_ run: Run) -> JSONValue {
        var target = JSONValue.null
        if let identity = run.target {
            target = [
                "kind": .string(identity.kind), "address": .string(identity.address),
                "configuration": .string(identity.configuration),
            ]
        }
        return [
            "variant": .string(run.variant.name), "settings": settings(run.variant.settings),
            "run": .string(run.run), "target": target, "problem": run.problem.map { .string($0) } ?? .null,
        ]
    }

    private static func settings(_ settings: [SweepPolicy.Setting]) -> JSONValue {
        .array(settings.map { ["parameter": .string($0.parameter), "value": $0.value] })
    }

    // MARK: Reading

    /// Why a record cannot be read.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    public init(_ bytes: [UInt8]) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(description: "it is no JSON: \(error.cause)")
        }
        guard root["format"]?.stringValue == Self.format else {
            throw Problem(description: "it is not of the form \(Self.format)")
        }
        guard let sweep = root["sweep"]?.stringValue, let project = root["project"]?.stringValue,
            let dataset = root["dataset"], let digest = dataset["digest"]?.stringValue,
            let count = dataset["count"]?.intValue, let runs = root["runs"]?.arrayValue,
            let plan = root["plan"]
        else { throw Problem(description: "a member is missing") }
        self.init(sweep: sweep, project: project)
        policyPath = root["policy"]?["path"]?.stringValue ?? ""
        policyDigest = root["policy"]?["digest"]?.stringValue ?? ""
        title = root["title"]?.stringValue ?? ""
        changes = (root["changes"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap(ChangeKind.init) }
        self.dataset = Manifest.DatasetFacts(
            digest: digest, count: count, files: Self.texts(dataset["files"]),
            version: dataset["version"]?.stringValue)
        seed = root["seed"]?.stringValue.flatMap { UInt64($0) } ?? 1
        repeats = max(1, root["repeats"]?.intValue ?? 1)
        startedAt = root["started_at"]?.stringValue ?? ""
        sluiceVersion = root["sluice"]?.stringValue ?? ""
        if let given = root["environment"] {
            environment = Manifest.Environment(
                processor: given["processor"]?.stringValue ?? "",
                kernels: given["kernels"]?.stringValue ?? "",
                system: given["system"]?.stringValue ?? "", git: given["git"]?.stringValue)
        }
        self.plan = try Self.plan(plan)
        only = Self.texts(root["only"])
        for run in runs { self.runs.append(try Self.run(run)) }
        seconds = root["seconds"]?.doubleValue ?? 0
        calls = root["calls"]?.intValue ?? 0
        isFinished = root["finished"]?.boolValue ?? false
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func plan(_ value: JSONValue) throws(Problem) -> SweepPolicy {
        var plan = SweepPolicy()
        for entry in value["vary"]?.arrayValue ?? [] {
            guard let name = entry["parameter"]?.stringValue, let values = entry["values"]?.arrayValue else {
                throw Problem(description: "a parameter has no name or no values")
            }
            plan.vary.append(SweepPolicy.Parameter(name: name, values: values))
        }
        plan.combination =
            value["combine"]?.stringValue.flatMap(SweepPolicy.Combination.init(rawValue:)) ?? .crossed
        for entry in value["variants"]?.arrayValue ?? [] {
            guard let name = entry["name"]?.stringValue else {
                throw Problem(description: "a variant has no name")
            }
            plan.variants.append(
                SweepPolicy.Variant(name: name, settings: try settings(entry["settings"])))
        }
        for entry in value["parameters"]?.arrayValue ?? [] {
            guard let name = entry["parameter"]?.stringValue,
                let place = entry["place"]?.stringValue.flatMap(SweepPolicy.Place.init)
            else { throw Problem(description: "a parameter has no place") }
            plan.places.append(SweepPolicy.Placement(parameter: name, place: place))
        }
        plan.reference = value["reference"]?.stringValue
        plan.axes = (value["axes"]?.arrayValue ?? []).compactMap(metric)
        plan.metrics = (value["metrics"]?.arrayValue ?? []).compactMap(metric)
        return plan
    }

    private static func settings(_ value: JSONValue?) throws(Problem) -> [SweepPolicy.Setting] {
        var settings: [SweepPolicy.Setting] = []
        for entry in value?.arrayValue ?? [] {
            guard let name = entry["parameter"]?.stringValue, let value = entry["value"] else {
                throw Problem(description: "a setting has no name or no value")
            }
            settings.append(SweepPolicy.Setting(name, value))
        }
        return settings
    }

    private static func metric(_ value: JSONValue) -> MetricReference? {
        value["name"]?.stringValue.map {
            MetricReference(
                name: $0, selector: value["member"]?.stringValue.map { .named($0) },
                statistic: value["statistic"]?.stringValue)
        }
    }

    private static func run(_ value: JSONValue) throws(Problem) -> Run {
        guard let name = value["variant"]?.stringValue, let run = value["run"]?.stringValue else {
            throw Problem(description: "a variant has no name or no run")
        }
        var target: TargetIdentity?
        if let given = value["target"], let kind = given["kind"]?.stringValue,
            let address = given["address"]?.stringValue,
            let configuration = given["configuration"]?.stringValue
        {
            target = TargetIdentity(kind: kind, address: address, configuration: configuration)
        }
        return Run(
            variant: Variant(name: name, settings: try settings(value["settings"])), run: run, target: target,
            problem: value["problem"]?.stringValue)
    }
}
