/// One request and its answer on one connection.
///
/// `@unchecked`: the task that sends the request's body on shares it with the one that reads the answer; both
/// are tasks of one loop, so that one thread alone touches it.
final class UpstreamExchange: @unchecked Sendable {
    private enum Upload { case running, done, broken }

    let loop: EventLoop
    let connection: UpstreamConnection
    private let pool: UpstreamPool
    private let channel: Channel
    private let started: UInt64
    private let overall: UInt64

    private var upload = Upload.running
    /// Whether the body's source is slow, which is not the upstream's doing.
    private var awaitsSource = false
    private var task: Task<Void, Never>?
    private var failure: UpstreamError?
    /// When something was last sent or received.
    private var activity: UInt64
    private(set) var phase = UpstreamError.Phase.waiting
    private(set) var hasSent = false
    private(set) var isOver = false
    private(set) var timings: UpstreamTimings
    private var keepsAlive = false
    private var decoder = BodyDecoder(.none, limit: 0, overhead: 0)

    /// - Parameters:
    ///   - started: When the call began, on the loop's clock.
    ///   - overall: When it must have ended.
    init(
        _ connection: UpstreamConnection, _ pool: UpstreamPool, on loop: EventLoop,
        started: UInt64, overall: UInt64, attempt: Int
    ) {
        self.connection = connection
        self.pool = pool
        self.loop = loop
        self.started = started
        self.overall = overall
        channel = connection.channel
        // A kept connection was there at once.
        activity = attempt == 1 && connection.exchanges > 0 ? started : loop.now()
        timings = UpstreamTimings()
        timings.connected = activity &- started
        timings.isReused = connection.exchanges > 0
        timings.attempts = attempt
        connection.exchanges += 1
    }

    private var options: UpstreamOptions { pool.options }
    var isReused: Bool { timings.isReused }

    /// Ends it before its end: the connection is closed, and the sending of the body with it.
    func abandon() {
        guard !isOver else { return }
        isOver = true
        // Whoever reads on must not take what was let go for the end.
        failure = failure ?? error(.closed)
        task?.cancel()
        task = nil
        pool.close(connection)
    }

    func error(_ cause: UpstreamError.Cause) -> UpstreamError {
        UpstreamError(phase, cause, mayHaveArrived: hasSent)
    }

    private func fail(_ cause: UpstreamError.Cause) {
        guard failure == nil, !isOver else { return }
        failure = error(cause)
        pool.close(connection)
    }

    // MARK: - Sending

    /// Sends the head, and what goes with it in one; the rest goes in a task beside.
    func send(_ head: [UInt8], _ body: UpstreamBody) throws(UpstreamError) {
        let taken = head.withUnsafeBytes { channel.write($0) }
        guard let taken else {
            upload = .broken
            throw error(.closed)
        }
        hasSent = taken > 0
        if taken == head.count {
            switch body {
            case .none:
                upload = .done
                return
            case .bytes(let bytes) where bytes.count <= Self.shortBody:
                // It stood behind the head.
                upload = .done
                return
            case .bytes, .stream: break
            }
        }
        let rest = Array(head[taken...])
        task = loop.spawn { await self.pump(rest, body) }
    }

    /// How long a body at hand is that goes in one with its head.
    static let shortBody = 32 * 1024

    private func pump(_ rest: [UInt8], _ body: UpstreamBody) async {
        do throws(UpstreamError) {
            try await write(rest)
            switch body {
            case .none: break
            case .bytes(let bytes) where bytes.count <= Self.shortBody: break
            case .bytes(let bytes): try await write(bytes)
            case .stream(let length, let next): try await pump(length, next)
            }
            if upload == .running { upload = .done }
        } catch {
            // What the upstream had to say before it closed is for the reader to find.
            if error.cause == .closed { upload = .broken } else { fail(error.cause) }
        }
    }

    private func pump(
        _ length: Int?, _ next: @Sendable () async throws -> [UInt8]?
    ) async throws(UpstreamError) {
        var given = 0
        while true {
            let piece: [UInt8]?
            awaitsSource = true
            defer { awaitsSource = false }
            do {
                piece = try await next()
                activity = loop.now()
            } catch let fault as RequestBodyError {
                throw error(.source(fault))
            } catch {
                throw self.error(.badSource)
            }
            if isOver { throw error(.closed) }
            guard let piece else { break }
            if piece.isEmpty { continue }
            given += piece.count
            if let length {
                guard given <= length else { throw error(.badSource) }
                try await write(piece)
            } else {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(piece.count + 12)
                ResponseEncoder.chunkHead(piece.count, into: &bytes)
                bytes.append(contentsOf: piece)
                ResponseEncoder.append("\r\n", to: &bytes)
                try await write(bytes)
            }
        }
        if let length {
            guard given == length else { throw error(.badSource) }
        } else {
            try await write(Array("0\r\n\r\n".utf8))
        }
    }

    private func write(_ bytes: [UInt8]) async throws(UpstreamError) {
        var sent = 0
        while sent < bytes.count {
            let taken = bytes.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            guard let taken else { throw error(.closed) }
            sent += taken
            if taken > 0 { (hasSent, activity) = (true, loop.now()) }
            if sent == bytes.count { break }
            switch await channel.writable(until: loop.deadline(after: pool.times.stall)) {
            case .ready: continue
            case .timedOut: throw error(.stalled)
            case .cancelled, .drained, .parked: throw error(.closed)
            }
        }
        // A source that is never slow must not keep the loop.
        if bytes.count > 16 * 1024 { await Task.yield() }
    }

    // MARK: - Receiving

    /// Reads on. Returns false at the end of the connection.
    private func fill() async throws(UpstreamError) -> Bool {
        while true {
            if let failure { throw failure }
            // Also where bytes never cease to come.
            if loop.turn >= overall { throw error(.overTime) }
            if channel.isReadable {
                switch connection.read() {
                case .bytes:
                    activity = loop.now()
                    return true
                case .end: return false
                case .broken: throw error(.closed)
                case .wouldBlock: continue
                }
            }
            let patience = phase == .body ? pool.times.pause : pool.times.firstByte
            let deadline = min(EventLoop.deadline(activity, after: patience), overall)
            switch await channel.readable(until: deadline) {
            case .ready, .drained, .parked: continue
            case .timedOut:
                if let failure { throw failure }
                let now = loop.now()
                if now >= overall { throw error(.overTime) }
                if awaitsSource, phase == .waiting { activity = now }
                // Bytes of the request that went meanwhile have moved the deadline on.
                if now >= EventLoop.deadline(activity, after: patience) { throw error(.timedOut) }
            case .cancelled: throw failure ?? error(Task.isCancelled ? .cancelled : .closed)
            }
        }
    }

    /// The final answer's head; interim ones (1xx) are read and dropped, but for the upgrade that was asked for.
    func readHead(isHead: Bool, upgrade: String?) async throws(UpstreamError) -> ResponseParser.Head {
        let parser = ResponseParser(heads: loop.responseHeads, fieldLimit: options.fields)
        var interim = 0
        while true {
            let (start, end) = try await findHead()
            if timings.firstByte == nil { timings.firstByte = activity &- started }
            let head: ResponseParser.Head
            do throws(ResponseParser.Malformed) {
                head = try parser.readHead(
                    UnsafeBufferPointer(rebasing: connection.input.unread[start..<end]), isHead: isHead)
            } catch {
                throw self.error(.malformed(error.reason))
            }
            connection.input.consume(end)
            if head.status == 101 {
                guard let upgrade, let offered = HopByHop.upgrade(of: head.fields),
                    equalIgnoringCase(offered.utf8, upgrade)
                else { throw error(.malformed("another protocol, which was not asked for")) }
            } else if head.status < 200 {
                interim += 1
                guard interim <= 16 else { throw error(.malformed("interim answers without end")) }
                (phase, timings.firstByte) = (.waiting, nil)
                continue
            }
            phase = .body
            keepsAlive = head.keepsAlive && head.status != 101
            connection.idleLimit = HopByHop.idleSeconds(of: head.fields).map { UInt64($0) * 1_000_000_000 }
            decoder = BodyDecoder(head.framing, limit: options.bodyBytes, overhead: options.headBytes)
            if decoder.isAtEnd, head.status != 101 { finish() }
            return head
        }
    }

    private func findHead() async throws(UpstreamError) -> (start: Int, end: Int) {
        var scanner = HeadScanner()
        while true {
            if !connection.input.isEmpty {
                switch scanner.scan(connection.input.unread) {
                case .refused(let refusal): throw error(.malformed(refusal.reason))
                case .complete(let start, let end) where end - start <= options.headBytes:
                    guard start == 0 else { throw error(.malformed("an empty line before the answer")) }
                    return (start, end)
                case .complete,
                    .incomplete where connection.input.count > options.headBytes:
                    throw error(.malformed("a head beyond \(options.headBytes) bytes"))
                case .incomplete: break
                }
            }
            guard try await fill() else { throw error(.closed) }
            if phase == .waiting {
                (phase, timings.firstByte) = (.head, activity &- started)
            }
        }
    }

    enum Progress { case more, end }

    /// Takes the data out of what has come, without waiting.
    ///
    /// - Parameter take: Is given each stretch of data.
    func decode(
        upTo limit: Int, _ take: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(UpstreamError) -> Progress {
        if isOver {
            if let failure { throw failure }
            return .end
        }
        var taken = 0
        var count = 0
        let bytes = connection.input.unread
        var decoder = self.decoder
        defer { self.decoder = decoder }
        do throws(BodyDecoder.Fault) {
            while count < limit {
                guard case .data(let range) = try decoder.step(bytes, from: &taken) else { break }
                take(UnsafeBufferPointer(rebasing: bytes[range]))
                count += range.count
            }
        } catch {
            switch error {
            case .malformed(let reason): throw self.error(.malformed(reason))
            case .overhead: throw self.error(.malformed("chunks of little but framing"))
            case .tooLarge: throw self.error(.malformed("a body beyond \(options.bodyBytes) bytes"))
            }
        }
        connection.input.consume(taken)
        guard decoder.isAtEnd else { return .more }
        finish()
        return .end
    }

    /// Waits for more of the body. Returns false where the connection's end was the body's.
    func waitForMore() async throws(UpstreamError) -> Bool {
        if try await fill() { return true }
        guard decoder.endsWithConnection else { throw error(.closed) }
        keepsAlive = false
        finish()
        return false
    }

    private func finish() {
        guard !isOver else { return }
        timings.lastByte = activity &- started
        isOver = true
        if keepsAlive, upload == .done, failure == nil {
            pool.keep(connection)
        } else {
            // An answer before the request's end: what is left of the request would be taken for the next.
            task?.cancel()
            pool.close(connection)
        }
        task = nil
    }

    // MARK: - Going over to another protocol

    /// The connection, which is the caller's from here on; nil where it is over.
    func takeOver() -> UpstreamConnection? { isOver ? nil : connection }
}
