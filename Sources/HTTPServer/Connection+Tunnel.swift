/// A connection that went over to another protocol: bytes both ways, of which nothing is known here.
extension Connection {
    func tunnel(
        _ response: UpstreamResponse, adding: HTTPFields, idle: Duration, for exchange: UInt64
    ) async throws {
        guard exchange == self.exchange, case .unanswered = stage else {
            throw HTTPServerError.alreadyAnswered
        }
        guard response.isUpgrade, let upstream = response.exchange.takeOver() else {
            throw HTTPServerError.invalidStatus(response.status)
        }
        if let refusal = adding.refusal { throw refusal }
        defer { response.close() }
        // A side that closes ends its direction, and is not gone for the other.
        channel.watchedBy = nil
        keepsAlive = false
        stage = .withoutBody

        var bytes = loop.takeBuffer()
        ResponseEncoder.statusLine(101, response.ownReason, into: &bytes)
        ResponseEncoder.append("Connection: Upgrade\r\n", to: &bytes)
        if let name = response.fields["upgrade"] {
            ResponseEncoder.append("Upgrade: ", to: &bytes)
            bytes.append(contentsOf: name.utf8)
            ResponseEncoder.append("\r\n", to: &bytes)
        }
        response.fields.forward(as: .response, removing: [], adding: adding, into: &bytes)
        ResponseEncoder.append("\r\n", to: &bytes)
        bytes.append(contentsOf: upstream.input.unread)
        upstream.input.consume(upstream.input.count)
        try await flush(bytes)

        let early = [UInt8](input.unread)
        consume(early.count)
        let tunnel = Tunnel(loop, idle: idle, stall: server.limits.stall)
        let (here, there) = (channel.id, upstream.channel.id)
        await withDiscardingTaskGroup { group in
            group.addTask { await tunnel.carry(early, from: here, to: there) }
            group.addTask { await tunnel.carry([], from: there, to: here) }
        }
        stage = .answered
    }
}

/// Two directions that share their idle time.
///
/// `@unchecked`: both are tasks of one loop, so that one thread alone touches it.
final class Tunnel: @unchecked Sendable {
    private let loop: EventLoop
    private let stall: Duration
    private var idle: Duration
    private var activity: UInt64

    /// How long the second direction may be silent once the first has ended.
    private static let farewell = Duration.seconds(5)

    init(_ loop: EventLoop, idle: Duration, stall: Duration) {
        self.loop = loop
        self.idle = idle
        self.stall = stall
        activity = loop.now()
    }

    /// Carries bytes from one side to the other until the former ends.
    func carry(_ early: [UInt8], from source: ChannelID, to sink: ChannelID) async {
        guard let source = loop.channel(source), let sink = loop.channel(sink) else { return }
        var isWhole = await write(early, to: sink)
        while isWhole {
            if source.isReadable {
                switch source.read() {
                case .bytes(let bytes):
                    activity = loop.now()
                    let taken = sink.write(bytes)
                    // The memory is the loop's: what the sink did not take is copied before others have it.
                    let rest = taken.map { Array(bytes[$0...]) }
                    guard let rest, await write(rest, to: sink) else {
                        isWhole = false
                        break
                    }
                    await Task.yield()
                case .wouldBlock: break
                case .end:
                    sink.finishSending()
                    activity = loop.now()
                    idle = min(idle, Self.farewell)
                    // The other direction may sleep by the old measure.
                    sink.cancelWait(.reading)
                    return
                case .broken: isWhole = false
                }
                continue
            }
            switch await source.readable(until: EventLoop.deadline(activity, after: idle)) {
            case .ready, .drained, .parked: break
            case .timedOut:
                isWhole = loop.now() < EventLoop.deadline(activity, after: idle)
            case .cancelled: isWhole = !Task.isCancelled && !source.isClosed
            }
        }
        // One side is broken, or both were silent too long: the other has nobody to talk to.
        source.close()
        sink.close()
    }

    private func write(_ bytes: [UInt8], to sink: Channel) async -> Bool {
        var sent = 0
        while sent < bytes.count {
            let taken = bytes.withUnsafeBytes { sink.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            guard let taken else { return false }
            sent += taken
            if sent < bytes.count {
                guard case .ready = await sink.writable(until: loop.deadline(after: stall)) else {
                    return false
                }
            }
        }
        return true
    }
}
