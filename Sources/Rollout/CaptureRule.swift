import Domain

/// What a plan says of the capture of its requests; where it lies is the machine's.
public struct CaptureRule: Sendable, Hashable {
    public var rules = CaptureRules()
    /// What is written is synced after so long.
    public var sync = Duration.seconds(1)
    /// All that waits in the spool, in bytes.
    public var spool = 1 << 30

    public init() {}
}
