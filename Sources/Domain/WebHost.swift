/// Who an address leads to: its host and port, read so strictly that no reader can take it for another.
///
/// What browsers, libraries and people read differently is refused, not interpreted: a user name before `@`, a
/// backslash, blanks, percent signs and letters beyond ASCII in the host, IP addresses in any spelling but four
/// plain decimals.
public struct WebHost: Sendable, Hashable, CustomStringConvertible {
    /// In small letters, without a full stop at its end; an IPv6 address in its brackets.
    public let name: String
    public let port: Int

    public struct Problem: Error, Sendable, Hashable {
        /// A sentence without a full stop.
        public let cause: String
        public let mend: String
    }

    /// - Parameter url: An absolute `http:` or `https:` address. Placeholders may stand behind the host, never in it.
    public init(url: String) throws(Problem) {
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else {
            throw Problem(cause: "it is no http or https address", mend: "write it as https://host/path")
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        try self.init(authority: String(authority), usualPort: scheme == "https://" ? 443 : 80)
    }

    init(authority: String, usualPort: Int) throws(Problem) {
        if let at = authority.lastIndex(of: "@") {
            let host = authority[authority.index(after: at)...]
            throw Problem(
                cause:
                    "what stands before '@' is a user name, not the host: the host is '\(Self.shown(host))'",
                mend: "write the address without user name and password; send secrets as headers")
        }
        if authority.contains("${") {
            throw Problem(
                cause:
                    "a placeholder stands where the host is, so that the data set would choose whom to ask",
                mend: "write the host out; placeholders may stand in the path and behind '?'")
        }
        for scalar in authority.unicodeScalars {
            guard scalar.value > 0x20, scalar.value < 0x7F, scalar != "\\", scalar != "%" else {
                throw Problem(
                    cause: "the host '\(Self.shown(authority[...]))' holds what readers take differently",
                    mend: "write it in letters, digits, '-' and '.'; other alphabets as xn--…")
            }
        }
        let (host, port) = try Self.split(authority, usualPort)
        try self.init(host: host, port: port)
    }

    /// - Parameter port: 0 where any is meant.
    init(host: String, port: Int) throws(Problem) {
        var host = host.lowercased()
        if host.hasSuffix("."), host.count > 1 { host.removeLast() }
        if host.hasPrefix("[") {
            let inner = host.dropFirst().dropLast()
            let isPlain = inner.utf8.allSatisfy { byte in
                byte == 0x3A || byte == 0x2E || (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }
            guard isPlain, inner.contains(":") else {
                throw Problem(
                    cause: "'\(Self.shown(host[...]))' is no IPv6 address", mend: "write it as [2001:db8::1]")
            }
        } else {
            try Self.check(name: host)
        }
        name = host
        self.port = port
    }

    private static func split(
        _ authority: String, _ usualPort: Int
    ) throws(Problem) -> (host: String, port: Int) {
        var host = authority[...]
        var digits = Substring()
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else {
                throw Problem(
                    cause: "the bracket of the IPv6 address is never closed", mend: "end it with ']'")
            }
            host = authority[...close]
            let rest = authority[authority.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw Problem(
                    cause: "'\(shown(rest))' stands behind the host", mend: "write [address]:port")
            }
            digits = rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            digits = authority[authority.index(after: colon)...]
        }
        if digits.isEmpty { return (String(host), usualPort) }
        let isNumber = digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let port = Int(digits), (1...65_535).contains(port) else {
            throw Problem(cause: "'\(shown(digits))' is no port", mend: "write a number from 1 to 65535")
        }
        return (String(host), port)
    }

    private static func check(name: String) throws(Problem) {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if name.isEmpty {
            throw Problem(cause: "the address names no host", mend: "write it as https://host/path")
        }
        let isName = labels.allSatisfy { label in
            !label.isEmpty
                && label.utf8.allSatisfy { byte in
                    byte == 0x2D || byte == 0x5F || (0x30...0x39).contains(byte)
                        || (0x61...0x7A).contains(byte)
                }
        }
        guard isName else {
            throw Problem(
                cause: "'\(shown(name[...]))' is no host's name",
                mend: "write it in letters, digits, '-' and '.'")
        }
        // A last part that is a number makes readers take the whole for an IP address, each in its own way.
        guard let last = labels.last, isNumeric(last) else { return }
        let isQuad =
            labels.count == 4
            && labels.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && (part.count == 1 || part.first != "0") && (Int(part).map { $0 < 256 } ?? false)
            }
        guard isQuad else {
            throw Problem(
                cause: "'\(shown(name[...]))' is an odd spelling of an IP address",
                mend: "write it as four decimal numbers, such as 127.0.0.1")
        }
    }

    private static func isNumeric(_ label: Substring) -> Bool {
        if label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        guard label.hasPrefix("0x") else { return false }
        return label.dropFirst(2).utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
    }

    /// A piece of an address for a message: short, and nothing in it that a terminal obeys.
    private static func shown(_ text: Substring) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(80) {
            out += scalar.value > 0x20 && scalar.value < 0x7F ? String(scalar) : "?"
        }
        return text.unicodeScalars.count > 80 ? out + "…" : out
    }

    public var description: String { "\(name):\(port)" }
}

/// A host that may be called: `api.example.com`, `127.0.0.1:8080`, `[::1]:8080`, `*.preview.example.com`.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// In small letters; without `*.`.
    let name: String
    /// Nil: any.
    let port: Int?
    /// Whether names under it are meant, and not it itself.
    let isSuffix: Bool
    public let description: String

    public init(_ text: String) throws(WebHost.Problem) {
        var rest = text
        isSuffix = text.hasPrefix("*.")
        if isSuffix { rest.removeFirst(2) }
        guard !rest.contains("/"), !rest.contains("*") else {
            throw WebHost.Problem(
                cause: "a host is a name or an address, with or without a port",
                mend: "write 'api.example.com', '127.0.0.1:8080' or '*.preview.example.com'")
        }
        let host = try WebHost(authority: rest, usualPort: 0)
        // Under an IP address or a whole top level nobody in particular is trusted.
        if isSuffix,
            !host.name.contains(".") || host.name.hasPrefix("[")
                || host.name.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        {
            throw WebHost.Problem(
                cause: "'*.' stands before a name of at least two parts",
                mend: "write '*.preview.example.com'")
        }
        name = host.name
        port = host.port == 0 ? nil : host.port
        description = text
    }

    public func matches(_ host: WebHost) -> Bool {
        if let port, port != host.port { return false }
        return isSuffix ? host.name.hasSuffix("." + name) : host.name == name
    }
}
