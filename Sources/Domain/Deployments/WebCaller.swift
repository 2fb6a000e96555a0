/// A request that is whole: nothing is left to fill in. It may hold secrets and is never kept or shown.
public struct WebRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: [WebField]
    public var body: [UInt8]?
    public var timeoutSeconds: Double
    /// Bytes of the answer beyond which it is refused.
    public var answerBytes: Int

    public init(
        method: String, url: String, headers: [WebField], body: [UInt8]?, timeoutSeconds: Double,
        answerBytes: Int
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.answerBytes = answerBytes
    }
}

/// A header.
public struct WebField: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// An answer with any status.
public struct WebAnswer: Sendable {
    public let status: Int
    public let headers: [WebField]
    public let body: [UInt8]
    public let latencyMilliseconds: Double

    public init(status: Int, headers: [WebField], body: [UInt8], latencyMilliseconds: Double) {
        self.status = status
        self.headers = headers
        self.body = body
        self.latencyMilliseconds = latencyMilliseconds
    }

    /// The values of a header, letter case of its name aside.
    public func values(of name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}

public enum WebResult: Sendable {
    case answered(WebAnswer)
    /// - Parameter mayHaveActed: False where the request surely never reached the server.
    case failed(Failure, mayHaveActed: Bool)
}

/// Sends one request; redirects are not followed, nothing is sent twice. Never throws: a failure is data.
public protocol WebCaller: Sendable {
    func call(_ request: WebRequest) async -> WebResult
}
