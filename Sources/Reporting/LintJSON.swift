import Curation
import Domain
import Notation

/// A lint as `sluice.dataset-lint/1`.
public enum LintJSON {
    /// - Parameter dataset: Facts of the set that the lint itself does not know: files, digest.
    public static func value(_ report: LintReport, strict: Bool, dataset: JSONObject) -> JSONValue {
        var set = dataset
        set["examples"] = .integer(Int64(report.examples))
        set["distinct"] = .integer(Int64(report.distinct))
        var counts = JSONObject()
        for severity in Finding.Severity.allCases {
            counts[severity.rawValue] = .integer(Int64(report.count(severity)))
        }
        return [
            "format": "sluice.dataset-lint/1", "dataset": .object(set), "counts": .object(counts),
            "strict": .bool(strict), "clean": .bool(report.isClean(strict: strict)),
            "groups": .array(report.groups.map(group)),
        ]
    }

    private static func group(_ group: LintReport.Group) -> JSONValue {
        [
            "code": .string(group.code.rawValue), "severity": .string(group.severity.rawValue),
            "title": .string(group.code.title), "count": .integer(Int64(group.count)),
            "findings": .array(group.findings.map(finding)),
        ]
    }

    private static func finding(_ finding: Finding) -> JSONValue {
        [
            "severity": .string(finding.severity.rawValue), "code": .string(finding.code.rawValue),
            "place": place(finding.place), "id": finding.id.map { .string($0) } ?? .null,
            "what": .string(finding.what), "mend": .string(finding.mend),
            "others": .array(
                finding.others.map { ["id": .string($0.id), "place": place($0.place)] as JSONValue }),
        ]
    }

    private static func place(_ place: SourcePlace) -> JSONValue {
        guard !place.file.isEmpty else { return .null }
        return [
            "file": .string(place.file), "line": place.line > 0 ? .integer(Int64(place.line)) : .null,
            "column": place.column > 0 ? .integer(Int64(place.column)) : .null,
        ]
    }
}
