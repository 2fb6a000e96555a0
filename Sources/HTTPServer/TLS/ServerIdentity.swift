import Synchronization

/// A server's certificate and key, which can be read anew while it serves.
///
/// TLS 1.2 and 1.3 are spoken, with `http/1.1` by ALPN; a client that offers other protocols alone is
/// refused.
public final class ServerIdentity: Sendable {
    private let certificate: String
    private let key: String
    private let current: Mutex<TLSContext>

    /// - Parameters:
    ///   - certificate: A PEM file with the server's certificate and those between it and a root.
    ///   - key: A PEM file with its key, without a pass phrase.
    /// - Throws: ``HTTPServerError/tls(path:reason:)`` where they cannot be read or do not belong together.
    public init(certificate: String, key: String) throws(HTTPServerError) {
        self.certificate = certificate
        self.key = key
        current = Mutex(try TLSContext(certificate: certificate, key: key))
    }

    /// Reads both files again, for the connections to come; those that are open keep what they have.
    ///
    /// It reads files: not to be called on a loop. Where it throws, what was read before goes on.
    public func reload() throws(HTTPServerError) {
        let fresh = try TLSContext(certificate: certificate, key: key)
        current.withLock { $0 = fresh }
    }

    var context: TLSContext { current.withLock { $0 } }
}
