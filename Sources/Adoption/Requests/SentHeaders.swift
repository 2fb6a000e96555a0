import Domain

/// Which of a recorded request's headers and parameters are sent again: those that shape an answer and belong to
/// nobody. Credentials never are.
public enum SentHeaders {
    /// Sent as recorded.
    private static let plain: Set<String> = [
        "accept", "accept-language", "content-type", "user-agent", "traceparent", "tracestate",
    ]

    /// - Parameter kept: Further names, in any case; one that bears a credential is not taken even so.
    public static func of(_ request: RecordedRequest, kept: Set<String> = []) -> [LiveField] {
        request.headers.filter { field in
            let name = field.name.lowercased()
            guard plain.contains(name) || kept.contains(name) else { return false }
            return !isCredential(name)
        }
    }

    /// Whether a header or parameter of that name holds a secret.
    public static func isCredential(_ name: String) -> Bool { CredentialNames.isCredential(name) }

    /// The query without parameters that hold a secret; nil where nothing is left.
    public static func query(_ query: String?) -> String? { CredentialNames.query(query) }
}
