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
        return Prose.line(text, most: 160)
    }
}
