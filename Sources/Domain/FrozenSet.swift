/// A data set that a person gave a name to, so that nobody can mean another by it: a tag, and what it stands for.
public struct FrozenSet: Sendable, Hashable {
    /// What policies and command lines call it: see ``isTag(_:)``.
    public let tag: String
    /// Independent of row order and formatting; provenance is not in it.
    public let digest: String
    public let count: Int
    public let retired: Int
    /// The files it was read from, in their order.
    public let files: [String]
    public let version: String?
    public let who: String
    /// Why, in words; may be empty.
    public let why: String
    /// RFC 3339, UTC.
    public let frozenAt: String
    /// Examples by category, by name.
    public let categories: [Count]
    public let packed: Packed

    public struct Count: Sendable, Hashable {
        public let name: String
        public let count: Int

        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// The rows themselves, in a file beside.
    public struct Packed: Sendable, Hashable {
        public let file: String
        /// SHA-256 of the packed file.
        public let digest: String

        public init(file: String, digest: String) {
            self.file = file
            self.digest = digest
        }
    }

    public init(
        tag: String, digest: String, count: Int, retired: Int, files: [String], version: String?, who: String,
        why: String, frozenAt: String, categories: [Count], packed: Packed
    ) {
        self.tag = tag
        self.digest = digest
        self.count = count
        self.retired = retired
        self.files = files
        self.version = version
        self.who = who
        self.why = why
        self.frozenAt = frozenAt
        self.categories = categories
        self.packed = packed
    }

    /// Whether a text can be a tag: letters, digits, `-`, `_` and `.`, a letter or digit first.
    public static func isTag(_ text: String) -> Bool { Blessing.isName(text) }
}
