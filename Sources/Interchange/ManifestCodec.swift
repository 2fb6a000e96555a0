import Domain
import Notation

/// A run's manifest as JSON, and back: version 1, lossless, readable.
public enum ManifestCodec {
    public static let format = "sluice.manifest/1"

    /// Why bytes are no manifest.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func encode(_ manifest: Manifest) -> [UInt8] {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(json(manifest))
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    public static func json(_ manifest: Manifest) -> JSONValue {
        var root = JSONObject()
        root["format"] = .string(format)
        root["run"] = .string(manifest.runID)
        root["sluice"] = .string(manifest.sluiceVersion)
        root["project"] = .string(manifest.project)
        root["title"] = .string(manifest.title)
        root["changes"] = .array(manifest.changes.map { .string($0.rawValue) })
        root["policy"] = [
            "path": .string(manifest.policyPath), "digest": .string(manifest.policyDigest),
            "text": .string(manifest.policyText),
        ]
        root["dataset"] = dataset(manifest.dataset)
        root["baseline"] = manifest.baseline.map(target) ?? .null
        root["candidate"] = manifest.candidate.map(target) ?? .null
        root["repeats"] = .integer(Int64(manifest.repeats))
        // A seed may exceed what a JSON number holds in other readers.
        root["seed"] = .string(String(manifest.seed))
        root["started_at"] = .string(manifest.startedAt)
        root["duration_seconds"] = .number(manifest.durationSeconds)
        root["cost"] = manifest.cost.map { .number($0) } ?? .null
        root["currency"] = manifest.currency.map { .string($0) } ?? .null
        root["attempt"] = .integer(Int64(manifest.attempt))
        if let age = manifest.cacheAgeSeconds { root["cache"] = ["max_age_seconds": .number(age)] }
        var environment = JSONObject()
        environment["processor"] = .string(manifest.environment.processor)
        environment["kernels"] = .string(manifest.environment.kernels)
        environment["system"] = .string(manifest.environment.system)
        environment["git"] = manifest.environment.git.map { .string($0) } ?? .null
        if let branch = manifest.environment.branch { environment["branch"] = .string(branch) }
        root["environment"] = .object(environment)
        return .object(root)
    }

    /// As manifests, blessings and reports have it.
    static func dataset(_ facts: Manifest.DatasetFacts) -> JSONValue {
        var object = JSONObject()
        object["digest"] = .string(facts.digest)
        object["count"] = .integer(Int64(facts.count))
        object["files"] = .array(facts.files.map { .string($0) })
        object["version"] = facts.version.map { .string($0) } ?? .null
        if let tag = facts.frozen { object["frozen"] = .string(tag) }
        return .object(object)
    }

    private static func target(_ facts: Manifest.TargetFacts) -> JSONValue {
        [
            "kind": .string(facts.identity.kind), "address": .string(facts.identity.address),
            "configuration": .string(facts.identity.configuration),
            "versions": .array(
                facts.versions.map { version in
                    ["name": .string(version.name), "values": .array(version.values.map { .string($0) })]
                }),
            "blessed": facts.blessed.map { .string($0) } ?? .null,
        ]
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> Manifest {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(
                description:
                    "\(error.mark.line):\(error.mark.column): the manifest is no JSON: \(error.cause)")
        }
        guard root["format"]?.stringValue == format else {
            throw Problem(
                description: "the manifest's format is not \(format): it was written by another Sluice")
        }
        func text(_ value: JSONValue?, _ name: String) throws(Problem) -> String {
            guard let text = value?.stringValue else {
                throw Problem(description: "the manifest lacks \(name)")
            }
            return text
        }
        var manifest = Manifest(
            runID: try text(root["run"], "run"), sluiceVersion: try text(root["sluice"], "sluice"),
            project: try text(root["project"], "project"),
            policyPath: try text(root["policy"]?["path"], "policy.path"))
        manifest.title = try text(root["title"], "title")
        manifest.changes = (root["changes"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap(ChangeKind.init)
        }
        manifest.policyDigest = try text(root["policy"]?["digest"], "policy.digest")
        manifest.policyText = try text(root["policy"]?["text"], "policy.text")
        manifest.dataset = Manifest.DatasetFacts(
            digest: try text(root["dataset"]?["digest"], "dataset.digest"),
            count: root["dataset"]?["count"]?.intValue ?? 0,
            files: (root["dataset"]?["files"]?.arrayValue ?? []).compactMap(\.stringValue),
            version: root["dataset"]?["version"]?.stringValue,
            frozen: root["dataset"]?["frozen"]?.stringValue)
        manifest.baseline = root["baseline"].flatMap(facts)
        manifest.candidate = root["candidate"].flatMap(facts)
        manifest.repeats = root["repeats"]?.intValue ?? 1
        guard let seed = UInt64(try text(root["seed"], "seed")) else {
            throw Problem(description: "the manifest's seed is no number")
        }
        manifest.seed = seed
        manifest.startedAt = try text(root["started_at"], "started_at")
        manifest.durationSeconds = root["duration_seconds"]?.doubleValue ?? 0
        manifest.cost = root["cost"]?.doubleValue
        manifest.currency = root["currency"]?.stringValue
        manifest.attempt = root["attempt"]?.intValue ?? 1
        let environment = root["environment"]
        manifest.environment = Manifest.Environment(
            processor: environment?["processor"]?.stringValue ?? "",
            kernels: environment?["kernels"]?.stringValue ?? "",
            system: environment?["system"]?.stringValue ?? "",
            git: environment?["git"]?.stringValue, branch: environment?["branch"]?.stringValue)
        manifest.cacheAgeSeconds = root["cache"]?["max_age_seconds"]?.doubleValue
        return manifest
    }

    private static func facts(_ value: JSONValue) -> Manifest.TargetFacts? {
        guard let kind = value["kind"]?.stringValue, let address = value["address"]?.stringValue,
            let configuration = value["configuration"]?.stringValue
        else { return nil }
        let versions = (value["versions"]?.arrayValue ?? []).compactMap {
            version -> Manifest.ObservedVersion? in
            guard let name = version["name"]?.stringValue else { return nil }
            let values = (version["values"]?.arrayValue ?? []).compactMap(\.stringValue)
            return Manifest.ObservedVersion(name: name, values: values)
        }
        return Manifest.TargetFacts(
            identity: TargetIdentity(kind: kind, address: address, configuration: configuration),
            versions: versions, blessed: value["blessed"]?.stringValue)
    }
}
