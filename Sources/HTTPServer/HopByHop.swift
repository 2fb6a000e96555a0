/// Which fields belong to one connection and are not passed on (RFC 9110, 7.6.1).
enum HopByHop {
    /// Whether a field ends here whatever `Connection` says: the connection's own, and the framing, which is
    /// made anew. `Trailer` is among them since trailers are dropped.
    static func ends(_ fields: HTTPFields, _ entry: HTTPFields.Field) -> Bool {
        switch entry.nameEnd - entry.nameStart {
        case 2: fields.matches(entry, "te")
        case 7: fields.matches(entry, "upgrade") || fields.matches(entry, "trailer")
        case 10: fields.matches(entry, "connection") || fields.matches(entry, "keep-alive")
        case 14: fields.matches(entry, "content-length")
        case 16: fields.matches(entry, "proxy-connection")
        case 17: fields.matches(entry, "transfer-encoding")
        default: false
        }
    }

    /// The names that `Connection` lists beyond `close`, `keep-alive` and `upgrade`. `Host` cannot be listed
    /// away.
    static func named(by fields: HTTPFields) -> [String] {
        var names: [String] = []
        each(in: fields, "connection") { token in
            for known in ["close", "keep-alive", "upgrade", "host"] where equalIgnoringCase(token, known) {
                return
            }
            names.append(String(decoding: token, as: UTF8.self))
        }
        return names
    }

    /// Whether `Connection` lists a token.
    static func connection(of fields: HTTPFields, says word: String) -> Bool {
        var found = false
        each(in: fields, "connection") { found = found || equalIgnoringCase($0, word) }
        return found
    }

    /// The one protocol that a message wants to go over to; nil where it names none, or several.
    static func upgrade(of fields: HTTPFields) -> String? {
        var names: [String] = []
        each(in: fields, "upgrade") { names.append(String(decoding: $0, as: UTF8.self)) }
        guard names.count == 1, connection(of: fields, says: "upgrade") else { return nil }
        return names[0]
    }

    private static func each(in fields: HTTPFields, _ name: String, _ body: (ArraySlice<UInt8>) -> Void) {
        for entry in fields.entries where fields.matches(entry, name) {
            for part in fields.bytes(entry).split(separator: UInt8(ascii: ",")) {
                var token = part.drop { $0 == 32 || $0 == 9 }
                while let last = token.last, last == 32 || last == 9 { token = token.dropLast() }
                if !token.isEmpty { body(token) }
            }
        }
    }
}
