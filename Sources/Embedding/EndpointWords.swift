import Notation

/// What an endpoint said, fit for a message: one line, at most 120 characters, secrets redacted.
struct EndpointWords {
    private let secrets: [String]

    init(secrets: [String] = []) {
        // A very short value would redact half of every text and protects nothing.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// A status with the endpoint's own reason, where it gave one.
    func refusal(_ status: Int, _ body: [UInt8]) -> String {
        let value = try? JSONValue.parse(body)
        let reason = value?["error"]?["message"]?.stringValue ?? value?["error"]?.stringValue
        let hint: String
        switch status {
        case 401, 403: hint = "; check the key in embedding.headers"
        case 404: hint = "; check the address and the model's name"
        default: hint = ""
        }
        return "answered with status \(status)" + (reason.map { " ('\(shown($0))')" } ?? "") + hint
    }

    func shown(_ text: String) -> String {
        var text = String(text.unicodeScalars.prefix(4096))
        for secret in secrets { text = text.replacing(secret, with: "<redacted>") }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if out.count >= 120 {
                out.append("…")
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                if out.last != " ", !out.isEmpty { out.append(" ") }
            case .format, .privateUse, .unassigned: out.append("?")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
