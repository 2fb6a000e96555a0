/// One request, read whole.
public struct HTTPRequest: Sendable {
    /// The method in capitals, for example `POST`.
    public let method: String
    /// The request target in origin form, as it was sent: `/path?query`, or `*`.
    public let target: String
    /// Field names and values as they were sent, without the space around values.
    public let headers: HTTPFields
    /// The decoded body; empty where there was none.
    public let body: [UInt8]
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int

    public init(
        method: String, target: String, headers: HTTPFields = [:], body: [UInt8] = [], minorVersion: Int = 1
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.minorVersion = minorVersion
    }

    init(_ head: HTTPRequestHead, body: [UInt8]) {
        self.init(
            method: head.method, target: head.target, headers: head.headers, body: body,
            minorVersion: head.minorVersion)
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
