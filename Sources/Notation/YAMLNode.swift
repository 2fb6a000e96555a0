/// Where something stands in a text: line and column, both from 1; the column counts Unicode scalars.
public struct SourceMark: Sendable, Hashable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One node of a YAML document with its place, as the policy reader wants it.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        /// A scalar's text; `quoted` where it was in quotes or a block, so that `"1"` stays a text.
        case scalar(String, quoted: Bool)
        case sequence([YAMLNode])
        /// Members in the order they were written. A repeated key is an error of the reader, never kept.
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    public let content: Content
    public let start: SourceMark
    /// One past the node's last character.
    public let end: SourceMark

    public init(content: Content, start: SourceMark, end: SourceMark) {
        self.content = content
        self.start = start
        self.end = end
    }
}
