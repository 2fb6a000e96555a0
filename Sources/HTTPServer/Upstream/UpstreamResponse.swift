/// An upstream's answer, whose body is read as it comes: what is not asked for stays with the upstream.
///
/// It belongs to the loop on which it was asked for. Where it is let go, or `close`d, before its end, its
/// connection is closed, which is how an upstream learns that nobody listens any more.
/// `@unchecked`: it is used on its loop's thread alone.
public final class UpstreamResponse: @unchecked Sendable {
    public let status: Int
    /// The reason phrase as bytes; often empty.
    public var reason: [UInt8] { ownReason ?? ResponseEncoder.bytes(ResponseEncoder.reason(status)) }
    /// Nil for the phrase that the standard has for the status.
    let ownReason: [UInt8]?
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int
    /// The fields as they came, those of the connection among them.
    public let fields: HTTPFields
    /// `Content-Length`, also where no body follows it.
    public let announcedLength: Int?
    /// Whether the upstream goes over to the protocol that the request asked for:
    /// ``ResponseWriter/tunnel(_:adding:idle:)``.
    public var isUpgrade: Bool { status == 101 }

    let exchange: UpstreamExchange
    let framing: BodyDecoder.Framing

    init(_ head: ResponseParser.Head, _ exchange: UpstreamExchange) {
        status = head.status
        ownReason = head.reason
        minorVersion = head.minorVersion
        fields = head.fields
        announcedLength = head.announcedLength
        framing = head.framing
        self.exchange = exchange
    }

    deinit {
        let exchange = exchange
        if exchange.loop.isCurrent {
            exchange.abandon()
        } else {
            exchange.loop.perform { exchange.abandon() }
        }
    }

    /// When things happened so far.
    public var timings: UpstreamTimings { exchange.timings }

    /// The next piece, at most 64 KB and never empty; nil at the end. Trailers are dropped.
    public func next() async throws(UpstreamError) -> [UInt8]? {
        do throws(UpstreamError) {
            while true {
                var piece: [UInt8] = []
                let progress = try exchange.decode(upTo: 64 * 1024) { piece.append(contentsOf: $0) }
                if !piece.isEmpty { return piece }
                if case .end = progress { return nil }
                guard try await exchange.waitForMore() else { return nil }
            }
        } catch {
            exchange.abandon()
            throw error
        }
    }

    /// The rest of the body, and whether that was all: no more than a piece beyond `limit` is read.
    public func collect(upTo limit: Int) async throws(UpstreamError) -> (bytes: [UInt8], isWhole: Bool) {
        var all: [UInt8] = []
        while let piece = try await next() {
            all.append(contentsOf: piece)
            if all.count > limit { return (Array(all[..<limit]), false) }
        }
        return (all, true)
    }

    /// Lets the rest go.
    public func close() { exchange.abandon() }
}
