import Text

/// What is wrong with the regular expressions of a data set, each compiled once.
struct PatternBook: Sendable {
    /// Whether nothing is compiled: the rows were checked before.
    var isOff = false
    private var known: [String: String?] = [:]

    /// Why a regular expression does not compile, in PCRE2's words and with the place; nil where it does.
    mutating func problem(of source: String) -> String? {
        if isOff { return nil }
        if let known = known[source] { return known }
        var problem: String?
        do throws(PatternProblem) { try Pattern.check(source) } catch { problem = error.description }
        // A hostile file may have another one in every row.
        if known.count < 4096 { known[source] = .some(problem) }
        return problem
    }
}
