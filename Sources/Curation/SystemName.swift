/// Something that the system under test goes by.
public struct SystemName: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A language model that it asks.
        case model
        /// A version that it shows, of the named part.
        case version(of: String)
        /// The name of the app itself.
        case app
    }

    public let text: String
    public let kind: Kind
    /// Where it is known from: `the policy's candidate`.
    public let origin: String

    public init(_ text: String, _ kind: Kind, origin: String) {
        self.text = text
        self.kind = kind
        self.origin = origin
    }
}
