/// The parts of an http address that a survey needs.
struct WebPlace: Sendable, Hashable {
    /// `http://127.0.0.1:8101`.
    let origin: String
    /// `/v1/answer`; empty where there is none.
    let path: String
    /// Behind the question mark; nil where there is none.
    let query: String?

    /// Nil where the text is no http or https address with a host.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, !host.hasPrefix(":"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        origin = text.prefix(scheme.count).lowercased() + authority
        let behind = rest.dropFirst(authority.count)
        if let mark = behind.firstIndex(of: "?") {
            path = String(behind[..<mark])
            query = String(behind[behind.index(after: mark)...])
        } else {
            path = String(behind)
            query = nil
        }
    }

    private init(origin: String, path: String, query: String?) {
        self.origin = origin
        self.path = path
        self.query = query
    }

    var text: String { origin + path + (query.map { "?" + $0 } ?? "") }

    func with(path: String) -> WebPlace { WebPlace(origin: origin, path: path, query: nil) }

    /// Where a `Location` leads, seen from here; nil where that is nowhere.
    func resolving(_ location: String) -> WebPlace? {
        if let whole = WebPlace(location) { return whole }
        if location.hasPrefix("//") { return WebPlace(String(origin.prefix { $0 != "/" }) + location) }
        if location.hasPrefix("/") { return WebPlace(origin + location) }
        guard let slash = path.lastIndex(of: "/") else { return WebPlace(origin + "/" + location) }
        return WebPlace(origin + path[...slash] + location)
    }
}
