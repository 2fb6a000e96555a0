/// A text that may name secrets: kept with its `${env:NAME}` unresolved; whoever sends it resolves it.
///
/// `template` is safe to store and print only through `description`, which shows no resolved value ever, because
/// none is held here.
public struct Secretive: Sendable, Hashable, CustomStringConvertible {
    public let template: String

    public init(_ template: String) { self.template = template }

    /// Names of the environment variables it needs, in the order they occur.
    public var variables: [String] {
        var names: [String] = []
        var rest = Substring(template)
        while let open = rest.firstRange(of: "${env:") {
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: "}") else { break }
            names.append(String(rest[..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    /// The text with every secret shown as `<redacted>`.
    public var description: String { filled { _ in "<redacted>" } ?? template }

    /// The text with every variable replaced, or nil where one is missing.
    public func filled(_ value: (String) -> String?) -> String? {
        var out = ""
        var rest = Substring(template)
        while let open = rest.firstRange(of: "${env:") {
            out += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: "}") else { return out + "${env:" + rest }
            guard let text = value(String(rest[..<close])) else { return nil }
            out += text
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }
}
