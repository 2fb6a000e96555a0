import CLLHTTP

/// Runs llhttp over one whole head, which `HeadScanner` found, and notes where its fields lie.
///
/// llhttp 8.1 in strict mode refuses bare LF in field lines, white space before a colon, both framings at
/// once, two lengths, and control characters; what it lets pass is held up by `RequestParser` and
/// `ResponseParser`. Bodies are `BodyDecoder`'s. One parser of a kind serves a whole loop, since a head is
/// read in one go; it belongs to the loop's thread.
final class HeadParser {
    struct Failure: Error {
        let code: llhttp_errno_t
        let reason: String
    }

    private let parser: UnsafeMutablePointer<llhttp_t>
    private let spans: UnsafeMutableBufferPointer<cllhttp_field>

    /// Fields beyond these are counted, and refused.
    static let mostFields = 1024

    init(_ kind: llhttp_type_t) {
        parser = .allocate(capacity: 1)
        spans = .allocate(capacity: Self.mostFields)
        cllhttp_init(parser, kind)
    }

    deinit {
        parser.deallocate()
        spans.deallocate()
    }

    /// The fields of a head that ends with its empty line.
    func fields(_ bytes: UnsafeBufferPointer<UInt8>, atMost limit: Int) throws(Failure) -> HTTPFields? {
        var count: Int32 = 0
        let result = UnsafeRawPointer(bytes.baseAddress).map {
            cllhttp_head(
                parser, $0.assumingMemoryBound(to: CChar.self), bytes.count, spans.baseAddress,
                Int32(spans.count), &count)
        }
        guard result == HPE_OK || result == HPE_PAUSED || result == HPE_PAUSED_UPGRADE else {
            let reason = llhttp_get_error_reason(parser).map { String(cString: $0) }
            throw Failure(code: result ?? HPE_USER, reason: reason ?? "malformed")
        }
        guard count <= min(limit, spans.count) else { return nil }
        return fields(bytes, Int(count))
    }

    /// Whether the message just read lets its connection live on.
    var keepsAlive: Bool { llhttp_should_keep_alive(parser) == 1 }

    private func fields(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) -> HTTPFields {
        guard count > 0 else { return HTTPFields() }
        let start = spans[0].name_start
        let wire = [UInt8](UnsafeBufferPointer(rebasing: bytes[Int(start)..<(bytes.count - 2)]))
        var present = HTTPFields.Kinds()
        let entries = [HTTPFields.Field](unsafeUninitializedCapacity: count) { all, initialized in
            for index in 0..<count {  // as many as there is room for
                let span = spans[index]
                let name = bytes[Int(span.name_start)..<Int(span.name_end)]
                let kind = HTTPFields.Kind(UnsafeBufferPointer(rebasing: name))
                present.insert(kind)
                all.initializeElement(
                    at: index,
                    to: HTTPFields.Field(
                        nameStart: span.name_start - start, nameEnd: span.name_end - start,
                        valueStart: span.value_start - start, valueEnd: span.value_end - start, kind: kind))
            }
            initialized = count
        }
        return HTTPFields(wire: wire, entries: entries, present: present)
    }
}
