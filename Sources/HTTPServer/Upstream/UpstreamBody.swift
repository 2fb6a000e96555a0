/// The body that goes with a request.
public enum UpstreamBody: Sendable {
    case none
    /// At hand, so that it can be sent twice.
    case bytes([UInt8])
    /// Read as it is sent, once: on the loop, in a task of its own beside the answer, which may begin before the
    /// body's end. With a length that many bytes must come; without one they go in chunks.
    case stream(length: Int?, next: @Sendable () async throws -> [UInt8]?)

    /// A client's body, passed on as it comes, with the framing that it came with. What has come already goes
    /// with the head; where that is all, it can be sent twice.
    ///
    /// - Parameter tap: Sees each piece once, on the loop.
    public static func relay(
        _ body: RequestBody, tap: (@Sendable ([UInt8]) -> Void)? = nil
    ) throws(RequestBodyError) -> UpstreamBody {
        guard body.isPresent else { return .none }
        let (ready, isWhole) = try body.ready()
        if !ready.isEmpty { tap?(ready) }
        if isWhole { return .bytes(ready) }
        let first = Once(ready)
        return .stream(length: body.length) {
            if let ready = first.take() { return ready }
            guard let piece = try await body.next() else { return nil }
            tap?(piece)
            return piece
        }
    }

    /// `@unchecked`: only the task that sends the body on takes it.
    private final class Once: @unchecked Sendable {
        private var bytes: [UInt8]?
        init(_ bytes: [UInt8]) { self.bytes = bytes.isEmpty ? nil : bytes }
        func take() -> [UInt8]? {
            defer { bytes = nil }
            return bytes
        }
    }

    enum Length { case none, chunked, known(Int) }

    var length: Length {
        switch self {
        case .none: .none
        case .bytes(let bytes): .known(bytes.count)
        case .stream(let length, _): length.map { .known(max(0, $0)) } ?? .chunked
        }
    }

    var isReplayable: Bool { if case .stream = self { false } else { true } }
}
