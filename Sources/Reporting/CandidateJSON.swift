import Curation
import Domain
import Notation

/// Candidates for programs: `sluice.candidates/1`, `sluice.growth/1`.
public enum CandidateJSON {
    /// - Parameter facts: What was done: the file, what was read, what came of it.
    public static func list(_ clusters: [[Candidate]], facts: JSONObject) -> JSONValue {
        var root = JSONObject()
        root["format"] = "sluice.candidates/1"
        for member in facts.members { root[member.key] = member.value }
        root["clusters"] = .array(
            clusters.map { group in .array(group.map { .object(CandidateCodec.row($0)) }) })
        return .object(root)
    }

    public static func due(_ demands: [GrowthDemand], rules: Int) -> JSONValue {
        [
            "format": "sluice.growth/1", "rules": .integer(Int64(rules)), "due": .array(demands.map(demand)),
        ]
    }

    private static func demand(_ demand: GrowthDemand) -> JSONValue {
        [
            "when": .string(demand.rule.when), "ask": .string(demand.rule.asks),
            "place": [
                "file": .string(demand.rule.place.file), "line": .integer(Int64(demand.rule.place.line)),
            ], "segment": demand.segment.map { .string($0) } ?? .null, "why": .string(demand.why),
            "n": .integer(Int64(demand.n)), "wants": .string(demand.wants),
            "wanted": .integer(Int64(demand.wanted)), "have": .integer(Int64(demand.have)),
        ]
    }
}
