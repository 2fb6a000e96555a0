import Notation
import Text

/// What an endpoint of a model said, fit for a message: one line, at most 160 characters, secrets redacted.
public struct EndpointWords: Sendable {
    private let secrets: [String]
    private let section: String

    /// - Parameters:
    ///   - secrets: Values that were sent and must not be shown.
    ///   - section: The policy's key of the endpoint: `embedding`, `judge`.
    public init(secrets: [String] = [], section: String = "embedding") {
        // A very short value would redact half of every text and protects nothing.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
        self.section = section
    }

    /// A status with the endpoint's own reason, where it gave one.
    public func refusal(_ status: Int, _ body: [UInt8]) -> String {
        let hint: String
        switch status {
        case 401, 403: hint = "; check the key in \(section).headers"
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
