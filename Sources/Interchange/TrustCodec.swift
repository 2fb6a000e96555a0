import Digest
import Domain
import Notation

/// What came of holding a change's policy against the trusted one, as JSON and back.
public enum TrustCodec {
    public static let format = "sluice.trust/1"

    /// Digest of exactly what is loosened, in whatever order it was found; empty where nothing is.
    public static func digest(of loosenings: [Loosening]) -> String {
        guard !loosenings.isEmpty else { return "" }
        var lines = loosenings.map { item in
            JSONValue.array([
                .string(item.kind.rawValue), .string(item.subject), item.before.map { .string($0) } ?? .null,
                item.after.map { .string($0) } ?? .null,
            ]).canonicalBytes
        }
        lines.sort { $0.lexicographicallyPrecedes($1) }
        var bytes = Array("sluice loosening 1\n".utf8)
        for line in lines { bytes += line + [0x0A] }
        return ContentDigest(of: bytes).description
    }

    public static func encode(_ report: TrustReport) -> [UInt8] {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(json(report))
        return writer.bytes + [0x0A]
    }

    public static func json(_ report: TrustReport) -> JSONValue {
        var root = JSONObject()
        root["format"] = .string(format)
        root["source"] = .string(report.source)
        root["refused"] = .bool(report.isRefused)
        root["loosenings"] = .array(
            report.loosenings.map {
                [
                    "kind": .string($0.kind.rawValue), "subject": .string($0.subject),
                    "before": $0.before.map { .string($0) } ?? .null,
                    "after": $0.after.map { .string($0) } ?? .null,
                ]
            })
        root["stricter"] = strings(report.stricter)
        root["digest"] = report.digest.isEmpty ? .null : .string(report.digest)
        root["approval"] = report.approval.map(json) ?? .null
        root["rejected"] = strings(report.rejected)
        root["authors"] = strings(report.authors)
        root["approvers"] = strings(report.approvers)
        root["who_may_approve"] = .string(report.whoMayApprove)
        root["notes"] = strings(report.notes)
        return .object(root)
    }

    private static func json(_ approval: Approval) -> JSONValue {
        [
            "digest": .string(approval.digest), "approver": .string(approval.approver),
            "why": .string(approval.why), "at": .string(approval.at),
            "until": approval.until.map { .string($0.description) } ?? .null,
            "source": .string(approval.source),
        ]
    }

    /// Why bytes are none of ours.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> TrustReport {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(description: "no JSON: \(error.cause)")
        }
        guard root["format"]?.stringValue == format, let source = root["source"]?.stringValue else {
            throw Problem(description: "its format is not \(format)")
        }
        var report = TrustReport(source: source)
        for item in root["loosenings"]?.arrayValue ?? [] {
            guard let kind = item["kind"]?.stringValue.flatMap(Loosening.Kind.init(rawValue:)),
                let subject = item["subject"]?.stringValue
            else { throw Problem(description: "a loosening in it is of no known kind") }
            report.loosenings.append(
                Loosening(
                    kind, subject, before: item["before"]?.stringValue, after: item["after"]?.stringValue))
        }
        report.stricter = texts(root["stricter"])
        report.digest = root["digest"]?.stringValue ?? ""
        if let approval = root["approval"], !approval.isNull {
            guard let read = self.approval(approval) else {
                throw Problem(description: "its approval lacks a member")
            }
            report.approval = read
        }
        report.rejected = texts(root["rejected"])
        report.authors = texts(root["authors"])
        report.approvers = texts(root["approvers"])
        report.notes = texts(root["notes"])
        return report
    }

    private static func approval(_ value: JSONValue) -> Approval? {
        guard let digest = value["digest"]?.stringValue, let approver = value["approver"]?.stringValue,
            let why = value["why"]?.stringValue, let at = value["at"]?.stringValue,
            let source = value["source"]?.stringValue
        else { return nil }
        return Approval(
            digest: digest, approver: approver, why: why, at: at,
            until: value["until"]?.stringValue.flatMap(Day.init), source: source)
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
