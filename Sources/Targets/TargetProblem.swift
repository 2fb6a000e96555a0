/// What keeps a target from being made: all of it at once, with the policy's key, the cause and how to mend
/// it.
public struct TargetProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Item: Sendable, Hashable {
        /// The key below the target: `url`, `request/query`, `observe.text`, `headers.Authorization` …
        public let key: String
        public let cause: String
        public let mend: String

        public init(key: String, cause: String, mend: String) {
            self.key = key
            self.cause = cause
            self.mend = mend
        }
    }

    public let items: [Item]

    public init(items: [Item]) { self.items = items }

    public init(key: String, cause: String, mend: String) {
        items = [Item(key: key, cause: cause, mend: mend)]
    }

    /// One line an item: `key: cause; mend`.
    public var description: String {
        items.map { "\($0.key): \($0.cause); \($0.mend)" }.joined(separator: "\n")
    }
}
