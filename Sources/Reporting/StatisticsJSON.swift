import Curation
import Notation

/// What a data set holds, as `sluice.dataset-stats/1`.
public enum StatisticsJSON {
    /// - Parameter dataset: Facts of the set that its examples do not show: files, digest.
    public static func value(_ found: DatasetStatistics, dataset: JSONObject) -> JSONValue {
        var set = dataset
        set["examples"] = .integer(Int64(found.examples))
        set["distinct"] = .integer(Int64(found.distinct))
        set["duplicates"] = .integer(Int64(found.duplicates))
        return [
            "format": "sluice.dataset-stats/1", "dataset": .object(set),
            "smallest_drop": number(found.smallestDrop),
            "assumed": [
                "discordant_share": .number(DetectableChange.discordantShare), "alpha": 0.05, "power": 0.8,
            ],
            "expectations": shares(found.expectations), "kinds": shares(found.kinds),
            "expected_scores": shares(found.scoreRegions), "provenance": shares(found.provenance),
            "ages": shares(found.ages), "months": shares(found.months),
            "lengths": .array(found.lengths.map(lengths)), "slices": .array(found.slices.map(slice)),
        ]
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

    private static func shares(_ rows: [DatasetStatistics.Share]) -> JSONValue {
        .array(
            rows.map { row -> JSONValue in
                ["name": .string(row.name), "examples": .integer(Int64(row.examples))]
            })
    }

    private static func lengths(_ row: DatasetStatistics.Lengths) -> JSONValue {
        [
            "name": .string(row.name), "examples": .integer(Int64(row.examples)),
            "least": .integer(Int64(row.least)), "median": .integer(Int64(row.median)),
            "p90": .integer(Int64(row.ninetieth)), "most": .integer(Int64(row.most)),
        ]
    }

    private static func slice(_ slice: DatasetStatistics.Slice) -> JSONValue {
        let values = slice.values.map { value -> JSONValue in
            [
                "value": .string(value.value), "examples": .integer(Int64(value.examples)),
                "distinct": .integer(Int64(value.distinct)), "smallest_drop": number(value.smallestDrop),
            ]
        }
        return [
            "name": .string(slice.name), "in_policy": .bool(slice.isInPolicy),
            "too_many_values": .bool(slice.isCrowded), "values": .array(values),
        ]
    }
}
