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
        case parked
        case closed
    }

    enum Filled { case more, end, timedOut, broken, cancelled, parked }

    let channel: Channel
    let loop: EventLoop
    let server: ServerCore
    private let parking: Parking
    private let parser: RequestParser
    private var isSecured = false

    let input: InputBuffer
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

    init(_ channel: Channel, _ server: ServerCore, _ parking: Parking) {
        self.parking = parking
        self.channel = channel
        self.server = server
        loop = channel.loop
        input = InputBuffer(channel.loop)
        parser = RequestParser(limits: server.limits, on: channel.loop)
    }

    /// Serves the connection to its end, or until it has been idle for a while: true where it waits on without a task.
    func serve() async -> Bool {
        var isParked = false
        await loop.withWaits { isParked = await serveRequests() }
        return isParked
    }

    /// Something has come for a connection without a task, or it is to end.
    func wake() { parking.wake(self) }

    /// A connection without a task was silent for too long.
    func expire() {
        channel.close()
        server.hasClosed()
    }

    private func serveRequests() async -> Bool {
        var isParked = false
        defer { if !isParked { channel.close() } }
        // Kept beyond the closure, which its contract leaves to us: it is used while this function, and so
        // its task, runs, and no longer. (The form with an async body leaves the caller's isolation.)
        let task = withUnsafeCurrentTask { $0 }
        guard await secure() else { return false }
        while true {
            switch await nextRequest() {
            case .request(let head):
                guard await answer(head, received: received, in: task) else {
                    let isAllRead = input.isEmpty && decoder.isAtEnd && !channel.isReadable
                    if !isAllRead { await linger() }
                    return false
                }
            case .refused(let refusal):
                await refuse(refusal)
                return false
            case .parked:
                isParked = true
                channel.park(self)
                return true
            case .closed:
                return false
            }
        }
    }

    /// Agrees on TLS where the server has a certificate.
    private func secure() async -> Bool {
        guard !isSecured, let identity = server.identity else { return true }
        guard let session = TLSSession(accepting: channel.descriptor, in: identity.context) else {
            return false
        }
        let deadline = loop.deadline(after: server.times.request)
        if case .done = await channel.shakeHands(session, until: deadline) { isSecured = true }
        return isSecured
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
            if !input.isEmpty {
                if deadline == .max {
                    received = loop.turn
                    deadline = EventLoop.deadline(received, after: server.times.request)
                }
                switch scanner.scan(input.unread) {
                case .refused(let refusal): return .refused(refusal)
                case .complete(let start, let end) where end - start <= server.limits.headBytes:
                    return readHead(start, end)
                case .complete,
                    .incomplete where input.count > server.limits.headBytes:
                    let isLine = scanner.requestLine > server.limits.headBytes
                    return .refused(isLine ? .targetTooLong : .headTooLarge)
                case .incomplete: break
                }
            }
            switch await fill(until: deadline) {
            case .more: continue
            case .timedOut where !input.isEmpty: return .refused(.requestTimeout)
            case .parked: return .parked
            case .timedOut, .end, .broken, .cancelled: return .closed
            }
        }
    }

    private func readHead(_ start: Int, _ end: Int) -> Next {
        do throws(Refusal) {
            let head = try parser.readHead(UnsafeBufferPointer(rebasing: input.unread[start..<end]))
            consume(end)
            return .request(head)
        } catch {
            return .refused(error)
        }
    }

    func consume(_ count: Int) {
        input.consume(count)
        channel.unread = input.count
    }

    /// Whether the others are to have the loop now.
    private func isSpent(_ bytes: Int) -> Bool {
        budget -= bytes
        guard budget < 0 else { return false }
        budget = Self.budgetPerTurn
        return true
    }

    /// Reads on; without a deadline the connection is idle, and may be closed at any time.
    func fill(until deadline: UInt64) async -> Filled {
        input.rest()
        var isLastTry = false
        while true {
            if loop.turn >= deadline { return .timedOut }
            if channel.isReadable || isLastTry {
                switch channel.read() {
                case .bytes(let bytes):
                    input.append(bytes)
                    channel.unread = input.count
                    if isSpent(bytes.count) { await Task.yield() }
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
            if isIdle { beginIdling() }
            let wake = await channel.readable(
                until: isIdle ? EventLoop.deadline(loop.turn, after: server.times.idle) : deadline)
            if isIdle { endIdling() }
            switch wake {
            case .ready: continue
            // Something may have come between the wake and this.
            case .parked: if !channel.isReadable, !server.isDraining { return .parked }
            case .drained: isLastTry = true
            case .timedOut: return .timedOut
            case .cancelled: return .cancelled
            }
        }
    }

    private func beginIdling() {
        channel.isIdle = true
        channel.idleSince = loop.turn
        loop.idleConnections += 1
        parking.lookLater()
    }

    private func endIdling() {
        channel.isIdle = false
        channel.idleSince = .max
        loop.idleConnections -= 1
    }

    // MARK: - Writing

    func flush(_ bytes: [UInt8]) async throws(HTTPServerError) {
        var sent = 0
        while true {
            let taken = bytes.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            guard let taken else { throw .clientGone }
            sent += taken
            if sent == bytes.count {
                if isSpent(1024 + sent) { await Task.yield() }
                return
            }
            switch await channel.writable(until: loop.deadline(after: server.times.stall)) {
            case .ready, .drained, .parked: continue
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
