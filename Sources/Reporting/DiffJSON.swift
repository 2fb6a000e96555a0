import Curation
import Domain
import Notation

/// What became of a data set, as `sluice.dataset-diff/1`.
public enum DiffJSON {
    /// - Parameters:
    ///   - old: Facts of the earlier state: name, digest, examples.
    ///   - effects: Past runs judged again; nil where that was not asked for.
    public static func value(
        _ diff: DatasetDiff, old: JSONObject, new: JSONObject, effects: [VerdictEffect]?
    ) -> JSONValue {
        var root = JSONObject()
        root["format"] = "sluice.dataset-diff/1"
        root["old"] = .object(old)
        root["new"] = .object(new)
        root["same"] = .bool(diff.isEmpty)
        root["unchanged"] = .integer(Int64(diff.unchanged))
        root["added"] = listed(diff.added, entry)
        root["changed"] = listed(diff.changed, change)
        root["reexpected"] = .integer(Int64(diff.reexpected.count))
        root["retired"] = listed(diff.retired, entry)
        root["removed"] = listed(diff.removed, entry)
        root["restored"] = listed(diff.restored, entry)
        root["renamed"] = listed(diff.renamed, entry)
        root["provenance"] = listed(diff.attested, change)
        root["slices"] = .array(diff.slices.map(slice))
        root["verdicts"] = effects.map { .array($0.map(effect)) } ?? .null
        return .object(root)
    }

    private static func listed<Item>(
        _ listed: DatasetDiff.Listed<Item>, _ body: (Item) -> JSONValue
    ) -> JSONValue {
        ["count": .integer(Int64(listed.count)), "examples": .array(listed.items.map(body))]
    }

    private static func entry(_ entry: DatasetDiff.Entry) -> JSONValue {
        var object = JSONObject()
        object["id"] = .string(entry.id)
        if let earlier = entry.earlierID { object["earlier_id"] = .string(earlier) }
        object["query"] = .string(entry.query)
        object["place"] = place(entry.place)
        if let retirement = entry.retirement {
            object["why"] = .string(retirement.why)
            object["by"] = retirement.by.map { .string($0) } ?? .null
            object["on"] = retirement.on.map { .string($0) } ?? .null
        }
        return .object(object)
    }

    private static func change(_ change: DatasetDiff.Change) -> JSONValue {
        [
            "id": .string(change.id), "place": place(change.place),
            "asks_the_same": .bool(change.asksTheSame),
            "fields": .array(
                change.fields.map { field in
                    [
                        "field": .string(field.name), "expectation": .bool(field.isExpectation),
                        "old": field.old ?? .null, "new": field.new ?? .null,
                    ] as JSONValue
                }),
        ]
    }

    private static func slice(_ slice: DatasetDiff.SliceChange) -> JSONValue {
        [
            "slice": .string(slice.slice), "value": .string(slice.value), "old": .integer(Int64(slice.old)),
            "new": .integer(Int64(slice.new)), "added": .integer(Int64(slice.added)),
            "changed": .integer(Int64(slice.changed)), "gone": .integer(Int64(slice.gone)),
        ]
    }

    private static func effect(_ effect: VerdictEffect) -> JSONValue {
        [
            "run": .string(effect.run), "started_at": .string(effect.startedAt),
            "before": judgement(effect.before), "remaining": effect.remaining.map(judgement) ?? .null,
            "reexpected": effect.reexpected.map(judgement) ?? .null,
            "problem": effect.problem.map { .string($0) } ?? .null,
            "loosened": .bool(effect.isLoosened), "tightened": .bool(effect.isTightened),
        ]
    }

    private static func judgement(_ judgement: VerdictEffect.Judgement) -> JSONValue {
        [
            "verdict": .string(judgement.verdict.rawValue),
            "examples": .integer(Int64(judgement.examples)),
            "gates": .array(
                judgement.gates.map { gate in
                    [
                        "rule": .string(gate.rule), "outcome": .string(gate.outcome),
                        "baseline": gate.baseline.map { .finite($0) } ?? .null,
                        "candidate": gate.candidate.map { .finite($0) } ?? .null,
                        "n": gate.n.map { .integer(Int64($0)) } ?? .null,
                    ] as JSONValue
                }),
        ]
    }

    private static func place(_ place: SourcePlace) -> JSONValue {
        ["file": .string(place.file), "line": .integer(Int64(place.line))]
    }
}
