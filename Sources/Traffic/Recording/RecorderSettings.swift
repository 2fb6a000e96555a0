import Domain

/// How a recorder works.
public struct RecorderSettings: Sendable {
    /// The gateway's name: part of every exchange, and of the names of segments. 1 to 64 of `A-Z a-z 0-9 . _ -`.
    public var gateway: String
    public var rules: CaptureRules
    /// Where exchanges are spooled; nil: they are counted and let go.
    public var spool: SpoolSettings?
    /// Memory for bodies that pass or wait, over all requests. Beyond it bodies are left out, and counted.
    public var memoryBytes: Int
    /// Exchanges that wait for the recorder's thread. Beyond it they are lost, and counted.
    public var queuedExchanges: Int
    /// Keys and first events that are remembered, for each of the last four stages: 4.3 bytes each, taken as needed.
    public var rememberedKeys: Int
    /// Told of each answer's outcome, on the recorder's thread, some 5 ms after its end.
    public var onOutcome: (@Sendable (LiveOutcome) -> Void)?
    /// Told of each second's counts, on the recorder's thread, also of seconds in which nothing came.
    public var onSecond: (@Sendable (LiveSecond) -> Void)?
    /// Told what went wrong and what is well again, in words, on the recorder's thread: a full disk, a torn tail.
    public var onNotice: (@Sendable (String) -> Void)?

    public init(gateway: String, rules: CaptureRules = CaptureRules(), spool: SpoolSettings? = nil) {
        self.gateway = gateway
        self.rules = rules
        self.spool = spool
        memoryBytes = 64 << 20
        queuedExchanges = 65_536
        rememberedKeys = 1 << 20
    }
}

/// Where and how exchanges are spooled.
public struct SpoolSettings: Sendable {
    public var folder: String
    /// A segment is closed when it is that long, or that old.
    public var segmentBytes: Int
    public var segmentSeconds: Int
    /// All segments together. Beyond it nothing is spooled until some are shipped or removed, and that is said.
    public var totalBytes: Int
    /// What is written is synced after that many milliseconds, so that this much is lost with the machine's power;
    /// 0: after each batch. The death of the process alone loses nothing that was written. Feedback is synced before
    /// it is acknowledged.
    public var syncMilliseconds: Int

    public init(folder: String) {
        self.folder = folder
        segmentBytes = 16 << 20
        segmentSeconds = 60
        totalBytes = 1 << 30
        syncMilliseconds = 1000
    }
}
