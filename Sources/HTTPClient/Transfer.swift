import CCurl
import Synchronization

/// One request under way.
///
/// `@unchecked`: `continuation` is set before the engine hears of the transfer; what follows it is touched on
/// the engine's thread alone.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<HTTPClientResponse, HTTPClientError>

    let request: HTTPClientRequest
    let onChunk: (@Sendable (Span<UInt8>, Double) -> Void)?
    let isCancelled = Atomic<Bool>(false)

    var continuation: UnsafeContinuation<Outcome, Never>?

    // The engine's thread's own.
    var easy: EasyHandle?
    var slot = 0
    var started: UInt64 = 0
    var totalDeadline = UInt64.max
    var firstByteDeadline = UInt64.max
    /// Why a callback stopped the transfer.
    var stopped: HTTPClientError?
    private(set) var headers = HTTPClientHeaders()
    private(set) var body: [UInt8] = []
    private(set) var hasFirstByte = false
    /// Whether a head has come to its end.
    private(set) var hasHead = false
    private var lineBytes = 0

    private static let headBytes = 256 * 1024

    init(_ request: HTTPClientRequest, _ onChunk: (@Sendable (Span<UInt8>, Double) -> Void)?) {
        self.request = request
        self.onChunk = onChunk
    }

    /// The next of its deadlines.
    var deadline: UInt64 { hasFirstByte ? totalDeadline : min(totalDeadline, firstByteDeadline) }

    func finish(_ outcome: Outcome) {
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    /// Takes a line of the head; false stops the transfer.
    func receive(line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasFirstByte = true
        // Interim heads and trailers count too: a server may send them for ever.
        lineBytes += line.count
        guard lineBytes <= Self.headBytes else {
            stopped = .tooLarge(limit: Self.headBytes)
            return false
        }
        // Each response of a series (100, redirects) begins anew; trailers come after the body and are let
        // go.
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            body.removeAll()
            hasHead = false
        } else if line.count <= 2 {
            hasHead = true
        } else if !hasHead {
            headers.append(line: line)
        }
        guard headers.wire.count <= Self.headBytes else {
            stopped = .tooLarge(limit: Self.headBytes)
            return false
        }
        return true
    }

    /// Takes a piece of the body; false stops the transfer.
    func receive(body piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard body.count + piece.count <= request.maxResponseBytes else {
            stopped = .tooLarge(limit: request.maxResponseBytes)
            return false
        }
        onChunk?(piece.span, Double(monotonicNow() - started) / 1e9)
        body.append(contentsOf: piece)
        return true
    }
}
