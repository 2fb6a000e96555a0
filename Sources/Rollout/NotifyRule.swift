import Domain

/// Where a gateway sends word of what it did by itself.
public struct NotifyRule: Sendable, Hashable {
    /// An address, or the variable that holds it: many are secrets.
    public var url: Secretive
    /// The key of the signatures, by the variable that holds it; nil for none.
    public var secret: Secretive?
    /// What is told.
    public var on = Set(Event.allCases)

    public init(url: Secretive) { self.url = url }

    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// A fuse blew: everybody gets production.
        case fuse
        /// The lease ended, or the control plane speaks again.
        case lease
        /// Nothing was copied for ten seconds although the plan wants it, or copies go again.
        case mirror
        /// Exchanges could not be kept, or are kept again.
        case capture
        /// A plan was refused.
        case plan
    }
}
