import Digest

/// Addresses of models' endpoints, as they may be shown and kept: they may hold keys.
public enum ShownAddress {
    /// Without user, password, query and fragment.
    public static func plain(_ address: String) -> String {
        let text = address.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = text.firstRange(of: "://") else { return String(text) }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let sign = authority.lastIndex(of: "@") else { return String(text) }
        return String(text[..<scheme.upperBound]) + rest[rest.index(after: sign)...]
    }

    /// The same with a mark for what the query says, so that two deployments that only their queries tell apart are two.
    ///
    /// The mark is of a digest: no value of a query is shown, since a key may have any name. Values whose names speak of
    /// keys are no part of it, so that a new key makes no new model.
    public static func identity(_ address: String) -> String {
        let plain = plain(address)
        guard let mark = address.firstIndex(of: "?") else { return plain }
        let query = address[address.index(after: mark)...].prefix { $0 != "#" }
        let parts = query.split(separator: "&").filter { part in
            let name = part.prefix { $0 != "=" }.lowercased()
            return !secretive.contains { name.contains($0) }
        }
        if parts.isEmpty { return plain }
        let digest = ContentDigest(of: Array(parts.sorted().joined(separator: "&").utf8)).hex
        return plain + "?" + digest.prefix(8)
    }

    private static let secretive = [
        "key", "token", "secret", "password", "passwd", "auth", "sig", "credential",
    ]
}
