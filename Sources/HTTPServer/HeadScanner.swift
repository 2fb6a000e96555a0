import Glibc

/// Finds the end of a request's head and refuses the line endings that proxies read differently.
///
/// Every line must end in CR LF, and none may begin with white space (obs-fold: RFC 9112, 5.2, which llhttp
/// joins). One empty line before the request line is skipped (RFC 9112, 2.2). Takes up where it stopped, so
/// that a head that drips in costs O(n).
struct HeadScanner {
    enum Outcome: Equatable {
        case incomplete
        /// The head spans `start..<end`, its empty line included.
        case complete(start: Int, end: Int)
        case refused(Refusal)
    }

    private var position = 0
    private var lineStart = 0
    private var start = 0

    /// The length of the request line, as far as it has been seen.
    private(set) var requestLine = 0

    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard let base = bytes.baseAddress else { return .incomplete }
        if lineStart == start, start < bytes.count, bytes[start] != 13 {
            // Neither a method nor an empty line: TLS, a port scan. Say so before more of it is read.
            guard isTokenByte(bytes[start]) else { return .refused(.badRequest("this is no HTTP request")) }
        }
        while position < bytes.count, let found = memchr(base + position, 10, bytes.count - position) {
            let lineFeed = UnsafeRawPointer(base).distance(to: found)
            guard lineFeed > lineStart, bytes[lineFeed - 1] == 13 else {
                return .refused(.badRequest("a line ends without CR LF"))
            }
            if lineFeed - 1 == lineStart {
                if lineStart > start { return .complete(start: start, end: lineFeed + 1) }
                guard start == 0 else { return .refused(.badRequest("empty lines before the request")) }
                start = lineFeed + 1
            } else if lineStart > start, bytes[lineStart] == 32 || bytes[lineStart] == 9 {
                return .refused(.badRequest("a folded or indented field line"))
            }
            if lineStart == start { requestLine = lineFeed + 1 - start }
            lineStart = lineFeed + 1
            position = lineStart
            if lineStart == start, start < bytes.count, !isTokenByte(bytes[start]), bytes[start] != 13 {
                return .refused(.badRequest("this is no HTTP request"))
            }
        }
        if lineStart == start { requestLine = bytes.count - start }
        position = bytes.count
        return .incomplete
    }
}
