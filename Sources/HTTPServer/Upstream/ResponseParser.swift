import CLLHTTP

/// Reads the heads of an upstream's answers with llhttp, and holds them to what llhttp lets pass.
///
/// Refused, since two readers could take them for different things: both framings, two lengths (equal ones
/// too), other codings than chunked, either in HTTP/1.0 or before another protocol, other versions, an
/// upgrade that nobody asked for, folded lines, bare LF.
struct ResponseParser {
    struct Head {
        let status: Int
        /// Nil for the phrase that the standard has for the status.
        let reason: [UInt8]?
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
    ) throws(Malformed) -> (minorVersion: Int, status: Int, reason: [UInt8]?) {
        var end = 0
        while end < bytes.count, bytes[end] != 13 { end += 1 }
        guard end >= 12, isSame(UnsafeBufferPointer(rebasing: bytes[..<7]), "http/1."),
            bytes[0] == 0x48, bytes[1] == 0x54, bytes[2] == 0x54, bytes[3] == 0x50,
            bytes[7] == 0x30 || bytes[7] == 0x31, bytes[8] == 32,
            bytes[9] &- 48 < 10, bytes[10] &- 48 < 10, bytes[11] &- 48 < 10
        else { throw Malformed(reason: "the status line is not 'HTTP/1.1 200 reason'") }
        let status = Int(bytes[9] - 48) * 100 + Int(bytes[10] - 48) * 10 + Int(bytes[11] - 48)
        guard 100...599 ~= status else { throw Malformed(reason: "\(status) is no status") }
        guard end == 12 || bytes[12] == 32 else { throw Malformed(reason: "a status of four digits") }
        let phrase = UnsafeBufferPointer(rebasing: bytes[min(13, end)..<end])
        for byte in phrase where !isValueByte(byte) { throw Malformed(reason: "an invalid reason phrase") }
        let usual = ResponseEncoder.reason(status)
        let isUsual = phrase.elementsEqual(
            UnsafeBufferPointer(start: usual.utf8Start, count: usual.utf8CodeUnitCount))
        return (Int(bytes[7]) - 0x30, status, isUsual ? nil : [UInt8](phrase))
    }

    private func lengths(
        _ fields: HTTPFields, _ minorVersion: Int
    ) throws(Malformed) -> (length: Int?, isChunked: Bool) {
        var length: Int?
        var isChunked = false
        for entry in fields.entries {
            if entry.nameEnd == entry.nameStart { throw Malformed(reason: "a field without a name") }
            switch entry.kind {
            case .contentLength:
                guard length == nil else { throw Malformed(reason: "two Content-Length fields") }
                let digits = fields.bytes(entry)
                guard !digits.isEmpty, digits.allSatisfy({ $0 &- 48 < 10 }),
                    let number = Int(String(decoding: digits, as: UTF8.self))
                else { throw Malformed(reason: "Content-Length is no number") }
                length = number
            case .transferEncoding:
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
