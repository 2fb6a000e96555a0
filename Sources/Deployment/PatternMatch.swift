import Text

/// Patterns of a policy on texts of an answer.
enum PatternMatch {
    /// The first match; nil where there is none, or where the search gave up.
    static func first(_ pattern: String, in text: String) -> String? {
        guard let compiled = try? Pattern(pattern), let range = try? compiled.firstMatch(in: text) else {
            return nil
        }
        return String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    /// Whether it matches somewhere; nil where the search gave up.
    static func matches(_ pattern: String, _ text: String) -> Bool? {
        guard let compiled = try? Pattern(pattern) else { return nil }
        return try? compiled.matches(text)
    }
}
