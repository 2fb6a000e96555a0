import Glibc

/// One client's connection: reads requests, has them answered, in order, until one side has had enough.
///
/// It lives in its own task on the loop's thread, and no reference to it leaves that task.
final class Connection {
    private enum Stage {
        case unanswered
        case chunked
        case counted(announced: Int, given: Int)
        case untilClose
        case withoutBody
        case answered
    }

    private enum Next {
        case request(HTTPRequest, keepsAlive: Bool)
        case refused(Refusal)
        case closed
    }

    private enum Filled { case more, end, timedOut, broken }

    private let channel: Channel
    private let loop: EventLoop
    private let server: ServerCore
    private let parser: RequestParser

    private var input: [UInt8] = []
    private var offset = 0
    private var output: [UInt8] = []
    private var budget = Connection.budgetPerTurn

    // The exchange that is being answered.
    private var exchange: UInt64 = 0
    private var stage = Stage.answered
    private var isHead = false
    private var minorVersion = 1
    private var keepsAlive = true

    /// How many bytes one connection moves before it lets the others have the loop: a client that never lets
    /// it wait must not keep it for itself.
    private static let budgetPerTurn = 256 * 1024

    init(_ channel: Channel, _ server: ServerCore) {
        self.channel = channel
        self.server = server
        loop = channel.loop
        parser = RequestParser(limits: server.limits)
    }

    /// Serves the connection to its end.
    func serve() async {
        defer { channel.close() }
        // Kept beyond the closure, which its contract leaves to us: it is used while this function, and so
        // its task, runs, and no longer. (The form with an async body leaves the caller's isolation.)
        let task = withUnsafeCurrentTask { $0 }
        while true {
            switch await nextRequest() {
            case .request(let request, let keepsAlive):
                guard await answer(request, keepsAlive: keepsAlive, in: task) else {
                    if offset < input.count { await linger() }
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

    /// Answers with the refusal and closes.
    func refuse(_ refusal: Refusal) async {
        (stage, isHead, minorVersion, keepsAlive) = (.unanswered, false, 1, false)
        exchange += 1
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
                if deadline == .max { deadline = loop.deadline(after: server.limits.request) }
                switch unread({ scanner.scan($0) }) {
                case .refused(let refusal): return .refused(refusal)
                case .complete(let start, let end) where end - start <= server.limits.headBytes:
                    return await readRequest(start, end, until: deadline)
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
            case .timedOut, .end, .broken: return .closed
            }
        }
    }

    private func readRequest(_ start: Int, _ end: Int, until deadline: UInt64) async -> Next {
        do throws(Refusal) {
            let head = try unread { (bytes) throws(Refusal) in
                try parser.readHead(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            }
            offset += end
            var body: [UInt8] = []
            if head.hasBody {
                if head.expectsContinue, offset == input.count {
                    do throws(HTTPServerError) {
                        try await flush(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
                    } catch { return .closed }
                }
                while true {
                    let part = try unread { (bytes) throws(Refusal) in try parser.readBody(bytes) }
                    offset += part.taken
                    if let whole = part.body {
                        body = whole
                        break
                    }
                    switch await fill(until: deadline) {
                    case .more: continue
                    case .timedOut: return .refused(.requestTimeout)
                    case .end, .broken: return .closed
                    }
                }
            }
            let request = HTTPRequest(
                method: head.method, target: head.target, headers: head.headers, body: body,
                minorVersion: head.minorVersion)
            return .request(request, keepsAlive: head.keepsAlive)
        } catch {
            return .refused(error)
        }
    }

    private func spend(_ bytes: Int) async {
        budget -= bytes
        if budget < 0 {
            budget = Self.budgetPerTurn
            await Task.yield()
        }
    }

    private func unread<Value, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try input.withUnsafeBufferPointer { (bytes) throws(Failure) -> Value in
            try body(UnsafeBufferPointer(rebasing: bytes[offset...]))
        }
    }

    /// Reads on; without a deadline the connection is idle, and may be closed at any time.
    private func fill(until deadline: UInt64) async -> Filled {
        if offset == input.count {
            input.removeAll(keepingCapacity: input.capacity <= 8192)
            offset = 0
        } else if offset > 0 {
            input.removeFirst(offset)
            offset = 0
        }
        var isLastTry = false
        while true {
            if channel.isReadable || isLastTry {
                switch channel.read() {
                case .bytes(let bytes):
                    input.append(contentsOf: bytes)
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
                until: isIdle ? loop.deadline(after: server.limits.idle) : deadline)
            channel.isIdle = false
            switch wake {
            case .ready: continue
            case .drained: isLastTry = true
            case .timedOut: return .timedOut
            case .cancelled: return .broken
            }
        }
    }

    // MARK: - Answering

    /// Runs the handler; returns whether the connection may serve another request.
    private func answer(_ request: HTTPRequest, keepsAlive: Bool, in task: UnsafeCurrentTask?) async -> Bool {
        exchange += 1
        stage = .unanswered
        isHead = request.method == "HEAD"
        minorVersion = request.minorVersion
        let isLast = exchange >= server.limits.requestsPerConnection
        self.keepsAlive = keepsAlive && !isLast && !server.isDraining
        if offset == input.count { channel.watchedBy = task }
        var failed = false
        do {
            try await server.handler(request, ResponseWriter(connection: self, exchange: exchange))
        } catch {
            failed = true
            server.report?(error, request)
        }
        channel.watchedBy = nil
        switch stage {
        case .answered: return self.keepsAlive && !failed
        case .unanswered where !channel.isBroken && task?.isCancelled != true: return await sendFailure()
        // A body without its end: cut, never finished for the handler.
        default: return false
        }
    }

    private func sendFailure() async -> Bool {
        do throws(HTTPServerError) {
            try await send(
                500, ["Content-Type": "text/plain"], Array("500 Internal Server Error\n".utf8), for: exchange)
            return keepsAlive
        } catch {
            return false
        }
    }

    func send(
        _ status: Int, _ fields: HTTPFields, _ body: [UInt8], for exchange: UInt64
    ) async throws(HTTPServerError) {
        try check(status, fields, exchange)
        let isBodiless = status == 204 || status == 304
        if isBodiless, !body.isEmpty { throw .wrongLength(announced: 0, given: body.count) }
        var bytes = takeOutput()
        encodeHead(status, fields, isBodiless ? .none : .length(body.count), into: &bytes)
        stage = .withoutBody
        if isHead || body.isEmpty {
            try await flush(bytes)
        } else if body.count <= 32 * 1024 {
            bytes.append(contentsOf: body)
            try await flush(bytes)
        } else {
            try await flush(bytes)
            try await flush(body)
        }
        keepOutput(bytes)
        stage = .answered
    }

    func start(
        _ status: Int, _ fields: HTTPFields, length: Int?, for exchange: UInt64
    ) async throws(HTTPServerError) {
        try check(status, fields, exchange)
        let framing: ResponseEncoder.Framing
        if status == 204 || status == 304 {
            (framing, stage) = (.none, .withoutBody)
        } else if let length {
            (framing, stage) = (.length(max(0, length)), .counted(announced: max(0, length), given: 0))
        } else if minorVersion == 1 {
            (framing, stage) = (.chunked, .chunked)
        } else {
            (framing, stage) = (.close, .untilClose)
            keepsAlive = false
        }
        var bytes = takeOutput()
        encodeHead(status, fields, framing, into: &bytes)
        try await flush(bytes)
        keepOutput(bytes)
    }

    func write(_ piece: [UInt8], for exchange: UInt64) async throws(HTTPServerError) {
        guard exchange == self.exchange else { throw .alreadyAnswered }
        if piece.isEmpty { return }
        switch stage {
        case .unanswered, .answered: throw .alreadyAnswered
        case .withoutBody: throw .wrongLength(announced: 0, given: piece.count)
        case .counted(let announced, let given):
            let total = given + piece.count
            guard total <= announced else { throw .wrongLength(announced: announced, given: total) }
            stage = .counted(announced: announced, given: total)
            if !isHead { try await flush(piece) }
        case .untilClose:
            if !isHead { try await flush(piece) }
        case .chunked where isHead: break
        case .chunked:
            var bytes = takeOutput()
            ResponseEncoder.chunkHead(piece.count, into: &bytes)
            if piece.count <= 32 * 1024 {
                bytes.append(contentsOf: piece)
                ResponseEncoder.append("\r\n", to: &bytes)
                try await flush(bytes)
            } else {
                try await flush(bytes)
                try await flush(piece)
                try await flush([13, 10])
            }
            keepOutput(bytes)
        }
    }

    func finish(for exchange: UInt64) async throws(HTTPServerError) {
        guard exchange == self.exchange else { throw .alreadyAnswered }
        switch stage {
        case .unanswered, .answered: throw .alreadyAnswered
        case .counted(let announced, let given) where announced != given:
            throw .wrongLength(announced: announced, given: given)
        case .chunked where !isHead: try await flush(Array("0\r\n\r\n".utf8))
        case .chunked, .counted, .untilClose, .withoutBody: break
        }
        stage = .answered
    }

    private func check(_ status: Int, _ fields: HTTPFields, _ exchange: UInt64) throws(HTTPServerError) {
        guard exchange == self.exchange, case .unanswered = stage else { throw .alreadyAnswered }
        guard 200...599 ~= status else { throw .invalidStatus(status) }
        if let refused = fields.refused { throw refused }
    }

    private func encodeHead(
        _ status: Int, _ fields: HTTPFields, _ framing: ResponseEncoder.Framing, into bytes: inout [UInt8]
    ) {
        if fields.closes || server.isDraining { keepsAlive = false }
        ResponseEncoder.head(
            status, fields: fields, framing: framing, keepsAlive: keepsAlive,
            saysKeepAlive: minorVersion == 0,
            date: loop.dateField(), into: &bytes)
    }

    // The buffer leaves the connection while it is filled and sent, so that it is never copied.
    private func takeOutput() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &output)
        taken.removeAll(keepingCapacity: true)
        return taken
    }

    private func keepOutput(_ bytes: consuming [UInt8]) {
        if bytes.capacity <= 8192 { output = bytes }
    }

    private func flush(_ bytes: [UInt8]) async throws(HTTPServerError) {
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
    private func linger() async {
        shutdown(channel.descriptor, Int32(SHUT_WR))
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
