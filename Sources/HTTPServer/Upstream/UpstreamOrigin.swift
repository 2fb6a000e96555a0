/// Where an upstream listens.
public struct UpstreamOrigin: Sendable, Hashable, CustomStringConvertible {
    /// How its certificate is held to account.
    public struct Security: Sendable, Hashable {
        /// A PEM file with the authorities that are believed; nil for the system's.
        public var authorities: String?
        /// The name that is asked for and that the certificate must carry; nil for the origin's host.
        public var serverName: String?

        public init(authorities: String? = nil, serverName: String? = nil) {
            self.authorities = authorities
            self.serverName = serverName
        }
    }

    /// A name, or a numeric address (IPv6 without brackets).
    public let host: String
    public let port: Int
    /// nil for plain HTTP.
    public let security: Security?

    public init(host: String, port: Int, security: Security? = nil) {
        self.host = host
        self.port = port
        self.security = security
    }

    /// Reads `http://host[:port]` or `https://host[:port]`, with one slash behind at most; nil for what is none.
    public init?(_ url: String, security: Security = Security()) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        var rest = url.utf8.dropFirst(isSecure ? 8 : 7)
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        guard !rest.isEmpty, rest.allSatisfy(isAuthorityByte) else { return nil }
        var port = isSecure ? 443 : 80
        var host = rest
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].contains(UInt8(ascii: "]")) {
            guard let number = Int(String(Substring(rest[rest.index(after: colon)...]))), 1...65535 ~= number
            else { return nil }
            port = number
            host = rest[..<colon]
        }
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
            host = host.dropFirst().dropLast()
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(Substring(host)), port: port, security: isSecure ? security : nil)
    }

    /// What stands in `Host`: the port is left out where it is the scheme's own.
    var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (security == nil ? 80 : 443) ? name : "\(name):\(port)"
    }

    public var description: String { (security == nil ? "http://" : "https://") + authority }
}
