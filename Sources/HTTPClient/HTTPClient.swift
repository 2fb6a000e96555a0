import Synchronization

/// An HTTP/1.1 client: libcurl on one thread of its own, with a pool of kept-alive connections.
///
/// libcurl is loaded and the thread started at the first request. Any number of requests may be under way;
/// each takes a connection of its own. No proxy of the environment is used, no redirect followed and no
/// cookie kept unless asked.
///
/// libcurl sends a request again, once, where a kept-alive connection turns out to be closed before any byte
/// of an answer came: what must not be done twice carries an idempotency key.
public final class HTTPClient: Sendable {
    public struct Configuration: Sendable {
        /// Whether `http_proxy` and its likes are heeded.
        public var usesEnvironmentProxy = false
        /// A PEM file of certificate authorities instead of the system's.
        public var certificateAuthorities: String?
        /// How many idle connections are kept.
        public var maxIdleConnections = 256

        public init() {}
    }

    private let configuration: Configuration
    private let engine = Mutex<CurlEngine?>(nil)

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    deinit {
        engine.withLock { $0?.stop() }
    }

    /// Sends a request and returns the whole response.
    ///
    /// Cancelling the task ends the transfer and its connection at once.
    ///
    /// - Parameter onChunk: Hears each piece of the body as it comes, with the seconds since the transfer's
    ///   start. It runs on the client's thread: what takes longer than some microseconds there delays every
    ///   other transfer.
    public func send(
        _ request: HTTPClientRequest, onChunk: (@Sendable (Span<UInt8>, Double) -> Void)? = nil
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        try request.check()
        let engine = try runningEngine()
        let transfer = Transfer(request, onChunk)
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                transfer.continuation = continuation
                engine.begin(transfer)
            }
        } onCancel: {
            engine.cancel(transfer)
        }
        return try result.get()
    }

    private func runningEngine() throws(HTTPClientError) -> CurlEngine {
        try engine.withLock { (engine) throws(HTTPClientError) -> CurlEngine in
            if let engine { return engine }
            let new = try CurlEngine(configuration)
            engine = new
            return new
        }
    }
}

extension HTTPClientRequest {
    /// Finds what libcurl would truncate or pass on.
    fileprivate func check() throws(HTTPClientError) {
        if let name = headers.refused { throw .invalidRequest("the header '\(name)'") }
        guard !method.isEmpty, method.utf8.allSatisfy(isTokenByte) else {
            throw .invalidRequest("the method")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .invalidRequest("the URL has spaces or control characters")
        }
    }
}
