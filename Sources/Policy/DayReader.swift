import Domain
import Notation

/// Reads a date, `YYYY-MM-DD`.
enum DayReader {
    /// Nil where there is none, or none that can be read, which is reported.
    static func read(_ node: YAMLNode?, _ name: String, _ log: ProblemLog) -> Day? {
        guard let node, let text = node.text, !text.isEmpty else { return nil }
        if let day = Day(text), day.description == text { return day }
        log.report(
            .badValue, "'\(name)' takes a date, YYYY-MM-DD, not \(Printable.quoted(text))", at: .init(node),
            mend: Day(text).map { "did you mean '\($0)'?" })
        return nil
    }
}
