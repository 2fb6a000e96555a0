/// Parts of sentences that every message needs.
public enum Prose {
    /// `1 example`, `1,200 examples`; `many` where it is more than an s away.
    public static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        Numbers.grouped(count) + " " + (count == 1 ? one : many ?? one + "s")
    }

    /// `a`, `a and b`, `a, b and c`.
    public static func listed(_ parts: [String]) -> String {
        guard let last = parts.last else { return "" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
