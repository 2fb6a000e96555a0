import CTLS

/// One side of a TLS connection over a non-blocking socket. It belongs to the loop's thread.
final class TLSSession {
    enum Outcome {
        case done(Int)
        case wantsRead
        case wantsWrite
        /// The peer said that it is done.
        case end
        case broken
    }

    private let session: OpaquePointer

    /// nil where memory is short.
    init?(accepting descriptor: Int32, in context: TLSContext) {
        guard let session = ctls_accept(context.pointer, descriptor) else { return nil }
        self.session = session
    }

    /// nil where memory is short, or the host's name is none.
    init?(connecting descriptor: Int32, to host: String, in context: TLSContext) {
        guard let session = ctls_connect(context.pointer, descriptor, host) else { return nil }
        self.session = session
    }

    deinit { ctls_free(session) }

    func handshake() -> Outcome { outcome(Int(ctls_handshake(session))) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        outcome(ctls_read(session, buffer.baseAddress, buffer.count))
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        outcome(ctls_write(session, bytes.baseAddress, bytes.count))
    }

    var hasPending: Bool { ctls_has_pending(session) != 0 }

    func finish() { ctls_finish(session) }

    /// Why it failed.
    var reason: String {
        var text = [CChar](repeating: 0, count: 200)
        ctls_reason(session, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func outcome(_ result: Int) -> Outcome {
        switch result {
        case 1...: .done(result)
        case Int(CTLS_END): .end
        case Int(CTLS_WANTS_READ): .wantsRead
        case Int(CTLS_WANTS_WRITE): .wantsWrite
        default: .broken
        }
    }
}
