/// The answer to the request at hand.
extension Connection {
    /// Runs the handler; returns whether the connection may serve another request.
    func answer(_ head: RequestParser.Head, received: UInt64, in task: UnsafeCurrentTask?) async -> Bool {
        exchange += 1
        stage = .unanswered
        isHead = head.request.method == "HEAD"
        minorVersion = head.request.minorVersion
        let isLast = exchange >= server.limits.requestsPerConnection
        keepsAlive = head.keepsAlive && !isLast && !server.isDraining
        beginBody(head, received: received)
        // Who is gone already needs no answer, and nobody's work for it.
        guard !channel.isBroken else { return false }
        channel.watchedBy = task
        loop.mark("\(head.request.method) \(head.request.target)")
        var failed = false
        do {
            let body = RequestBody(
                connection: self, exchange: exchange, length: head.request.contentLength,
                isPresent: head.request.hasBody)
            try await server.handler(
                head.request, body, ResponseWriter(connection: self, exchange: exchange))
        } catch {
            failed = true
            if bodyFault == nil { server.report?(error, head.request) }
        }
        channel.watchedBy = nil
        isRevoked = true
        if isReadingBody { await revokeBody() }
        switch stage {
        case .answered:
            guard keepsAlive, !failed else { return false }
            return decoder.isAtEnd && bodyFault == nil ? true : await discardBody()
        case .unanswered where !channel.isBroken && task?.isCancelled != true: return await refuseOrFail()
        // An end of the connection would pass for the body's end.
        case .untilClose: channel.reset()
        // A body without its end: cut, never finished for the handler.
        default: break
        }
        return false
    }

    private func refuseOrFail() async -> Bool {
        switch bodyFault {
        case .refused(let status, let reason):
            await refuse(Refusal(status: status, reason: reason))
            return false
        case .clientGone, .cancelled, .over, .inUse, .elsewhere: return false
        case nil: return await sendFailure()
        }
    }
    private func sendFailure() async -> Bool {
        do throws(HTTPServerError) {
            try await send(
                500, ["Content-Type": "text/plain"], Array("500 Internal Server Error\n".utf8), for: exchange)
            guard keepsAlive else { return false }
            return await discardBody()
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
        var bytes = loop.takeBuffer()
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
        loop.giveBuffer(bytes)
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
        var bytes = loop.takeBuffer()
        encodeHead(status, fields, framing, into: &bytes)
        try await flush(bytes)
        loop.giveBuffer(bytes)
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
            var bytes = loop.takeBuffer()
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
            loop.giveBuffer(bytes)
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

    func check(_ status: Int, _ fields: HTTPFields, _ exchange: UInt64) throws(HTTPServerError) {
        guard exchange == self.exchange, case .unanswered = stage else { throw .alreadyAnswered }
        guard 200...599 ~= status else { throw .invalidStatus(status) }
        if let refusal = fields.refusal { throw refusal }
    }

    private func encodeHead(
        _ status: Int, _ fields: HTTPFields, _ framing: ResponseEncoder.Framing, into bytes: inout [UInt8]
    ) {
        if fields.closes || server.isDraining || !mayDiscardBody { keepsAlive = false }
        ResponseEncoder.head(
            status, fields: fields, framing: framing, keepsAlive: keepsAlive,
            saysKeepAlive: minorVersion == 0,
            date: loop.dateField(), into: &bytes)
    }
}
