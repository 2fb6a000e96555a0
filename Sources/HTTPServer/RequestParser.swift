import CLLHTTP
import Glibc

/// Reads the heads of requests with llhttp, and holds them to what llhttp lets pass.
///
/// Checked here, since llhttp accepts them: an empty field name, two spaces in the request line, HTTP/0.9, 2.0
/// and RTSP, no or two `Host`. Line endings of the head are `HeadScanner`'s, bodies `BodyDecoder`'s.
struct RequestParser {
    /// The head of a request, checked.
    struct Head {
        let request: HTTPRequestHead
        let keepsAlive: Bool
        let expectsContinue: Bool
        let framing: BodyDecoder.Framing
    }

    private let limits: HTTPLimits
    private let heads: HeadParser

    init(limits: HTTPLimits, on loop: EventLoop) {
        self.limits = limits
        heads = loop.requestHeads
    }

    /// Reads a whole head: what `HeadScanner` found.
    func readHead(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Head {
        let line = try requestLine(bytes)
        let fields: HTTPFields
        do throws(HeadParser.Failure) {
            guard let read = try heads.fields(bytes, atMost: limits.fields) else {
                throw HeadParser.Failure(code: HPE_USER, reason: "")
            }
            fields = read
        } catch {
            throw refusal(error)
        }
        if HopByHop.isExcessive(fields) { throw .badRequest("Connection lists too many names") }
        let framing = try framing(fields, minorVersion: line.minorVersion)
        if let length = framing.length, length > limits.bodyBytes { throw .bodyTooLarge }
        let target = try originForm(line.target, method: line.method, host: framing.host)
        let body: BodyDecoder.Framing =
            framing.chunked ? .chunked : framing.length.map { .counted($0) } ?? .none
        let hasBody = framing.chunked || framing.length ?? 0 > 0
        let mayUpgrade = line.minorVersion == 1 && line.method == "GET" && !hasBody
        let head = HTTPRequestHead(
            method: line.method, target: target, headers: fields, minorVersion: line.minorVersion,
            hasBody: hasBody, contentLength: framing.length,
            upgrade: mayUpgrade ? HopByHop.upgrade(of: fields) : nil)
        return Head(
            request: head, keepsAlive: heads.keepsAlive,
            expectsContinue: framing.expectsContinue && hasBody && line.minorVersion == 1, framing: body)
    }

    // MARK: - The request line

    private struct RequestLine {
        let method: String
        let target: String
        let minorVersion: Int
    }

    private func requestLine(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> RequestLine {
        // A line without two spaces has none: the places stay where they are.
        var (first, last, spaces, end) = (0, 0, 0, 0)
        while end < bytes.count, bytes[end] != 13 {
            if bytes[end] == 32 {
                spaces += 1
                if spaces == 1 { first = end }
                last = end
            }
            end += 1
        }
        guard spaces == 2, last > first + 1 else {
            throw .badRequest("the request line is not 'METHOD target HTTP/1.1'")
        }
        let method = UnsafeBufferPointer(rebasing: bytes[..<first])
        for byte in method where !isTokenByte(byte) { throw .badRequest("the method is no token") }
        let version = UnsafeBufferPointer(rebasing: bytes[(last + 1)..<end])
        guard version.count == 8, version[6] == UInt8(ascii: "."), Self.isHTTP(version) else {
            throw .badRequest("the request line does not end in HTTP/1.1")
        }
        guard version[5] == UInt8(ascii: "1"),
            version[7] == UInt8(ascii: "0") || version[7] == UInt8(ascii: "1")
        else { throw .unknownVersion }
        let target = UnsafeBufferPointer(rebasing: bytes[(first + 1)..<last])
        return RequestLine(
            method: String(decoding: method, as: UTF8.self), target: String(decoding: target, as: UTF8.self),
            minorVersion: Int(version[7] - UInt8(ascii: "0")))
    }

    private static func isHTTP(_ version: UnsafeBufferPointer<UInt8>) -> Bool {
        version[0] == UInt8(ascii: "H") && version[1] == UInt8(ascii: "T") && version[2] == UInt8(ascii: "T")
            && version[3] == UInt8(ascii: "P") && version[4] == UInt8(ascii: "/")
    }

    /// Absolute form is taken only where it names the same authority as `Host` (RFC 9112, 3.2.2): a proxy
    /// that goes by the one and an app that goes by the other would disagree.
    private func originForm(
        _ whole: String, method: String, host: ArraySlice<UInt8>?
    ) throws(Refusal) -> String {
        if method == "CONNECT" { throw .unknownMethod }
        if whole.utf8.first == UInt8(ascii: "/") { return whole }
        let target = whole[...].utf8
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

    private struct Framing {
        var host: ArraySlice<UInt8>?
        var length: Int?
        var chunked = false
        var expectsContinue = false
    }

    private func framing(_ fields: HTTPFields, minorVersion: Int) throws(Refusal) -> Framing {
        var framing = Framing()
        for entry in fields.entries {
            if entry.nameEnd == entry.nameStart { throw .badRequest("a field without a name") }
            switch entry.kind {
            case .host:
                guard framing.host == nil else { throw .badRequest("two Host fields") }
                let host = fields.bytes(entry)
                guard !host.isEmpty, host.allSatisfy(isAuthorityByte) else {
                    throw .badRequest("an invalid Host")
                }
                framing.host = host
            case .contentLength:
                guard framing.length == nil else { throw .badRequest("two Content-Length fields") }
                let digits = fields.bytes(entry)
                guard !digits.isEmpty, digits.allSatisfy({ $0 &- 48 < 10 }) else {
                    throw .badRequest("Content-Length is no number")
                }
                guard let length = Int(String(decoding: digits, as: UTF8.self)) else { throw .bodyTooLarge }
                framing.length = length
            case .transferEncoding:
                guard !framing.chunked, minorVersion == 1 else {
                    throw .badRequest("Transfer-Encoding twice, or in HTTP/1.0")
                }
                guard equalIgnoringCase(fields.bytes(entry), "chunked") else { throw .unknownCoding }
                framing.chunked = true
            case .expect:
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

    private func refusal(_ failure: HeadParser.Failure) -> Refusal {
        switch failure.code {
        case HPE_INVALID_METHOD: .unknownMethod
        case HPE_INVALID_VERSION, HPE_PAUSED_H2_UPGRADE: .unknownVersion
        case HPE_INVALID_TRANSFER_ENCODING: .unknownCoding
        case HPE_USER: .headTooLarge
        default: .badRequest(failure.reason)
        }
    }
}
