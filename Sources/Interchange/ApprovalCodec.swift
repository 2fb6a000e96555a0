import Domain
import Notation

/// `approvals.jsonl`: one approval a line, appended by `sluice approve` and read from the trusted revision alone.
public enum ApprovalCodec {
    public static let format = "sluice.approval/1"
    /// What the file is called, beside the policy.
    public static let file = "approvals.jsonl"

    /// One line, with what was approved in words for those who read the file.
    public static func encode(_ approval: Approval, what: [String]) -> [UInt8] {
        var root = JSONObject()
        root["format"] = .string(format)
        root["digest"] = .string(approval.digest)
        root["approver"] = .string(approval.approver)
        root["why"] = .string(approval.why)
        root["at"] = .string(approval.at)
        root["until"] = approval.until.map { .string($0.description) } ?? .null
        root["what"] = .array(what.map { .string($0) })
        return JSONValue.object(root).bytes() + [0x0A]
    }

    public struct Reading: Sendable {
        public let approvals: [Approval]
        /// A line each: what cannot be read, with its place.
        public let problems: [String]
    }

    /// - Parameter place: How messages call the file: `main:approvals.jsonl`.
    public static func decode(_ bytes: [UInt8], place: String) -> Reading {
        var approvals: [Approval] = []
        var problems: [String] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let source = "\(place):\(index + 1)"
            guard let value = try? JSONValue.parse(Array(line)), value["format"]?.stringValue == format,
                let digest = value["digest"]?.stringValue, let approver = value["approver"]?.stringValue,
                let why = value["why"]?.stringValue, let at = value["at"]?.stringValue,
                let until = value["until"]?.stringValue.flatMap(Day.init)
            else {
                problems.append("\(source): no approval: it has format, digest, approver, why, at and until")
                continue
            }
            approvals.append(
                Approval(digest: digest, approver: approver, why: why, at: at, until: until, source: source))
        }
        return Reading(approvals: approvals, problems: problems)
    }
}
