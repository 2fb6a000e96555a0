/// An upstream's answer, passed on.
extension Connection {
    /// Passes the whole answer on, each piece as it comes.
    func relay(
        _ response: UpstreamResponse, removing: [String], adding: HTTPFields,
        tap: ((Span<UInt8>) -> Void)?, for exchange: UInt64
    ) async throws {
        var hasBegun = false
        do {
            var out = try relayHead(response, removing: removing, adding: adding, for: exchange)
            var isChunked = false
            if case .chunked = stage { isChunked = !isHead }
            var missing: Int?
            if case .counted(let announced, _) = stage, !isHead { missing = announced }
            while true {
                let progress = try response.exchange.decode(upTo: 64 * 1024) { data in
                    tap?(data.span)
                    if isHead { return }
                    if let left = missing { missing = left - data.count }
                    if isChunked { ResponseEncoder.chunkHead(data.count, into: &out) }
                    out.append(contentsOf: data)
                    if isChunked { ResponseEncoder.append("\r\n", to: &out) }
                }
                var isEnd = false
                if case .end = progress { isEnd = true }
                // Head and body go in one where both are here; a piece never waits for the next.
                if !isEnd, !out.isEmpty {
                    hasBegun = true
                    try await flush(out)
                    out.removeAll(keepingCapacity: true)
                }
                if !isEnd { isEnd = try await !response.exchange.waitForMore() }
                guard isEnd else { continue }
                // Some of it was taken by somebody else: the next answer must not pass for the rest.
                if let missing, missing != 0 { throw response.exchange.error(.closed) }
                if isChunked { ResponseEncoder.append("0\r\n\r\n", to: &out) }
                hasBegun = true
                if !out.isEmpty { try await flush(out) }
                break
            }
            loop.giveBuffer(out)
            stage = .answered
        } catch {
            response.close()
            if !hasBegun, let error = error as? UpstreamError {
                // What is wrong came with the head: the client has seen nothing of it yet.
                stage = .unanswered
                let text = Array("\(error.status) \(ResponseEncoder.reason(error.status))\n".utf8)
                try await send(error.status, ["Content-Type": "text/plain"], text, for: exchange)
            }
            throw error
        }
    }

    /// Passes the head on, and leaves the body to be written.
    func startRelay(
        _ response: UpstreamResponse, removing: [String], adding: HTTPFields, for exchange: UInt64
    ) async throws(HTTPServerError) {
        let bytes = try relayHead(response, removing: removing, adding: adding, for: exchange)
        try await flush(bytes)
        loop.giveBuffer(bytes)
    }

    private func relayHead(
        _ response: UpstreamResponse, removing: [String], adding: HTTPFields, for exchange: UInt64
    ) throws(HTTPServerError) -> [UInt8] {
        try check(response.status, adding, exchange)
        var bytes = loop.takeBuffer()
        ResponseEncoder.statusLine(response.status, response.ownReason, into: &bytes)
        switch response.framing {
        case .none:
            stage = .withoutBody
            // What it would be long (RFC 9110, 8.6); a 204 has no length.
            if let length = response.announcedLength, isHead || response.status == 304 {
                ResponseEncoder.field("Content-Length: ", length, into: &bytes)
            }
        case .counted(let length):
            stage = .counted(announced: length, given: 0)
            ResponseEncoder.field("Content-Length: ", length, into: &bytes)
        case .chunked where minorVersion == 1, .untilClose where minorVersion == 1:
            stage = .chunked
            ResponseEncoder.append("Transfer-Encoding: chunked\r\n", to: &bytes)
        case .chunked, .untilClose:
            stage = .untilClose
            keepsAlive = false
        }
        if adding.closes || server.isDraining || !mayDiscardBody { keepsAlive = false }
        if !keepsAlive { ResponseEncoder.append("Connection: close\r\n", to: &bytes) }
        if keepsAlive, minorVersion == 0 { ResponseEncoder.append("Connection: keep-alive\r\n", to: &bytes) }
        if !response.fields.present.contains(.date) { bytes.append(contentsOf: loop.dateField()) }
        response.fields.forward(as: .response, removing: removing, adding: adding, into: &bytes)
        ResponseEncoder.append("\r\n", to: &bytes)
        return bytes
    }
}
