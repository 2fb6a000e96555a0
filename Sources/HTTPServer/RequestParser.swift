import CLLHTTP
import Glibc

/// Reads requests with llhttp, and holds them to what llhttp lets pass.
///
/// llhttp 8.1 in strict mode refuses bare LF in field lines and chunk headers, white space before a colon,
/// both framings at once, two lengths, and control characters. Checked here, since it accepts them: an empty
/// field name, two spaces in the request line, HTTP/0.9, 2.0 and RTSP, no or two `Host`, a bare LF at the end
/// of a chunked body, chunk extensions and trailers without bound. Line endings of the head are
/// `HeadScanner`'s.
///
/// One parser serves one connection, request after request; it belongs to the loop's thread.
final class RequestParser {
    /// The head of a request, checked.
    struct Head {
        let method: String
        let target: String
        let headers: HTTPFields
        let minorVersion: Int
        let keepsAlive: Bool
        let expectsContinue: Bool
        /// Whether a body follows (an empty chunked one included).
        let hasBody: Bool
        let announcedLength: Int?
    }

    private let parser: UnsafeMutablePointer<llhttp_t>
    private let limits: HTTPLimits

    // What the callbacks note while llhttp runs.
    fileprivate var spans: [Span] = []
    fileprivate var inBody = false
    fileprivate var completed = false
    fileprivate var body: [UInt8] = []
    fileprivate var overhead = 0
    private var previousByte: UInt8 = 0
    private var isChunked = false

    fileprivate struct Span {
        var name: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
    }

    init(limits: HTTPLimits) {
        self.limits = limits
        parser = .allocate(capacity: 1)
        llhttp_init(parser, HTTP_REQUEST, callbacks)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { parser.deallocate() }

    /// Reads a whole head: what `HeadScanner` found.
    func readHead(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Head {
        llhttp_reset(parser)
        spans.removeAll(keepingCapacity: true)
        (inBody, completed, isChunked, overhead) = (false, false, false, 0)
        body = []

        let line = try requestLine(bytes)
        let result = bytes.withMemoryRebound(to: CChar.self) {
            llhttp_execute(parser, $0.baseAddress, $0.count)
        }
        guard result == HPE_OK || result == HPE_PAUSED else { throw refusal(result) }
        guard spans.count <= limits.fields else { throw .headTooLarge }

        let fields = fields(bytes)
        let framing = try framing(fields, minorVersion: line.minorVersion)
        isChunked = framing.chunked
        if let length = framing.length, length > limits.bodyBytes { throw .bodyTooLarge }
        let target = try originForm(line.target, method: line.method, host: framing.host)
        return Head(
            method: line.method, target: target, headers: fields, minorVersion: line.minorVersion,
            keepsAlive: llhttp_should_keep_alive(parser) == 1,
            expectsContinue: framing.expectsContinue && !completed && line.minorVersion == 1,
            hasBody: !completed, announcedLength: framing.length)
    }

    /// Reads on in a body; returns how many bytes were taken, and the body where it is whole.
    func readBody(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> (taken: Int, body: [UInt8]?) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return (0, nil) }
        let before = body.count
        let result = bytes.withMemoryRebound(to: CChar.self) {
            llhttp_execute(parser, $0.baseAddress, $0.count)
        }
        guard result == HPE_OK || result == HPE_PAUSED else { throw refusal(result) }
        guard body.count <= limits.bodyBytes else { throw .bodyTooLarge }
        var taken = bytes.count
        if result == HPE_PAUSED, let end = llhttp_get_error_pos(parser) {
            taken = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(end))
        }
        if isChunked {
            // A chunk of one byte costs five more; beyond that it is extensions or trailers.
            overhead += taken - (body.count - before)
            guard overhead <= limits.headBytes + 16 * body.count else { throw .headTooLarge }
        }
        guard completed else {
            previousByte = bytes[bytes.count - 1]
            return (taken, nil)
        }
        if isChunked, taken > 0 {
            let beforeLast = taken > 1 ? bytes[taken - 2] : previousByte
            guard beforeLast == 13 else { throw .badRequest("the body ends without CR LF") }
        }
        defer { body = [] }
        return (taken, body)
    }

    // MARK: - The request line

    private struct RequestLine {
        let method: String
        let target: Substring.UTF8View
        let minorVersion: Int
    }

    private func requestLine(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> RequestLine {
        let end = bytes.firstIndex(of: 13) ?? bytes.endIndex
        let line = bytes[..<end]
        guard let first = line.firstIndex(of: 32), let last = line.lastIndex(of: 32), first < last,
            !line[(first + 1)..<last].contains(32), last > first + 1
        else { throw .badRequest("the request line is not 'METHOD target HTTP/1.1'") }
        let method = line[..<first]
        guard method.allSatisfy(isTokenByte) else { throw .badRequest("the method is no token") }
        let version = Array(line[(last + 1)...])
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[6] == UInt8(ascii: ".") else {
            throw .badRequest("the request line does not end in HTTP/1.1")
        }
        guard version[5] == UInt8(ascii: "1"),
            version[7] == UInt8(ascii: "0") || version[7] == UInt8(ascii: "1")
        else { throw .unknownVersion }
        let target = String(decoding: line[(first + 1)..<last], as: UTF8.self)
        return RequestLine(
            method: String(decoding: method, as: UTF8.self), target: target[...].utf8,
            minorVersion: Int(version[7] - UInt8(ascii: "0")))
    }

    /// Absolute form is taken only where it names the same authority as `Host` (RFC 9112, 3.2.2): a proxy
    /// that goes by the one and an app that goes by the other would disagree.
    private func originForm(
        _ target: Substring.UTF8View, method: String, host: ArraySlice<UInt8>?
    ) throws(Refusal) -> String {
        if method == "CONNECT" { throw .unknownMethod }
        if target.first == UInt8(ascii: "/") { return String(Substring(target)) }
        if method == "OPTIONS", target.elementsEqual("*".utf8) { return "*" }
        let scheme = target.prefix(7)
        guard equalIgnoringCase(scheme, "http://") else { throw .badRequest("the target is no path") }
        let rest = target.dropFirst(7)
        let authority = rest.prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        if let host {
            let same =
                authority.count == host.count
                && zip(authority, host).allSatisfy { lowercased($0) == lowercased($1) }
            guard same else { throw .badRequest("Host and target name different authorities") }
        }
        let path = rest.dropFirst(authority.count)
        return path.first == UInt8(ascii: "/") ? String(Substring(path)) : "/" + String(Substring(path))
    }

    // MARK: - Fields

    private func fields(_ bytes: UnsafeBufferPointer<UInt8>) -> HTTPFields {
        guard let first = spans.first, let base = first.name.baseAddress else { return HTTPFields() }
        // llhttp gives an empty span a place of its own only when it has one; names are checked to be
        // non-empty.
        let start = UnsafeRawPointer(bytes.baseAddress!).distance(to: base)
        let wire = Array(bytes[start..<(bytes.count - 2)])
        var entries: [HTTPFields.Field] = []
        entries.reserveCapacity(spans.count)
        for span in spans {
            let name = base.distance(to: span.name.baseAddress!)
            let value = span.value.baseAddress.map { base.distance(to: $0) } ?? name + span.name.count
            var length = span.value.count
            while length > 0, span.value[length - 1] == 32 || span.value[length - 1] == 9 { length -= 1 }
            entries.append(
                HTTPFields.Field(
                    nameStart: Int32(name), nameEnd: Int32(name + span.name.count),
                    valueStart: Int32(value), valueEnd: Int32(value + length)))
        }
        return HTTPFields(wire: wire, entries: entries)
    }

    private struct Framing {
        var host: ArraySlice<UInt8>?
        var length: Int?
        var chunked = false
        var expectsContinue = false
    }

    private func framing(_ fields: HTTPFields, minorVersion: Int) throws(Refusal) -> Framing {
        var framing = Framing()
        for entry in fields.entries {
            switch entry.nameEnd - entry.nameStart {
            case 0:
                throw .badRequest("a field without a name")
            case 4 where fields.matches(entry, "host"):
                guard framing.host == nil else { throw .badRequest("two Host fields") }
                let host = fields.bytes(entry)
                guard !host.isEmpty, host.allSatisfy(isAuthorityByte) else {
                    throw .badRequest("an invalid Host")
                }
                framing.host = host
            case 14 where fields.matches(entry, "content-length"):
                guard framing.length == nil else { throw .badRequest("two Content-Length fields") }
                let digits = fields.bytes(entry)
                guard !digits.isEmpty, digits.allSatisfy({ $0 &- 48 < 10 }) else {
                    throw .badRequest("Content-Length is no number")
                }
                guard let length = Int(String(decoding: digits, as: UTF8.self)) else { throw .bodyTooLarge }
                framing.length = length
            case 17 where fields.matches(entry, "transfer-encoding"):
                guard !framing.chunked, minorVersion == 1 else {
                    throw .badRequest("Transfer-Encoding twice, or in HTTP/1.0")
                }
                guard equalIgnoringCase(fields.bytes(entry), "chunked") else { throw .unknownCoding }
                framing.chunked = true
            case 6 where fields.matches(entry, "expect"):
                guard equalIgnoringCase(fields.bytes(entry), "100-continue") else {
                    throw .unknownExpectation
                }
                framing.expectsContinue = true
            default:
                break
            }
        }
        if framing.chunked, framing.length != nil {
            throw .badRequest("Content-Length with Transfer-Encoding")
        }
        if framing.host == nil, minorVersion == 1 { throw .badRequest("no Host field") }
        return framing
    }

    private func refusal(_ code: llhttp_errno_t) -> Refusal {
        switch code {
        case HPE_INVALID_METHOD: .unknownMethod
        case HPE_INVALID_VERSION, HPE_PAUSED_H2_UPGRADE: .unknownVersion
        case HPE_INVALID_TRANSFER_ENCODING: .unknownCoding
        case HPE_USER: .bodyTooLarge
        default: .badRequest(llhttp_get_error_reason(parser).map { String(cString: $0) } ?? "malformed")
        }
    }

    fileprivate func append(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard body.count + bytes.count <= limits.bodyBytes else { return Int32(HPE_USER.rawValue) }
        body.append(contentsOf: bytes)
        return 0
    }
}

private func owner(_ parser: UnsafeMutablePointer<llhttp_t>?) -> RequestParser {
    Unmanaged<RequestParser>.fromOpaque(parser!.pointee.data).takeUnretainedValue()
}

/// Made once and never written again; llhttp keeps the pointer.
private nonisolated(unsafe) let callbacks: UnsafePointer<llhttp_settings_t> = {
    let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
    llhttp_settings_init(settings)
    settings.pointee.on_header_field = { parser, start, count in
        let reader = owner(parser)
        // The head is fed whole, so that a second call in it cannot be the rest of a name; in trailers it is.
        if !reader.inBody {
            reader.spans.append(
                .init(name: .init(start: start, count: count), value: .init(start: nil, count: 0)))
        }
        return 0
    }
    settings.pointee.on_header_value = { parser, start, count in
        let reader = owner(parser)
        if !reader.inBody, !reader.spans.isEmpty {
            reader.spans[reader.spans.count - 1].value = .init(start: start, count: count)
        }
        return 0
    }
    settings.pointee.on_headers_complete = { parser in
        owner(parser).inBody = true
        // Upgrades are not spoken here: the request is answered as it stands (RFC 9110, 7.8).
        parser!.pointee.upgrade = 0
        return 0
    }
    settings.pointee.on_body = { parser, start, count in
        owner(parser).append(.init(start: start, count: count))
    }
    settings.pointee.on_message_complete = { parser in
        owner(parser).completed = true
        return Int32(HPE_PAUSED.rawValue)
    }
    return UnsafePointer(settings)
}()
