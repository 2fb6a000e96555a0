/// A request as an upstream is to get it.
public struct UpstreamRequest: Sendable {
    public var method: String
    /// In origin form: `/path?query`, or `*`.
    public var target: String
    /// Fields as a client sent them: those of its connection, what `Connection` names, the framing and `Expect`
    /// are left out.
    public var fields: HTTPFields
    /// Names of further fields to leave out.
    public var removed: [String]
    /// Fields that are added, each in place of those of the same name.
    public var added: HTTPFields
    /// What stands in `Host`; nil for what `fields` has there, or else the origin's own.
    public var host: String?
    /// What the upstream is told of the client; nil for what came alone.
    public var forwarding: Forwarding?
    /// The client's address, for that.
    public var client = ""
    /// The protocol to go over to (``HTTPRequestHead/upgrade``); nil for a plain request. HTTP/2 is never gone
    /// over to: `h2c` is refused.
    public var upgrade: String?

    public init(
        method: String, target: String, fields: HTTPFields = [:], removed: [String] = [],
        added: HTTPFields = [:], host: String? = nil, upgrade: String? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.removed = removed
        self.added = added
        self.host = host
        self.upgrade = upgrade
    }

    /// The request of a client, to be passed on as a plain one.
    public init(_ head: HTTPRequestHead, removed: [String] = [], added: HTTPFields = [:]) {
        self.init(
            method: head.method, target: head.target, fields: head.headers, removed: removed, added: added)
    }

    /// Whether it may be sent twice (RFC 9110, 9.2.2).
    var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE": true
        default: false
        }
    }

    /// What keeps it from being written down; nil where nothing does.
    var problem: String? {
        var (method, target) = (method, target)
        let isMethod = method.withUTF8 { bytes in
            for byte in bytes where !isTokenByte(byte) { return false }
            return !bytes.isEmpty && !isConnect(bytes)
        }
        guard isMethod else { return "the method" }
        let isTarget = target.withUTF8 { bytes in
            for byte in bytes where byte <= 0x20 || byte == 0x7F { return false }
            return bytes.first == UInt8(ascii: "/") || bytes.count == 1 && bytes[0] == UInt8(ascii: "*")
        }
        guard isTarget else { return "the target" }
        if let host, host.isEmpty || !host.utf8.allSatisfy(isAuthorityByte) { return "the host" }
        if let refused = added.refusal ?? fields.refused { return "\(refused)" }
        if added.present.contains(.host) { return "Host among the added fields" }
        if let upgrade {
            if upgrade.isEmpty || !upgrade.utf8.allSatisfy({ isTokenByte($0) || $0 == UInt8(ascii: "/") }) {
                return "the upgrade"
            }
            if equalIgnoringCase(upgrade.utf8, "h2c") { return "HTTP/2 is not spoken here" }
        }
        return nil
    }

    private func isConnect(_ method: UnsafeBufferPointer<UInt8>) -> Bool {
        method.count == 7 && method.elementsEqual("CONNECT".utf8)
    }

    func encode(to origin: UpstreamOrigin, _ body: UpstreamBody, into out: inout [UInt8]) {
        ResponseEncoder.append(method, to: &out)
        out.append(32)
        ResponseEncoder.append(target, to: &out)
        ResponseEncoder.append(" HTTP/1.1\r\n", to: &out)
        let hasHost = host == nil && fields.present.contains(.host)
        if !hasHost {
            ResponseEncoder.append("Host: ", to: &out)
            out.append(contentsOf: (host ?? origin.authority).utf8)
            ResponseEncoder.append("\r\n", to: &out)
        }
        fields.forward(
            as: .request(keepsHost: hasHost, client: forwarding?.client), removing: removed, adding: added,
            into: &out)
        forwarding?.append(client, fields, to: &out)
        switch body.length {
        case .none where method == "POST" || method == "PUT" || method == "PATCH":
            ResponseEncoder.append("Content-Length: 0\r\n", to: &out)
        case .none: break
        case .chunked: ResponseEncoder.append("Transfer-Encoding: chunked\r\n", to: &out)
        case .known(let count): ResponseEncoder.field("Content-Length: ", count, into: &out)
        }
        if let upgrade {
            ResponseEncoder.append("Connection: Upgrade\r\nUpgrade: ", to: &out)
            out.append(contentsOf: upgrade.utf8)
            ResponseEncoder.append("\r\n", to: &out)
        }
        ResponseEncoder.append("\r\n", to: &out)
    }
}
