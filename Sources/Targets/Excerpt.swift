import Text

/// A short look at what an app sent, fit for a message: escaped, at most 80 characters, secrets redacted.
struct Excerpt {
    /// Values that must not be shown.
    let secrets: [String]

    init(secrets: [String] = []) {
        // A very short value would redact half of every text and protects nothing.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    func of(_ bytes: some Collection<UInt8>) -> String {
        of(String(decoding: bytes.prefix(4096), as: UTF8.self))
    }

    func of(_ text: String) -> String {
        var text = String(text.unicodeScalars.prefix(4096))
        for secret in secrets { text = text.replacing(secret, with: "<redacted>") }
        return Prose.line(text, most: 80)
    }
}
