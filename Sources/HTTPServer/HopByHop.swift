/// Which fields belong to one connection and are not passed on (RFC 9110, 7.6.1).
enum HopByHop {
    enum Kind { case request(keepsHost: Bool, client: Forwarding.Client?), response }

    /// Whether a field ends here whatever `Connection` says: the connection's own, and the framing, which is
    /// made anew. `Trailer` is among them since trailers are dropped.
    static func ends(_ field: HTTPFields.Kind, _ kind: Kind) -> Bool {
        switch field {
        case .host: if case .request(keepsHost: false, _) = kind { true } else { false }
        // Both are written anew, behind the rest.
        case .forwardedFor:
            if case .request(_, let client?) = kind { client != .keep } else { false }
        case .forwardedProto:
            if case .request(_, let client?) = kind { client == .replace } else { false }
        // What is expected of this server was fulfilled by it.
        case .expect: if case .request = kind { true } else { false }
        case .te, .upgrade, .trailer, .connection, .keepAlive, .contentLength, .proxyConnection,
            .transferEncoding:
            true
        case .other, .date: false
        }
    }

    /// The names that `Connection` lists beyond `close`, `keep-alive` and `upgrade`. `Host` cannot be listed
    /// away.
    static func named(by fields: HTTPFields) -> [String] {
        var names: [String] = []
        each(in: fields, .connection) { token in
            for known in ["close", "keep-alive", "upgrade", "host"] where equalIgnoringCase(token, known) {
                return
            }
            names.append(String(decoding: token, as: UTF8.self))
        }
        return names
    }

    /// Whether `Connection` lists so many names that comparing them with the fields is work of its own.
    static func isExcessive(_ fields: HTTPFields) -> Bool {
        guard fields.present.contains(.connection) else { return false }
        var commas = 0
        for entry in fields.entries where entry.kind == .connection {
            commas += 1 + fields.bytes(entry).count { $0 == UInt8(ascii: ",") }
        }
        return commas > 32
    }

    /// How long the sender keeps an idle connection: `Keep-Alive: timeout=5`; nil where it does not say.
    static func idleSeconds(of fields: HTTPFields) -> Int? {
        var seconds: Int?
        each(in: fields, .keepAlive) { token in
            guard equalIgnoringCase(token.prefix(8), "timeout=") else { return }
            let digits = token.dropFirst(8)
            guard 1...6 ~= digits.count, digits.allSatisfy({ $0 &- 48 < 10 }) else { return }
            seconds = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        return seconds
    }

    /// Whether `Connection` lists a token.
    static func connection(of fields: HTTPFields, says word: String) -> Bool {
        var found = false
        each(in: fields, .connection) { found = found || equalIgnoringCase($0, word) }
        return found
    }

    /// The one protocol that a message wants to go over to; nil where it names none, several, or HTTP/2, which
    /// is not spoken here (RFC 9113, 3.1: such a request may be answered as it stands).
    static func upgrade(of fields: HTTPFields) -> String? {
        guard fields.present.contains(.upgrade) else { return nil }
        var names: [String] = []
        each(in: fields, .upgrade) { names.append(String(decoding: $0, as: UTF8.self)) }
        guard names.count == 1, connection(of: fields, says: "upgrade"),
            !equalIgnoringCase(names[0].utf8, "h2c")
        else { return nil }
        return names[0]
    }

    private static func each(
        in fields: HTTPFields, _ kind: HTTPFields.Kind, _ body: (ArraySlice<UInt8>) -> Void
    ) {
        guard fields.present.contains(kind) else { return }
        for entry in fields.entries where entry.kind == kind {
            for part in fields.bytes(entry).split(separator: UInt8(ascii: ",")) {
                var token = part.drop { $0 == 32 || $0 == 9 }
                while let last = token.last, last == 32 || last == 9 { token = token.dropLast() }
                if !token.isEmpty { body(token) }
            }
        }
    }
}
