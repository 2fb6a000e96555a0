extension HTTPFields {
    /// Names that mean something to the engine: found out once, when a field is read or added.
    enum Kind: UInt8 {
        case other
        case host, contentLength, transferEncoding, connection, keepAlive, upgrade, te, trailer, expect
        case proxyConnection, date
        case forwardedFor, forwardedProto

        init(_ name: UnsafeBufferPointer<UInt8>) {
            self =
                switch name.count {
                case 2: isSame(name, "te") ? .te : .other
                case 4: isSame(name, "host") ? .host : isSame(name, "date") ? .date : .other
                case 6: isSame(name, "expect") ? .expect : .other
                case 7: isSame(name, "upgrade") ? .upgrade : isSame(name, "trailer") ? .trailer : .other
                case 10:
                    isSame(name, "connection")
                        ? .connection : isSame(name, "keep-alive") ? .keepAlive : .other
                case 14: isSame(name, "content-length") ? .contentLength : .other
                case 15: isSame(name, "x-forwarded-for") ? .forwardedFor : .other
                case 16: isSame(name, "proxy-connection") ? .proxyConnection : .other
                case 17:
                    isSame(name, "transfer-encoding")
                        ? .transferEncoding : isSame(name, "x-forwarded-proto") ? .forwardedProto : .other
                default: .other
                }
        }
    }

    /// Which of them are there.
    struct Kinds {
        private var bits: UInt16 = 0
        mutating func insert(_ kind: Kind) { bits |= 1 << UInt16(kind.rawValue) }
        func contains(_ kind: Kind) -> Bool { bits & 1 << UInt16(kind.rawValue) != 0 }

        /// Whether one of those is there that no answer of ours may bear beside its own framing.
        var hasReserved: Bool {
            [.contentLength, .transferEncoding, .connection, .keepAlive, .upgrade, .trailer, .date]
                .contains { contains($0) }
        }
    }
}
