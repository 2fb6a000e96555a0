/// The body of the request that is being answered.
extension Connection {
    /// How much data one piece holds at most.
    private static let piece = 64 * 1024

    func beginBody(_ head: RequestParser.Head, received: UInt64) {
        decoder = BodyDecoder(head.framing, limit: server.limits.bodyBytes, overhead: server.limits.headBytes)
        bodyFault = nil
        isAskedFor = !head.expectsContinue || !input.isEmpty
        isRevoked = false
        let time = server.isStreaming ? server.times.upload : server.times.request
        bodyDeadline = head.request.hasBody ? EventLoop.deadline(received, after: time) : .max
    }

    func nextPiece(for exchange: UInt64) async throws(RequestBodyError) -> [UInt8]? {
        // A reader that was cancelled, as an upstream's that failed, leaves within a turn or two.
        var turns = 0
        while isReadingBody, turns < 64 {
            turns += 1
            await Task.yield()
        }
        try checkBody(exchange)
        guard !decoder.isAtEnd else { return nil }
        isReadingBody = true
        defer { isReadingBody = false }
        while true {
            let piece = try decode()
            if !piece.isEmpty { return piece }
            if decoder.isAtEnd { return nil }
            try askForBody()
            let pause = loop.deadline(after: server.times.bodyPause)
            let filled = await fill(until: min(pause, bodyDeadline, .max - 1))
            if isRevoked { throw .over }
            switch filled {
            case .more: continue
            case .timedOut: throw refuseBody(.requestTimeout)
            case .end, .broken:
                bodyFault = .clientGone
                throw .clientGone
            case .cancelled, .parked: throw channel.isClosed ? .clientGone : .cancelled
            }
        }
    }

    func readyPiece(for exchange: UInt64) throws(RequestBodyError) -> (bytes: [UInt8], isWhole: Bool) {
        try checkBody(exchange)
        let piece = try decode()
        return (piece, decoder.isAtEnd)
    }

    private func checkBody(_ exchange: UInt64) throws(RequestBodyError) {
        guard exchange == self.exchange, !isRevoked else { throw .over }
        if let bodyFault { throw bodyFault }
        guard !isReadingBody else { throw .inUse }
    }

    /// Takes the data out of what has been read.
    private func decode() throws(RequestBodyError) -> [UInt8] {
        var data: [UInt8] = []
        var taken = 0
        let bytes = input.unread
        // A copy here is cheaper than the checks of exclusive access to the property.
        var decoder = self.decoder
        defer { self.decoder = decoder }
        do throws(BodyDecoder.Fault) {
            while data.count < Self.piece {
                guard case .data(let range) = try decoder.step(bytes, from: &taken) else { break }
                data.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
            }
        } catch {
            switch error {
            case .malformed(let reason): throw refuseBody(.badRequest(reason))
            case .overhead: throw refuseBody(.headTooLarge)
            case .tooLarge: throw refuseBody(.bodyTooLarge)
            }
        }
        consume(taken)
        return data
    }

    /// The client waits to be asked, and only the first time (RFC 9110, 10.1.1).
    private func askForBody() throws(RequestBodyError) {
        guard !isAskedFor else { return }
        isAskedFor = true
        guard case .unanswered = stage, input.isEmpty else { return }
        let text: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
        let bytes = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        // No wait, since the answer itself may be written meanwhile: a socket that is full now belongs to a
        // client that does not read.
        guard channel.write(bytes) == bytes.count else {
            bodyFault = .clientGone
            throw .clientGone
        }
    }

    func refuseBody(_ refusal: Refusal) -> RequestBodyError {
        let fault = RequestBodyError.refused(status: refusal.status, reason: refusal.reason)
        bodyFault = bodyFault ?? fault
        return fault
    }

    /// Whether the connection can live on although its body was not read to the end.
    var mayDiscardBody: Bool {
        if decoder.isAtEnd { return true }
        // A client that was never asked may send the body or not: nothing that follows could be told from it.
        guard isAskedFor, bodyFault == nil else { return false }
        return decoder.remaining ?? 0 <= server.limits.discardBytes
    }

    /// Waits until a task that reads the body, to which it has no right any more, has left.
    func revokeBody() async {
        while isReadingBody {
            channel.cancelWait(.reading)
            await Task.yield()
        }
    }

    /// Reads what is left of the body, up to the bound; whether that was all.
    func discardBody() async -> Bool {
        // What stands behind a fault could be read in more than one way.
        guard bodyFault == nil else { return false }
        var left = server.limits.discardBytes
        let deadline = min(loop.deadline(after: .seconds(5)), bodyDeadline)
        while !decoder.isAtEnd {
            guard let data = try? decode() else { return false }
            left -= data.count
            guard left >= 0 else { return false }
            if decoder.isAtEnd { return true }
            guard case .more = await fill(until: deadline) else { return false }
        }
        return true
    }
}
