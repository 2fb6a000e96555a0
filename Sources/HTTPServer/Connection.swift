import Glibc

/// One client's connection: reads requests, has them answered, in order, until one side has had enough.
///
/// It lives in its own task on the loop's thread. `@unchecked`: a task of the same loop that sends a request's
/// body on shares it, so that one thread alone touches it.
final class Connection: @unchecked Sendable {
    enum Stage {
        case unanswered
        case chunked
        case counted(announced: Int, given: Int)
        case untilClose
        case withoutBody
        case answered
    }

    private enum Next {
        case request(RequestParser.Head)
        case refused(Refusal)
        case closed
    }

    enum Filled { case more, end, timedOut, broken, cancelled }

    let channel: Channel
    let loop: EventLoop
    let server: ServerCore
    private let parser: RequestParser

    private(set) var input: [UInt8] = []
    private(set) var offset = 0
    private var budget = Connection.budgetPerTurn

    // The exchange that is being answered.
    var exchange: UInt64 = 0
    var stage = Stage.answered
    var isHead = false
    var minorVersion = 1
    var keepsAlive = true
    private var received: UInt64 = 0

    // Its body, as far as it has been read.
    var decoder = BodyDecoder(.none, limit: 0, overhead: 0)
    var bodyFault: RequestBodyError?
    var isAskedFor = true
    var isReadingBody = false
    var isRevoked = false
    var bodyDeadline = UInt64.max

    /// Numeric, without the port; found out when first asked for.
    lazy var clientAddress = SocketAddress.peer(of: channel.descriptor)?.host ?? ""

    /// How many bytes one connection moves before it lets the others have the loop: a client that never lets
    /// it wait must not keep it for itself.
    private static let budgetPerTurn = 256 * 1024

    init(_ channel: Channel, _ server: ServerCore) {
        self.channel = channel
        self.server = server
        loop = channel.loop
        parser = RequestParser(limits: server.limits, on: channel.loop)
    }

    /// Serves the connection to its end.
    func serve() async {
        defer { channel.close() }
        // Kept beyond the closure, which its contract leaves to us: it is used while this function, and so
        // its task, runs, and no longer. (The form with an async body leaves the caller's isolation.)
        let task = withUnsafeCurrentTask { $0 }
        guard await secure() else { return }
        while true {
            switch await nextRequest() {
            case .request(let head):
                guard await answer(head, received: received, in: task) else {
                    let isAllRead = offset == input.count && decoder.isAtEnd && !channel.isReadable
                    if !isAllRead { await linger() }
                    return
                }
            case .refused(let refusal):
                await refuse(refusal)
                return
            case .closed:
                return
            }
        }
    }

    /// Agrees on TLS where the server has a certificate.
    private func secure() async -> Bool {
        guard let identity = server.identity else { return true }
        guard let session = TLSSession(accepting: channel.descriptor, in: identity.context) else {
            return false
        }
        let deadline = loop.deadline(after: server.limits.request)
        if case .done = await channel.shakeHands(session, until: deadline) { return true }
        return false
    }

    /// Answers with the refusal and closes.
    func refuse(_ refusal: Refusal) async {
        (stage, isHead, minorVersion, keepsAlive) = (.unanswered, false, 1, false)
        exchange += 1
        decoder = BodyDecoder(.none, limit: 0, overhead: 0)
        let phrase = ResponseEncoder.reason(refusal.status)
        let text = "\(refusal.status) \(phrase): \(refusal.reason)\n"
        do throws(HTTPServerError) {
            try await send(refusal.status, ["Content-Type": "text/plain"], Array(text.utf8), for: exchange)
            await linger()
        } catch {}
        channel.close()
    }

    // MARK: - Reading

    private func nextRequest() async -> Next {
        var scanner = HeadScanner()
        var deadline = UInt64.max
        while true {
            if offset < input.count {
                if deadline == .max {
                    received = loop.turn
                    deadline = EventLoop.deadline(received, after: server.limits.request)
                }
                switch unread({ scanner.scan($0) }) {
                case .refused(let refusal): return .refused(refusal)
                case .complete(let start, let end) where end - start <= server.limits.headBytes:
                    return readHead(start, end)
                case .complete,
                    .incomplete where input.count - offset > server.limits.headBytes:
                    let isLine = scanner.requestLine > server.limits.headBytes
                    return .refused(isLine ? .targetTooLong : .headTooLarge)
                case .incomplete: break
                }
            }
            switch await fill(until: deadline) {
            case .more: continue
            case .timedOut where offset < input.count: return .refused(.requestTimeout)
            case .timedOut, .end, .broken, .cancelled: return .closed
            }
        }
    }

    private func readHead(_ start: Int, _ end: Int) -> Next {
        do throws(Refusal) {
            let head = try unread { (bytes) throws(Refusal) in
                try parser.readHead(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            }
            consume(end)
            return .request(head)
        } catch {
            return .refused(error)
        }
    }

    func consume(_ count: Int) {
        offset += count
        channel.unread = input.count - offset
    }

    func spend(_ bytes: Int) async {
        budget -= bytes
        if budget < 0 {
            budget = Self.budgetPerTurn
            await Task.yield()
        }
    }

    func unread<Value, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try input.withUnsafeBufferPointer { (bytes) throws(Failure) -> Value in
            try body(UnsafeBufferPointer(rebasing: bytes[offset...]))
        }
    }

    /// Reads on; without a deadline the connection is idle, and may be closed at any time.
    func fill(until deadline: UInt64) async -> Filled {
        if offset == input.count {
            loop.giveBuffer(&input)
            offset = 0
        } else if offset > 0 {
            input.removeFirst(offset)
            offset = 0
        }
        var isLastTry = false
        while true {
            if loop.turn >= deadline { return .timedOut }
            if channel.isReadable || isLastTry {
                switch channel.read() {
                case .bytes(let bytes):
                    if input.isEmpty { input = loop.takeBuffer() }
                    input.append(contentsOf: bytes)
                    channel.unread = input.count - offset
                    await spend(bytes.count)
                    return .more
                case .end: return .end
                case .broken: return .broken
                case .wouldBlock: if isLastTry { return .end }
                }
                continue
            }
            let isIdle = deadline == .max
            if isIdle, server.isDraining {
                isLastTry = true
                continue
            }
            channel.isIdle = isIdle
            let wake = await channel.readable(
                until: isIdle ? EventLoop.deadline(loop.turn, after: server.limits.idle) : deadline)
            channel.isIdle = false
            switch wake {
            case .ready: continue
            case .drained: isLastTry = true
            case .timedOut: return .timedOut
            case .cancelled: return .cancelled
            }
        }
    }

    // MARK: - Writing

    func flush(_ bytes: [UInt8]) async throws(HTTPServerError) {
        var sent = 0
        while true {
            let taken = bytes.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            guard let taken else { throw .clientGone }
            sent += taken
            if sent == bytes.count { return await spend(1024 + sent) }
            switch await channel.writable(until: loop.deadline(after: server.limits.stall)) {
            case .ready, .drained: continue
            case .timedOut: throw .clientStalled
            case .cancelled: throw channel.isBroken ? .clientGone : .cancelled
            }
        }
    }

    /// Reads what the client still sends, for a moment: closing over unread bytes resets the connection, and
    /// the reset can overtake the answer (RFC 9112, 9.6).
    func linger() async {
        channel.finishSending()
        let deadline = loop.deadline(after: .seconds(1))
        var rest = 1 << 20
        while rest > 0 {
            if channel.isReadable {
                switch channel.read() {
                case .bytes(let bytes): rest -= bytes.count
                case .end, .broken: return
                case .wouldBlock: break
                }
            } else if await channel.readable(until: deadline) != .ready {
                return
            }
        }
    }
}
