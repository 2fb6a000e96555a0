/// One thing that is wrong with a YAML text: where, what, and how to mend it.
public struct YAMLProblem: Error, Sendable, Hashable {
    public let mark: SourceMark
    /// What is wrong, without a full stop.
    public let message: String
    /// How to mend it, where that can be said.
    public let note: String?
    /// A second place that belongs to it, such as the first of two equal keys or the quote never closed.
    public let other: SourceMark?

    public init(mark: SourceMark, message: String, note: String? = nil, other: SourceMark? = nil) {
        self.mark = mark
        self.message = message
        self.note = note
        self.other = other
    }
}

extension YAMLProblem: CustomStringConvertible {
    public var description: String {
        let hint = note.map { " (\($0))" } ?? ""
        let place = other.map { ", see \($0.line):\($0.column)" } ?? ""
        return "\(mark.line):\(mark.column): \(message)\(place)\(hint)"
    }
}

/// How much a YAML text may ask of the reader before it is refused.
public struct YAMLLimits: Sendable, Hashable {
    /// Sequences and mappings within one another; 64 by default.
    public let depth: Int
    /// Bytes of the text; 4 MiB by default.
    public let bytes: Int
    /// Nodes with every alias written out; 100,000 by default. This bounds texts that alias aliases.
    public let nodes: Int

    public init(depth: Int = 64, bytes: Int = 4 << 20, nodes: Int = 100_000) {
        self.depth = min(max(depth, 1), 256)
        self.bytes = max(bytes, 0)
        self.nodes = max(nodes, 1)
    }

    public static let standard = YAMLLimits()
}

/// What the reader made of a YAML text: the tree as far as it could be read, and all that is wrong.
public struct YAMLDocument: Sendable {
    /// The tree; nil where the text is empty or broken from the start. With problems beside it, it may lack
    /// what they name, and what comes after a syntax error.
    public let root: YAMLNode?
    /// In the order of their places; empty for a sound text.
    public let problems: [YAMLProblem]
    /// Whether the text was read to its end: false after a syntax error or a limit, when the tree's last leaf may
    /// be a torn one.
    public let isWhole: Bool

    public init(root: YAMLNode?, problems: [YAMLProblem], isWhole: Bool = true) {
        self.root = root
        self.problems = problems
        self.isWhole = isWhole
    }
}
