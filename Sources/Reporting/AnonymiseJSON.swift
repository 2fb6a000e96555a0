import Curation
import Notation

/// What anonymising found, as `sluice.dataset-anonymise/1`; never what it was.
public enum AnonymiseJSON {
    /// - Parameters:
    ///   - key: Where the key came from, in words.
    ///   - written: The files that were written; nil: it was a check.
    public static func value(
        _ report: AnonymiseReport, files: [String], written: [String]?, key: String
    ) -> JSONValue {
        [
            "format": "sluice.dataset-anonymise/1", "check": .bool(written == nil),
            "files": .array(files.map { .string($0) }),
            "written": .array((written ?? []).map { .string($0) }), "key": .string(key),
            "rows": number(report.rows), "affected_rows": number(report.affectedRows),
            "found": number(report.found), "left": number(report.left),
            "kinds": .array(
                report.byKind.map { row in
                    [
                        "kind": .string(row.name), "found": number(row.count),
                        "distinct": number(report.distinct(row.name)),
                        "sharing_a_pseudonym": number(report.shared(row.name)),
                    ] as JSONValue
                }),
            "fields": .array(
                report.byField.map { row in
                    ["field": .string(row.name), "found": number(row.count)] as JSONValue
                }),
            "places": .array(report.places.map(place)),
            "places_not_listed": number(report.found - report.places.reduce(0) { $0 + $1.count }),
        ]
    }

    private static func place(_ place: AnonymiseReport.Place) -> JSONValue {
        [
            "file": .string(place.file), "line": number(place.line),
            "id": place.id.map { .string($0) } ?? .null, "pointer": .string(place.pointer),
            "kind": .string(place.kind), "count": number(place.count),
            "left": place.left.map { .string($0.rawValue) } ?? .null,
        ]
    }

    private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
