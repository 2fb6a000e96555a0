/// What stands before a request's body.
public struct HTTPRequestHead: Sendable {
    /// On the heap: a request is handed on and kept in many places, each of which would copy its parts.
    private final class Parts: Sendable {
        let method: String
        let target: String
        let headers: HTTPFields
        let minorVersion: Int
        let hasBody: Bool
        let contentLength: Int?
        let upgrade: String?

        init(
            _ method: String, _ target: String, _ headers: HTTPFields, _ minorVersion: Int, _ hasBody: Bool,
            _ contentLength: Int?, _ upgrade: String?
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.minorVersion = minorVersion
            self.hasBody = hasBody
            self.contentLength = contentLength
            self.upgrade = upgrade
        }
    }

    private let parts: Parts

    /// The method in capitals, for example `POST`.
    public var method: String { parts.method }
    /// The request target in origin form, as it was sent: `/path?query`, or `*`.
    public var target: String { parts.target }
    /// Field names and values as they were sent, without the space around values.
    public var headers: HTTPFields { parts.headers }
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public var minorVersion: Int { parts.minorVersion }
    /// Whether a body follows; an empty chunked one counts.
    public var hasBody: Bool { parts.hasBody }
    /// The length that was announced; nil for none and for a chunked body.
    public var contentLength: Int? { parts.contentLength }
    /// The one protocol that the client wants to go over to, for example `websocket`; nil for none, for
    /// several, for HTTP/2, and where the request could not (RFC 9110, 7.8): other than GET, with a body, or
    /// HTTP/1.0.
    public var upgrade: String? { parts.upgrade }

    public init(
        method: String, target: String, headers: HTTPFields = [:], minorVersion: Int = 1,
        hasBody: Bool = false, contentLength: Int? = nil, upgrade: String? = nil
    ) {
        parts = Parts(method, target, headers, minorVersion, hasBody, contentLength, upgrade)
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
