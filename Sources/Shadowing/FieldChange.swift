/// One way in which two JSON documents differ, at one place.
public struct FieldChange: Sendable, Hashable {
    /// What differs, in the order in which reports tell it: what breaks a reader first.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Another JSON type stands there; whole and broken numbers are one type.
        case type
        /// There in the first document, not in the second.
        case missing
        /// There in the second document, not in the first.
        case extra
        /// The same elements in another order.
        case order
        /// A list of another length.
        case length
        /// Another number, text or truth value.
        case value

        public static func < (first: Kind, second: Kind) -> Bool {
            guard let one = allCases.firstIndex(of: first), let other = allCases.firstIndex(of: second) else {
                return false
            }
            return one < other
        }
    }

    /// A JSON Pointer in which `*` stands for every index of a list: `/items/*/price`.
    public let path: String
    public let kind: Kind
    /// What the documents say there, in words for people, shortened; nil: nothing.
    public let before: String?
    public let after: String?
    /// Which way it went, where there are two: above 0 for a larger number, a longer list or a later name of type.
    public let direction: Int

    public init(path: String, kind: Kind, before: String?, after: String?, direction: Int) {
        self.path = path
        self.kind = kind
        self.before = before
        self.after = after
        self.direction = direction
    }
}
