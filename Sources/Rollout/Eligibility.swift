/// Which requests a candidate may see; each rule that is given must hold.
public struct Eligibility: Sendable, Hashable {
    /// Any of them; empty for every path.
    public var paths: [PathPattern] = []
    /// Any of them, in capitals; empty for every method.
    public var methods: [String] = []
    /// Each field must have this value, or any where it is `*`; by name, in the order of their names.
    public var headers: [Header] = []
    /// Language tags of which `Accept-Language` must prefer one: `de` takes `de` and `de-AT`.
    public var locales: [String] = []

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init() {}

    public var isEmpty: Bool { paths.isEmpty && methods.isEmpty && headers.isEmpty && locales.isEmpty }

    /// - Parameter field: The value of a header field of the request; nil where it has none.
    public func allows(method: String, path: Substring, field: (String) -> String?) -> Bool {
        if !methods.isEmpty, !methods.contains(method) { return false }
        if !paths.isEmpty, !paths.contains(where: { $0.matches(path) }) { return false }
        for header in headers {
            guard let value = field(header.name), header.value == "*" || value == header.value else {
                return false
            }
        }
        if locales.isEmpty { return true }
        guard let preferred = field("accept-language").flatMap(Self.preferred) else { return false }
        return locales.contains { Self.covers($0, preferred) }
    }

    /// The tag of the greatest weight in `Accept-Language` (RFC 9110, 12.5.4), the first among equals, in lower case;
    /// nil where nothing is accepted.
    public static func preferred(_ field: String) -> String? {
        var best: (tag: String, weight: Double)?
        for part in field.split(separator: ",") {
            let pieces = part.split(separator: ";").map(\.trimmed)
            guard let tag = pieces.first, !tag.isEmpty else { continue }
            var weight = 1.0
            for piece in pieces.dropFirst() where piece.hasPrefix("q=") {
                weight = Double(piece.dropFirst(2)) ?? 0
            }
            if weight > best?.weight ?? 0 { best = (tag.lowercased(), weight) }
        }
        return best?.tag
    }

    private static func covers(_ range: String, _ tag: String) -> Bool {
        let range = range.lowercased()
        return tag == range || tag.hasPrefix(range + "-")
    }
}
