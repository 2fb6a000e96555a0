import Notation
import Text

/// What an endpoint said, fit for a message: one line, at most 160 characters, secrets redacted.
public struct EndpointWords: Sendable {
    private let key: String
    private let secrets: [String]

    /// - Parameter key: The policy's key that names the endpoint: `judge`.
    public init(_ key: String, secrets: [String] = []) {
        self.key = key
        // A very short value would redact half of every text and protects nothing.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// A status with the endpoint's own reason, where it gave one.
    public func refusal(_ status: Int, _ body: [UInt8]) -> String {
        let hint: String
        switch status {
        case 401, 403: hint = "; check the key in \(key).headers"
        case 404: hint = "; check the address and the model's name"
        case 300..<400: hint = "; redirects are not followed: name the address itself"
        default: hint = ""
        }
        return "answered with status \(status)" + (reason(body).map { " ('\(shown($0))')" } ?? "") + hint
    }

    private func reason(_ body: [UInt8]) -> String? {
        let value = try? JSONValue.parse(body)
        return value?["error"]?["message"]?.stringValue ?? value?["error"]?.stringValue
            ?? value?["message"]?.stringValue ?? value?["detail"]?.stringValue
    }

    public func shown(_ text: String) -> String {
        var text = String(text.unicodeScalars.prefix(4096))
        for secret in secrets { text = text.replacing(secret, with: "<redacted>") }
        return Prose.line(Self.withoutKeys(text), most: 160)
    }

    private static let finder = try? SensitiveFinder(kinds: [.key])

    /// How keys of model endpoints begin: those that are too short, or cut short, for `SensitiveFinder` too.
    private static let beginnings = [
        "sk-", "sk_", "rk-", "pk-", "gsk_", "xai-", "hf_", "r8_", "AIza", "AKIA", "ghp_", "glpat-", "pplx-",
    ]

    /// Without what looks like a key, whoever's: an endpoint that turns one down often says it back.
    private static func withoutKeys(_ text: String) -> String {
        var text = text
        do throws(PatternLimit) {
            for finding in try (finder?.findings(in: text) ?? []).reversed() {
                let bytes = Array(text.utf8)
                text =
                    String(decoding: bytes[..<finding.range.lowerBound], as: UTF8.self) + "<redacted>"
                    + String(decoding: bytes[finding.range.upperBound...], as: UTF8.self)
            }
        } catch { return "<not shown: it could not be searched for keys>" }
        var out = ""
        var word = ""
        func flush() {
            let isKey = word.utf8.count >= 8 && beginnings.contains { word.hasPrefix($0) }
            out += isKey ? "<redacted>" : word
            word = ""
        }
        for character in text.unicodeScalars {
            if character.properties.isAlphabetic || ("0"..."9").contains(character)
                || ["-", "_", "*", "."].contains(character)
            {
                word.unicodeScalars.append(character)
            } else {
                flush()
                out.unicodeScalars.append(character)
            }
        }
        flush()
        return out
    }
}
