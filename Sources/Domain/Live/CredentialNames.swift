/// Names of headers and parameters whose values let their bearer in: what is sent a second time goes without them.
public enum CredentialNames {
    private static let whole: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "key", "sig", "signature", "auth",
        "code",
    ]
    private static let parts = [
        "api-key", "api_key", "apikey", "token", "secret", "password", "passwd", "credential", "session-key",
    ].map { Array($0.utf8) }

    /// Whether a header or parameter of that name holds a secret, in whatever case.
    public static func isCredential(_ name: String) -> Bool {
        let plain = name.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
        if plain.count <= 19, whole.contains(String(decoding: plain, as: UTF8.self)) { return true }
        return parts.contains { part in
            guard plain.count >= part.count else { return false }
            return (0...(plain.count - part.count)).contains { plain[$0...].starts(with: part) }
        }
    }

    /// The query without parameters that hold a secret, whose names may be percent-encoded; nil where nothing is left.
    public static func query(_ query: String?) -> String? {
        guard let query else { return nil }
        let kept = query.split(separator: "&").filter { part in
            !isCredential(decoded(part.utf8.prefix { $0 != UInt8(ascii: "=") }))
        }
        return kept.isEmpty ? nil : kept.joined(separator: "&")
    }

    private static func decoded(_ name: some Collection<UInt8>) -> String {
        let bytes = Array(name)
        var plain: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
                let value = UInt8(
                    String(decoding: bytes[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
            {
                plain.append(value)
                place += 3
            } else {
                plain.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
