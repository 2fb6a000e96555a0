import CTLS

/// What sessions are made from. Immutable: OpenSSL counts its references under a lock of its own.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// A server's: certificate chain and key are PEM files.
    init(certificate: String, key: String) throws(HTTPServerError) {
        var error = [CChar](repeating: 0, count: 300)
        guard let made = ctls_server(certificate, key, &error, error.count) else {
            throw .tls(path: certificate, reason: Self.text(error))
        }
        pointer = made
    }

    /// A client's, with the authorities of a PEM file or the system's.
    init(authorities: String?) throws(HTTPServerError) {
        var error = [CChar](repeating: 0, count: 300)
        guard let made = ctls_client(authorities, &error, error.count) else {
            throw .tls(path: authorities ?? "system", reason: Self.text(error))
        }
        pointer = made
    }

    deinit { ctls_context_free(pointer) }

    private static func text(_ error: [CChar]) -> String {
        String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
