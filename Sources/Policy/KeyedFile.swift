import Domain
import Notation

/// A file of keys that is no policy, held against its own table of keys with the policy's diagnostics.
///
/// Lives for one reading: `read` says what is wrong with the form, the caller reports what is wrong with the meaning,
/// and `diagnostics` has both in the order of their places.
public final class KeyedFile {
    /// The tree; nil where there is none to speak of, which a diagnostic says.
    public let root: YAMLNode?
    private let log: ProblemLog

    /// Reads YAML, of which JSON is a part.
    ///
    /// - Parameters:
    ///   - path: How messages call the file.
    ///   - what: How messages call what the file holds: `the plan`.
    ///   - start: How to begin where the file is empty: `plan: 1`.
    public init(_ bytes: [UInt8], path: String, what: String, start: String, keys: [KeyDefinition]) {
        let limits = YAMLLimits(depth: 32, bytes: 1 << 20, nodes: 50_000)
        let document = YAMLNode.read(bytes, limits: limits)
        let text = String(
            decoding: bytes.count > limits.bytes ? bytes.prefix(4096) : bytes[...], as: UTF8.self)
        log = ProblemLog(lines: SourceLines(path: path, text: text))
        for problem in document.problems {
            let span = ProblemLog.Span(problem.mark, width: log.lines.wordWidth(at: problem.mark))
            log.report(.syntax, Printable.text(problem.message), at: span, mend: problem.note)
        }
        guard document.isWhole, let tree = document.root, tree.members != nil else {
            root = nil
            if document.problems.isEmpty {
                let mark = document.root?.start ?? SourceMark(line: 1, column: 1)
                log.report(
                    .wrongType, "\(what) is a mapping of keys to values", at: .init(mark, width: 1),
                    mend: "begin with '\(start)'")
            }
            return
        }
        root = tree
        var checker = FormChecker(log: log)
        checker.whole = what
        checker.checkKeys(tree, keys, "")
    }

    /// Everything found so far, in the order of their places.
    public var diagnostics: [Diagnostic] { log.found.sortedByPlace() }
    public var hasErrors: Bool { log.found.haveErrors }

    /// Reports what is wrong with the meaning of a node.
    public func report(
        _ kind: Diagnostic.Kind, _ message: String, at node: YAMLNode,
        severity: Diagnostic.Severity = .error, mend: String? = nil
    ) {
        log.report(kind, message, at: .init(node), severity: severity, mend: mend)
    }

    /// The number that a measure of the form says, in its base unit; nil where the node is none.
    public static func measure(_ node: YAMLNode?, _ form: MeasureForm) -> Double? {
        node?.scalar.flatMap { form.value(of: $0) }
    }

    /// The texts of a list, or the one text that stands for a list.
    public static func texts(_ node: YAMLNode?) -> [YAMLNode] {
        guard let node else { return [] }
        return node.elements ?? [node]
    }

    /// User text in single quotes, with what is invisible in it written as escapes.
    public static func quoted(_ text: String) -> String { Printable.quoted(text) }
}
