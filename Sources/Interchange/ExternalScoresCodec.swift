import Domain
import Notation

/// The scores from elsewhere that a run was judged by, as it keeps them: JSON Lines, a head and a line a score.
///
/// A run that is read again takes them from here, so that it says the same whatever became of the files.
public enum ExternalScoresCodec {
    public static let format = "sluice.external/1"

    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func encode(_ scores: ExternalScores) -> [UInt8] {
        var writer = JSONWriter(reserving: 128 * (scores.rows.count + 8))
        var head = JSONObject()
        head["format"] = .string(format)
        head["metrics"] = .array(zip(scores.metrics, scores.sources).map { .object(metric($0, $1)) })
        head["sources"] = .array(
            scores.provenance.enumerated().map { .object(source($1, scores.refusals[$0])) })
        writer.value(.object(head))
        writer.endLine()
        for row in scores.rows {
            writer.beginObject()
            writer.member("m", row.metric)
            writer.member("s", row.source)
            writer.member("id", row.example)
            if let arm = row.arm { writer.member("arm", arm.rawValue) }
            if let repetition = row.repetition { writer.member("rep", repetition) }
            if let answer = row.answer { writer.member("answer", answer) }
            if !row.versions.isEmpty {
                writer.key("versions")
                writer.beginArray()
                for version in row.versions {
                    writer.beginArray()
                    writer.string(version.name)
                    writer.string(version.value)
                    writer.endArray()
                }
                writer.endArray()
            }
            if let score = row.score, score.isFinite { writer.member("score", score) }
            if let problem = row.problem { writer.member("problem", problem) }
            writer.endObject()
            writer.endLine()
        }
        return writer.bytes
    }

    private static func metric(_ metric: ExternalMetric, _ sources: [Int]) -> JSONObject {
        var out = JSONObject()
        out["name"] = .string(metric.name)
        out["column"] = .string(metric.column)
        out["unit"] = .string(metric.unit)
        out["lowest"] = metric.lowest.map { .number($0) }
        out["highest"] = metric.highest.map { .number($0) }
        out["better"] = .string(metric.better)
        out["pass_fail"] = .bool(metric.isPassFail)
        out["sources"] = .array(sources.map { .integer(Int64($0)) })
        return out
    }

    private static func source(_ source: ExternalProvenance, _ refusal: String?) -> JSONObject {
        var out = JSONObject()
        out["file"] = .string(source.file)
        out["digest"] = source.digest.map { .string($0) }
        out["made_at"] = source.madeAt.map { .string($0) }
        out["scorer"] = source.scorer.map { .string($0) }
        out["scores"] = .integer(Int64(source.scores))
        out["problems"] = .array(source.problems.map { .string($0) })
        out["refused"] = refusal.map { .string($0) }
        return out
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> ExternalScores {
        let lines = bytes.split(separator: 0x0A)
        guard let head = lines.first.flatMap({ try? JSONValue.parse($0) }),
            head["format"]?.stringValue == format
        else { throw Problem(description: "it is no \(format)") }
        var metrics: [ExternalMetric] = []
        var sources: [[Int]] = []
        for one in head["metrics"]?.arrayValue ?? [] {
            metrics.append(
                ExternalMetric(
                    name: one["name"]?.stringValue ?? "", column: one["column"]?.stringValue ?? "",
                    unit: one["unit"]?.stringValue ?? "ratio", lowest: one["lowest"]?.doubleValue,
                    highest: one["highest"]?.doubleValue, better: one["better"]?.stringValue ?? "neither",
                    isPassFail: one["pass_fail"]?.boolValue ?? false))
            sources.append((one["sources"]?.arrayValue ?? []).compactMap(\.intValue))
        }
        var provenance: [ExternalProvenance] = []
        var refusals: [Int: String] = [:]
        for (index, one) in (head["sources"]?.arrayValue ?? []).enumerated() {
            provenance.append(
                ExternalProvenance(
                    file: one["file"]?.stringValue ?? "", digest: one["digest"]?.stringValue,
                    madeAt: one["made_at"]?.stringValue, scorer: one["scorer"]?.stringValue,
                    scores: one["scores"]?.intValue ?? 0,
                    problems: (one["problems"]?.arrayValue ?? []).compactMap(\.stringValue)))
            refusals[index] = one["refused"]?.stringValue
        }
        guard sources.allSatisfy({ $0.allSatisfy(provenance.indices.contains) }) else {
            throw Problem(description: "its head names a source that it lacks")
        }
        var rows: [ExternalScores.Row] = []
        rows.reserveCapacity(lines.count)
        for (number, line) in lines.dropFirst().enumerated() {
            guard let value = try? JSONValue.parse(line), let metric = value["m"]?.intValue,
                let source = value["s"]?.intValue, let example = value["id"]?.stringValue,
                metrics.indices.contains(metric), provenance.indices.contains(source)
            else { throw Problem(description: "line \(number + 2) is no score") }
            let versions = (value["versions"]?.arrayValue ?? []).compactMap { pair -> Answer.Version? in
                guard let name = pair[0]?.stringValue, let value = pair[1]?.stringValue else { return nil }
                return Answer.Version(name: name, value: value)
            }
            rows.append(
                ExternalScores.Row(
                    metric: metric, source: source, example: example,
                    arm: value["arm"]?.stringValue.flatMap(Arm.init(rawValue:)),
                    repetition: value["rep"]?.intValue, answer: value["answer"]?.stringValue,
                    versions: versions, score: value["score"]?.doubleValue,
                    problem: value["problem"]?.stringValue))
        }
        return ExternalScores(
            metrics: metrics, sources: sources, provenance: provenance, rows: rows, refusals: refusals)
    }
}
