import Domain

/// A metric's written name, taken apart: `recall@3`, `stage_latency[retrieval]`, `versions.embedding`.
public struct MetricName: Sendable, Hashable {
    /// The family's name: `recall`.
    public let family: String
    /// The `k` of `@k`.
    public let cutoff: Int?
    /// What stands in brackets, or behind the point for families of `keys`.
    public let member: String?

    /// Takes a name apart; whether the family exists is not its concern.
    public init(_ text: String) throws(MetricProblem) {
        var rest = Substring(text)
        var member: String?
        if let open = rest.firstIndex(of: "[") {
            guard rest.last == "]" else { throw MetricProblem("'\(text)' lacks the closing ']'") }
            let inner = rest[rest.index(after: open)..<rest.index(before: rest.endIndex)]
            guard !inner.isEmpty else { throw MetricProblem("'\(text)' names nothing between its brackets") }
            member = String(inner)
            rest = rest[..<open]
        } else if let point = rest.firstIndex(of: ".") {
            let key = rest[rest.index(after: point)...]
            if rest[..<point].contains("@"), key.utf8.allSatisfy({ (48...57).contains($0) }) {
                throw MetricProblem(
                    "'\(text)' needs a whole number from 1 behind '@'",
                    suggestion: rest[..<point].hasSuffix("@0") ? nil : String(rest[..<point]))
            }
            guard !key.isEmpty else { throw MetricProblem("'\(text)' names nothing behind its point") }
            member = String(key)
            rest = rest[..<point]
        }
        var cutoff: Int?
        if let at = rest.firstIndex(of: "@") {
            let digits = rest[rest.index(after: at)...]
            guard let k = Int(digits), k >= 1, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw MetricProblem("'\(text)' needs a whole number from 1 behind '@'")
            }
            cutoff = k
            rest = rest[..<at]
        }
        family = String(rest)
        self.cutoff = cutoff
        self.member = member
    }
}
