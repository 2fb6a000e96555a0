import CLLHTTP
import Glibc

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

    fileprivate struct Span {
        var name: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
    }

    private let parser: UnsafeMutablePointer<llhttp_t>
    fileprivate var spans: [Span] = []

    init(_ kind: llhttp_type_t) {
        parser = .allocate(capacity: 1)
        llhttp_init(parser, kind, callbacks)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { parser.deallocate() }

    /// The fields of a head that ends with its empty line.
    func fields(_ bytes: UnsafeBufferPointer<UInt8>, atMost limit: Int) throws(Failure) -> HTTPFields? {
        llhttp_reset(parser)
        spans.removeAll(keepingCapacity: true)
        let result = bytes.withMemoryRebound(to: CChar.self) {
            llhttp_execute(parser, $0.baseAddress, $0.count)
        }
        guard result == HPE_OK || result == HPE_PAUSED || result == HPE_PAUSED_UPGRADE else {
            let reason = llhttp_get_error_reason(parser).map { String(cString: $0) }
            throw Failure(code: result, reason: reason ?? "malformed")
        }
        guard spans.count <= limit else { return nil }
        return fields(bytes)
    }

    /// Whether the message just read lets its connection live on.
    var keepsAlive: Bool { llhttp_should_keep_alive(parser) == 1 }

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
}

private func owner(_ parser: UnsafeMutablePointer<llhttp_t>?) -> HeadParser {
    Unmanaged<HeadParser>.fromOpaque(parser!.pointee.data).takeUnretainedValue()
}

/// Made once and never written again; llhttp keeps the pointer.
private nonisolated(unsafe) let callbacks: UnsafePointer<llhttp_settings_t> = {
    let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
    llhttp_settings_init(settings)
    settings.pointee.on_header_field = { parser, start, count in
        // The head is fed whole, so that no name or value comes in two parts.
        owner(parser).spans.append(
            .init(name: .init(start: start, count: count), value: .init(start: nil, count: 0)))
        return 0
    }
    settings.pointee.on_header_value = { parser, start, count in
        let reader = owner(parser)
        if !reader.spans.isEmpty {
            reader.spans[reader.spans.count - 1].value = .init(start: start, count: count)
        }
        return 0
    }
    settings.pointee.on_headers_complete = { parser in
        // What an upgrade leads to is no matter of the parser (RFC 9110, 7.8).
        parser!.pointee.upgrade = 0
        return 0
    }
    settings.pointee.on_message_complete = { _ in Int32(HPE_PAUSED.rawValue) }
    return UnsafePointer(settings)
}()
