/// A change as `git diff` writes it: which files, and how many lines each gained and lost.
public struct UnifiedDiff: Sendable, Hashable {
    public struct File: Sendable, Hashable {
        public let path: String
        public let added: Int
        public let removed: Int

        public init(path: String, added: Int, removed: Int) {
            self.path = path
            self.added = added
            self.removed = removed
        }

        /// `prompts/answer.md +4 −1 lines`.
        public var summary: String { "\(path) +\(added) \u{2212}\(removed) lines" }
    }

    /// In the order of the diff.
    public let files: [File]

    /// Reads the unified format of `git diff` and `diff -u`; anything else holds no file. Lines are counted only
    /// within the extent that their hunk's header gives, so that a removed `-- x` is no header. O(length).
    public init(_ text: String) {
        var files: [File] = []
        var path: String?
        var added = 0
        var removed = 0
        var oldLeft = 0
        var newLeft = 0
        func close() {
            if let path { files.append(File(path: path, added: added, removed: removed)) }
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if oldLeft > 0 || newLeft > 0 {
                switch line.utf8.first {
                case UInt8(ascii: "+"):
                    added += 1
                    newLeft -= 1
                case UInt8(ascii: "-"):
                    removed += 1
                    oldLeft -= 1
                case UInt8(ascii: "\\"): break
                default:
                    oldLeft -= 1
                    newLeft -= 1
                }
                continue
            }
            if line.hasPrefix("--- ") {
                close()
                path = UnifiedDiff.name(line.dropFirst(4))
                (added, removed) = (0, 0)
            } else if line.hasPrefix("+++ ") {
                // A new file has no old name, a removed one no new name.
                if let new = UnifiedDiff.name(line.dropFirst(4)) { path = new }
            } else if line.hasPrefix("@@ "), path != nil {
                let parts = line.split(separator: " ")
                guard parts.count >= 3 else { continue }
                oldLeft = UnifiedDiff.extent(parts[1])
                newLeft = UnifiedDiff.extent(parts[2])
            }
        }
        close()
        self.files = files
    }

    /// `a/prompts/x.md` → `prompts/x.md`; nil for `/dev/null`.
    private static func name(_ text: Substring) -> String? {
        let bare = text.prefix { $0 != "\t" && $0 != "\r" }
        if bare == "/dev/null" { return nil }
        if bare.hasPrefix("a/") || bare.hasPrefix("b/") { return String(bare.dropFirst(2)) }
        return String(bare)
    }

    /// `-3,7` → 7; `+3` → 1.
    private static func extent(_ text: Substring) -> Int {
        guard let comma = text.firstIndex(of: ",") else { return 1 }
        return min(Int(text[text.index(after: comma)...]) ?? 0, 1 << 24)
    }
}
