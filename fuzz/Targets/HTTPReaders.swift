@testable import HTTPServer

/// A client's bytes: what is taken for a request, written down for an upstream, is read there as the same one.
enum RequestHeads: FuzzedReader {
    // Its thread is never started: it lends its parsers.
    private static let loop = try? EventLoop()

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let loop, let whole = head(bytes, on: loop) else { return }
        check(head: bytes, against: whole, on: loop)
        let request = UpstreamRequest(whole.head.request)
        if let problem = request.problem {
            preconditionFailure("taken from a client, and not to be written: \(problem)")
        }
        let body: UpstreamBody =
            switch whole.head.framing {
            case .chunked: .stream(length: nil) { nil }
            case .counted(let count): .stream(length: count) { nil }
            default: .none
            }
        var written: [UInt8] = []
        request.encode(to: UpstreamOrigin(host: "app", port: 80), body, into: &written)
        written.withUnsafeBufferPointer { again in
            guard let second = Self.head(again, on: loop) else {
                preconditionFailure("what is passed on is refused")
            }
            precondition(second.end == again.count, "the head ends early")
            precondition(second.head.request.method == whole.head.request.method, "another method")
            precondition(second.head.request.target == whole.head.request.target, "another target")
            switch (whole.head.framing, second.head.framing) {
            case (.counted(0), .none), (.none, .counted(0)): break
            case (let first, let last): precondition(first == last, "another framing")
            }
        }
        decode(bytes, from: whole.end, whole.head.framing)
    }

    private static func head(
        _ bytes: UnsafeBufferPointer<UInt8>, on loop: EventLoop
    ) -> (head: RequestParser.Head, end: Int)? {
        var scanner = HeadScanner()
        guard case .complete(let start, let end) = scanner.scan(bytes) else { return nil }
        let parser = RequestParser(limits: HTTPLimits(), on: loop)
        guard let head = try? parser.readHead(UnsafeBufferPointer(rebasing: bytes[start..<end])) else {
            return nil
        }
        return (head, end)
    }

    /// A head that drips in ends where one that comes at once does.
    private static func check(
        head bytes: UnsafeBufferPointer<UInt8>, against whole: (head: RequestParser.Head, end: Int),
        on loop: EventLoop
    ) {
        var scanner = HeadScanner()
        for count in 1..<whole.end {
            let outcome = scanner.scan(UnsafeBufferPointer(rebasing: bytes[..<count]))
            precondition(outcome == .incomplete, "a part of a head passes for a whole one")
        }
    }

    /// The body comes out the same in one piece and byte by byte.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ framing: BodyDecoder.Framing) {
        func data(step: Int) -> (bytes: [UInt8], isAtEnd: Bool, fault: Bool) {
            var decoder = BodyDecoder(framing, limit: 1 << 20, overhead: 1 << 16)
            var data: [UInt8] = []
            var (offset, limit) = (start, start)
            while limit < bytes.count {
                limit = min(bytes.count, limit + step)
                let piece = UnsafeBufferPointer(rebasing: bytes[..<limit])
                do throws(BodyDecoder.Fault) {
                    reading: while true {
                        switch try decoder.step(piece, from: &offset) {
                        case .data(let range): data += bytes[range]
                        case .more: break reading
                        case .end: return (data, true, false)
                        }
                    }
                } catch {
                    return (data, false, true)
                }
            }
            return (data, decoder.isAtEnd, false)
        }
        let (whole, single) = (data(step: max(1, bytes.count)), data(step: 1))
        precondition(whole.bytes == single.bytes && whole.isAtEnd == single.isAtEnd, "pieces change the body")
        precondition(whole.fault == single.fault, "pieces change what is refused")
    }
}

/// An upstream's bytes.
enum ResponseHeads: FuzzedReader {
    private static let loop = try? EventLoop()

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let loop else { return }
        var scanner = HeadScanner()
        guard case .complete(let start, let end) = scanner.scan(bytes) else { return }
        let parser = ResponseParser(heads: loop.responseHeads, fieldLimit: 200)
        let head = UnsafeBufferPointer(rebasing: bytes[start..<end])
        guard let read = try? parser.readHead(head, isHead: false) else { return }
        precondition(100...999 ~= read.status, "a status of another length")
        RequestHeads.decode(bytes, from: end, read.framing)
    }
}
