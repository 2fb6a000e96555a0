/// What the arms are told of the client and of this hop.
public struct ForwardedRule: Sendable, Hashable {
    public enum Client: String, Sendable, Hashable, CaseIterable {
        /// The connection's address behind what came in `X-Forwarded-For`; `X-Forwarded-Proto` where none came.
        case append
        /// What came is dropped, for a gateway that clients reach directly.
        case replace
        /// What came is passed on, and nothing added.
        case keep
    }

    public var client = Client.append
    /// Whether `Forwarded` (RFC 7239) says the same.
    public var standard = false
    /// The name of this hop in `Via` (RFC 9110, 7.6.3); nil for none.
    public var via: String?

    public init() {}
}
