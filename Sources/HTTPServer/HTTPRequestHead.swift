/// What stands before a request's body.
public struct HTTPRequestHead: Sendable {
    /// The method in capitals, for example `POST`.
    public let method: String
    /// The request target in origin form, as it was sent: `/path?query`, or `*`.
    public let target: String
    /// Field names and values as they were sent, without the space around values.
    public let headers: HTTPFields
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int
    /// Whether a body follows; an empty chunked one counts.
    public let hasBody: Bool
    /// The length that was announced; nil for none and for a chunked body.
    public let contentLength: Int?
    /// The one protocol that the client wants to go over to, for example `websocket`; nil for none, for
    /// several, and where the request could not (RFC 9110, 7.8): other than GET, with a body, or HTTP/1.0.
    public let upgrade: String?

    public init(
        method: String, target: String, headers: HTTPFields = [:], minorVersion: Int = 1,
        hasBody: Bool = false, contentLength: Int? = nil, upgrade: String? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.minorVersion = minorVersion
        self.hasBody = hasBody
        self.contentLength = contentLength
        self.upgrade = upgrade
    }

    /// The target up to its first `?`, still percent-encoded.
    public var path: Substring {
        target.firstIndex(of: "?").map { target[..<$0] } ?? target[...]
    }

    /// What follows the first `?`, still percent-encoded; nil where there is none.
    public var query: Substring? {
        target.firstIndex(of: "?").map { target[target.index(after: $0)...] }
    }
}
