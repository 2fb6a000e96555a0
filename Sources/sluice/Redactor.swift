import Domain
import Notation
import Text

/// Takes out of what is sent on what must not leave the machine: the values of the policy's secrets, and whatever
/// has the form of a key.
struct Redactor {
    static let mark = "<redacted>"

    private let secrets: [String]
    private let keys: SensitiveFinder?
    private(set) var count = 0

    /// - Parameter policyText: Its `${env:NAME}` are what the secrets are called.
    init(policyText: String) {
        var values: [String] = []
        for name in Secretive(policyText).variables {
            // A value of a few letters stands in half of all words.
            if let value = Environment.value(name), value.utf8.count >= 6, !values.contains(value) {
                values.append(value)
            }
        }
        // A secret that holds another goes first.
        secrets = values.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        keys = try? SensitiveFinder(kinds: [.key])
    }

    mutating func text(_ text: String) -> String {
        var out = text
        for secret in secrets where out.contains(secret) {
            out = out.split(separator: secret, omittingEmptySubsequences: false).joined(
                separator: Redactor.mark)
            count += 1
        }
        guard let keys else { return Redactor.mark }
        do throws(PatternLimit) {
            let found = try keys.replacing(in: out) { _, _ in Redactor.mark }
            count += found.findings.count
            return found.text
        } catch {
            // What cannot be looked through is not sent.
            count += 1
            return Redactor.mark
        }
    }

    mutating func value(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(self.text(text))
        case .array(let list): return .array(list.map { self.value($0) })
        case .object(let object):
            var out = JSONObject()
            for member in object.members { out[self.text(member.key)] = self.value(member.value) }
            return .object(out)
        default: return value
        }
    }

    /// A line of JSON, with its line feed.
    mutating func line(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.value(self.value(value))
        writer.endLine()
        return writer.bytes
    }
}
