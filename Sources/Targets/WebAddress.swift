/// An address as reports may show it: without user, password, fragment and the values of parameters that look
/// like keys.
enum WebAddress {
    /// Why a text is no `http:` or `https:` address: a sentence without a full stop; nil where it is one.
    static func problem(_ text: String) -> String? {
        guard let rest = afterScheme(text) else {
            return "'\(Excerpt().of(text))' is no http or https address"
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if host.isEmpty || host.hasPrefix(":") { return "the address names no host" }
        if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "the address has spaces or control characters"
        }
        return nil
    }

    static func shown(_ text: String) -> String {
        guard let rest = afterScheme(text) else { return Excerpt().of(text) }
        let scheme = text[..<rest.startIndex]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let path = rest[authority.endIndex...].prefix { $0 != "#" }
        guard let mark = path.firstIndex(of: "?") else { return String(scheme + host + path) }
        var parameters: [String] = []
        for parameter in path[path.index(after: mark)...].split(separator: "&") {
            let name = parameter.prefix { $0 != "=" }
            parameters.append(isSecret(name.lowercased()) ? name + "=<redacted>" : String(parameter))
        }
        return String(scheme + host + path[..<mark]) + "?" + parameters.joined(separator: "&")
    }

    private static func afterScheme(_ text: String) -> Substring? {
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            return text.dropFirst(scheme.count)
        }
        return nil
    }

    private static func isSecret(_ name: String) -> Bool {
        ["key", "token", "secret", "sig", "password", "passwd", "auth", "credential"].contains {
            name.contains($0)
        }
    }
}
