import Domain
import Notation

/// Collects what a reader finds wrong, with places turned into excerpts. Lives for one reading.
final class ProblemLog {
    let lines: SourceLines
    private(set) var found: [Diagnostic] = []

    init(lines: SourceLines) { self.lines = lines }

    /// A stretch of the file.
    struct Span {
        let start: SourceMark
        let width: Int

        init(_ start: SourceMark, width: Int) {
            self.start = start
            self.width = width
        }

        /// A node's first line.
        init(_ node: YAMLNode) {
            self.init(node.start, until: node.end)
        }

        init(_ start: SourceMark, until end: SourceMark) {
            self.start = start
            width = end.line == start.line ? max(1, end.column - start.column) : Int(UInt16.max)
        }
    }

    func report(
        _ kind: Diagnostic.Kind, _ message: String, at span: Span, severity: Diagnostic.Severity = .error,
        mend: String? = nil, related: (message: String, span: Span)? = nil
    ) {
        found.append(
            Diagnostic(
                kind, message, severity: severity, place: lines.place(span.start), suggestion: mend,
                excerpt: lines.excerpt(span.start, width: span.width),
                related: related.map { note in
                    Diagnostic.Related(
                        message: note.message, place: lines.place(note.span.start),
                        excerpt: lines.excerpt(note.span.start, width: note.span.width))
                }))
    }
}
