/// Writes the heads of responses. Pure: the date comes in as bytes.
enum ResponseEncoder {
    enum Framing {
        case length(Int)
        case chunked
        /// The end of the connection ends the body (HTTP/1.0).
        case close
        /// 204 and 304: no body, no framing field.
        case none
    }

    static func head(
        _ status: Int, fields: HTTPFields, framing: Framing, keepsAlive: Bool, saysKeepAlive: Bool,
        date: [UInt8],
        into out: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &out)
        append(status, to: &out)
        out.append(32)
        append(reason(status), to: &out)
        append("\r\n", to: &out)
        out.append(contentsOf: date)
        switch framing {
        case .length(let length):
            field("Content-Length: ", length, into: &out)
        case .chunked: append("Transfer-Encoding: chunked\r\n", to: &out)
        case .close, .none: break
        }
        if !keepsAlive { append("Connection: close\r\n", to: &out) }
        if keepsAlive && saysKeepAlive { append("Connection: keep-alive\r\n", to: &out) }
        out.append(contentsOf: fields.wire)
        append("\r\n", to: &out)
    }

    /// - Parameter reason: Nil for the phrase that the standard has.
    static func statusLine(_ status: Int, _ reason: [UInt8]?, into out: inout [UInt8]) {
        if status == 200, reason == nil { return append("HTTP/1.1 200 OK\r\n", to: &out) }
        append("HTTP/1.1 ", to: &out)
        append(status, to: &out)
        out.append(32)
        if let reason { out.append(contentsOf: reason) } else { append(Self.reason(status), to: &out) }
        append("\r\n", to: &out)
    }

    static func bytes(_ text: StaticString) -> [UInt8] {
        [UInt8](UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func chunkHead(_ count: Int, into out: inout [UInt8]) {
        let digits = 16 - count.leadingZeroBitCount / 4
        for digit in stride(from: max(1, digits) - 1, through: 0, by: -1) {
            let value = UInt8(truncatingIfNeeded: count >> (4 * digit)) & 15
            out.append(value < 10 ? 48 + value : 87 + value)
        }
        append("\r\n", to: &out)
    }

    static func field(_ name: StaticString, _ number: Int, into out: inout [UInt8]) {
        append(name, to: &out)
        append(number, to: &out)
        append("\r\n", to: &out)
    }

    static func append(_ text: StaticString, to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func append(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { out.append(contentsOf: $0) }
    }

    private static func append(_ number: Int, to out: inout [UInt8]) {
        // Nineteen digits are the most that there are.
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var (rest, first) = (UInt(number), digits.count)
            repeat {
                first -= 1
                digits[first] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[first...]))
        }
    }

    /// The reason phrases of RFC 9110 and RFC 6585; empty for other statuses, which is allowed.
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
