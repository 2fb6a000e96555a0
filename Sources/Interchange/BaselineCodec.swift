import Domain
import Notation

/// A blessed baseline as JSON that people review, and back; and the lines of its history. Version 1, lossless.
public enum BaselineCodec {
    public static let format = "sluice.baseline/1"

    /// Why bytes are no baseline.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Indented, in a fixed order, with a line feed at the end: a change of it reads well in a diff.
    public static func encode(_ baseline: BlessedBaseline) -> [UInt8] {
        let blessing = baseline.blessing
        var root = JSONObject()
        root["format"] = .string(format)
        root["name"] = .string(blessing.name)
        root["why"] = .string(blessing.why)
        root["who"] = .string(blessing.who)
        root["blessed_at"] = .string(blessing.blessedAt)
        root["project"] = .string(blessing.project)
        root["run"] = .string(blessing.run)
        root["arm"] = .string(blessing.arm.rawValue)
        root["verdict"] = optional(blessing.verdict?.rawValue)
        root["sluice"] = .string(blessing.sluiceVersion)
        root["dataset"] = ManifestCodec.dataset(blessing.dataset)
        root["policy"] = ["digest": .string(blessing.policyDigest)]
        root["target"] = [
            "kind": .string(blessing.target.identity.kind),
            "address": .string(blessing.target.identity.address),
            "configuration": .string(blessing.target.identity.configuration),
            "blessed": optional(blessing.target.blessed),
        ]
        root["versions"] = .array(
            blessing.target.versions.map { version in
                ["name": .string(version.name), "values": .array(version.values.map { .string($0) })]
            })
        root["gates"] = .array(
            blessing.gates.map { gate in
                [
                    "rule": .string(gate.rule), "outcome": .string(gate.outcome),
                    "baseline": optional(gate.baseline),
                    "candidate": optional(gate.candidate),
                ]
            })
        root["margins"] = .array(
            blessing.margins.map { ["metric": .string($0.metric), "margin": optional($0.margin)] })
        root["observations"] = [
            "file": .string(baseline.observations.file), "digest": .string(baseline.observations.digest),
            "count": .integer(Int64(baseline.observations.count)),
            "unpacked_bytes": .integer(Int64(baseline.observations.unpackedBytes)),
        ]
        return JSONValue.object(root).bytes(pretty: true) + [UInt8(ascii: "\n")]
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> BlessedBaseline {
        let root = Part(try parse(bytes), "")
        guard try root.text("format") == format else {
            throw Problem(description: "its format is not \(format): it was written by another Sluice")
        }
        let arm = try root.text("arm")
        guard let arm = Arm(rawValue: arm) else { throw Problem(description: "'arm' is no arm") }
        let dataset = try root.part("dataset")
        let observations = try root.part("observations")
        let blessing = Blessing(
            name: try root.text("name"), why: try root.text("why"), who: try root.text("who"),
            blessedAt: try root.text("blessed_at"), run: try root.text("run"), arm: arm,
            project: try root.text("project"), sluiceVersion: try root.text("sluice"),
            dataset: Manifest.DatasetFacts(
                digest: try dataset.text("digest"), count: try dataset.count("count"),
                files: try dataset.texts("files"), version: dataset.value["version"]?.stringValue,
                frozen: dataset.value["frozen"]?.stringValue),
            policyDigest: try root.part("policy").text("digest"), target: try target(root),
            verdict: try verdict(root), gates: try gates(root), margins: try margins(root))
        return BlessedBaseline(
            blessing: blessing,
            observations: BlessedBaseline.PackedObservations(
                file: try observations.text("file"), digest: try observations.text("digest"),
                count: try observations.count("count"),
                unpackedBytes: try observations.count("unpacked_bytes")))
    }

    /// A line of the history, with its line feed.
    public static func encode(_ record: BlessingRecord) -> [UInt8] {
        let line: JSONValue = [
            "blessed_at": .string(record.blessedAt), "who": .string(record.who), "why": .string(record.why),
            "run": .string(record.run), "verdict": optional(record.verdict?.rawValue),
            "dataset": .string(record.datasetDigest), "observations": .string(record.observationsDigest),
        ]
        return line.bytes() + [UInt8(ascii: "\n")]
    }

    public static func decodeRecord(_ line: [UInt8]) throws(Problem) -> BlessingRecord {
        let root = Part(try parse(line), "")
        return BlessingRecord(
            blessedAt: try root.text("blessed_at"), who: try root.text("who"), why: try root.text("why"),
            run: try root.text("run"), verdict: try verdict(root), datasetDigest: try root.text("dataset"),
            observationsDigest: try root.text("observations"))
    }

    // MARK: Parts

    private static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
            throw Problem(description: "line \(error.mark.line), column \(error.mark.column): \(error.cause)")
        }
    }

    private static func target(_ root: Part) throws(Problem) -> Manifest.TargetFacts {
        let target = try root.part("target")
        var versions: [Manifest.ObservedVersion] = []
        for version in try root.parts("versions") {
            versions.append(
                Manifest.ObservedVersion(name: try version.text("name"), values: try version.texts("values")))
        }
        return Manifest.TargetFacts(
            identity: TargetIdentity(
                kind: try target.text("kind"), address: try target.text("address"),
                configuration: try target.text("configuration")),
            versions: versions, blessed: target.value["blessed"]?.stringValue)
    }

    private static func verdict(_ root: Part) throws(Problem) -> Verdict? {
        guard let text = root.value["verdict"]?.stringValue else { return nil }
        guard let verdict = Verdict(rawValue: text) else {
            throw Problem(description: "'verdict' is no verdict")
        }
        return verdict
    }

    private static func gates(_ root: Part) throws(Problem) -> [Blessing.Gate] {
        var gates: [Blessing.Gate] = []
        for gate in try root.parts("gates") {
            gates.append(
                Blessing.Gate(
                    rule: try gate.text("rule"), outcome: try gate.text("outcome"),
                    baseline: gate.value["baseline"]?.doubleValue,
                    candidate: gate.value["candidate"]?.doubleValue))
        }
        return gates
    }

    private static func margins(_ root: Part) throws(Problem) -> [Blessing.Margin] {
        var margins: [Blessing.Margin] = []
        for margin in try root.parts("margins") {
            guard let number = margin.value["margin"]?.doubleValue else {
                throw Problem(description: "'\(margin.path)margin' is missing or no number")
            }
            margins.append(Blessing.Margin(metric: try margin.text("metric"), margin: number))
        }
        return margins
    }

    private static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func optional(_ number: Double?) -> JSONValue { number.map { .finite($0) } ?? .null }

    /// A part of the JSON, and where it stands.
    private struct Part {
        let value: JSONValue
        let path: String

        init(_ value: JSONValue, _ path: String) {
            self.value = value
            self.path = path
        }

        func text(_ key: String) throws(Problem) -> String {
            guard let text = value[key]?.stringValue else { throw lacks(key, "text") }
            return text
        }

        func count(_ key: String) throws(Problem) -> Int {
            guard let count = value[key]?.intValue, count >= 0 else { throw lacks(key, "count") }
            return count
        }

        func texts(_ key: String) throws(Problem) -> [String] {
            var texts: [String] = []
            for element in value[key]?.arrayValue ?? [] {
                guard let text = element.stringValue else { throw lacks(key, "list of texts") }
                texts.append(text)
            }
            return texts
        }

        func part(_ key: String) throws(Problem) -> Part {
            guard let part = value[key], part.objectValue != nil else { throw lacks(key, "object") }
            return Part(part, path + key + ".")
        }

        func parts(_ key: String) throws(Problem) -> [Part] {
            guard let elements = value[key]?.arrayValue else { throw lacks(key, "list") }
            return elements.enumerated().map { Part($1, "\(path)\(key)[\($0)].") }
        }

        private func lacks(_ key: String, _ what: String) -> Problem {
            Problem(description: "'\(path)\(key)' is missing or no \(what)")
        }
    }
}
