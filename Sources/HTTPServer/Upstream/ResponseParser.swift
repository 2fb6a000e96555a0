import CLLHTTP

/// Reads the heads of an upstream's answers with llhttp, and holds them to what llhttp lets pass.
///
/// Refused, since two readers could take them for different things: both framings, two lengths (equal ones
/// too), other codings than chunked, either in HTTP/1.0 or before another protocol, other versions, an
/// upgrade that nobody asked for, folded lines, bare LF.
struct ResponseParser {
    struct Head {
        let status: Int
        let reason: [UInt8]
        let minorVersion: Int
        let fields: HTTPFields
        let framing: BodyDecoder.Framing
        /// `Content-Length`, also where no body follows (`HEAD`, 304).
        let announcedLength: Int?
        let keepsAlive: Bool
    }

    struct Malformed: Error { let reason: String }

    let heads: HeadParser
    let fieldLimit: Int

    /// Reads a whole head: what `HeadScanner` found.
    func readHead(
        _ bytes: UnsafeBufferPointer<UInt8>, isHead: Bool
    ) throws(Malformed) -> Head {
        let (minorVersion, status, reason) = try statusLine(bytes)
        let fields: HTTPFields
        do throws(HeadParser.Failure) {
            guard let read = try heads.fields(bytes, atMost: fieldLimit) else {
                throw HeadParser.Failure(code: HPE_USER, reason: "too many fields")
            }
            fields = read
        } catch {
            throw Malformed(reason: error.reason)
        }
        if HopByHop.isExcessive(fields) { throw Malformed(reason: "Connection lists too many names") }
        let (length, isChunked) = try lengths(fields, minorVersion)
        let framing: BodyDecoder.Framing
        if isHead || status < 200 || status == 204 || status == 304 {
            framing = .none
        } else if isChunked {
            framing = .chunked
        } else {
            framing = length.map { .counted($0) } ?? .untilClose
        }
        let says = { (word: String) in HopByHop.connection(of: fields, says: word) }
        let lives = minorVersion == 1 ? !says("close") : says("keep-alive") && !says("close")
        // A body that must not be there, but is announced, may come all the same: where the next answer belongs.
        let isDoubtful = isChunked && (status == 204 || status == 304) || status == 204 && length ?? 0 > 0
        return Head(
            status: status, reason: reason, minorVersion: minorVersion, fields: fields, framing: framing,
            announcedLength: isChunked ? nil : length,
            keepsAlive: lives && framing != .untilClose && !isDoubtful)
    }

    /// `HTTP/1.1 200 OK`; the space behind the number may be missing, as with some servers it is.
    private func statusLine(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(Malformed) -> (minorVersion: Int, status: Int, reason: [UInt8]) {
        let end = bytes.firstIndex(of: 13) ?? bytes.endIndex
        guard end >= 12, bytes.starts(with: "HTTP/1.".utf8), bytes[7] == 0x30 || bytes[7] == 0x31,
            bytes[8] == 32, bytes[9..<12].allSatisfy({ $0 &- 48 < 10 })
        else { throw Malformed(reason: "the status line is not 'HTTP/1.1 200 reason'") }
        let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 }
        guard 100...599 ~= status else { throw Malformed(reason: "\(status) is no status") }
        guard end == 12 || bytes[12] == 32 else { throw Malformed(reason: "a status of four digits") }
        let reason = end > 13 ? Array(bytes[13..<end]) : []
        guard reason.allSatisfy(isValueByte) else { throw Malformed(reason: "an invalid reason phrase") }
        return (Int(bytes[7]) - 0x30, status, reason)
    }

    private func lengths(
        _ fields: HTTPFields, _ minorVersion: Int
    ) throws(Malformed) -> (length: Int?, isChunked: Bool) {
        var length: Int?
        var isChunked = false
        for entry in fields.entries {
            switch entry.nameEnd - entry.nameStart {
            case 0: throw Malformed(reason: "a field without a name")
            case 14 where fields.matches(entry, "content-length"):
                guard length == nil else { throw Malformed(reason: "two Content-Length fields") }
                let digits = fields.bytes(entry)
                guard !digits.isEmpty, digits.allSatisfy({ $0 &- 48 < 10 }),
                    let number = Int(String(decoding: digits, as: UTF8.self))
                else { throw Malformed(reason: "Content-Length is no number") }
                length = number
            case 17 where fields.matches(entry, "transfer-encoding"):
                guard !isChunked, minorVersion == 1 else {
                    throw Malformed(reason: "Transfer-Encoding twice, or in HTTP/1.0")
                }
                guard equalIgnoringCase(fields.bytes(entry), "chunked") else {
                    throw Malformed(reason: "a transfer coding other than chunked")
                }
                isChunked = true
            default: break
            }
        }
        guard !isChunked || length == nil else {
            throw Malformed(reason: "Content-Length with Transfer-Encoding")
        }
        return (length, isChunked)
    }
}
