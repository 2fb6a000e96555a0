/// What became of what was told to a recorder, since its start.
public struct RecorderCounts: Sendable, Hashable {
    /// Exchanges told of whole.
    public var exchanges = 0
    /// Exchanges written to the spool.
    public var spooled = 0
    /// Exchanges that the share left out.
    public var notSampled = 0
    /// Exchanges lost since the recorder was behind.
    public var lost = 0
    /// Exchanges let go before their end.
    public var abandoned = 0
    /// Exchanges that could not be written: a full disk, or a spool at its bound.
    public var unwritten = 0
    /// Bodies left out for memory.
    public var bodiesWithoutMemory = 0
    /// Bodies left out, or kept as they were encoded, since their coding cannot be undone here.
    public var bodiesEncoded = 0
    /// Texts that could not be redacted, and were left out.
    public var bodiesUnredactable = 0
    /// Feedback acknowledged.
    public var feedback = 0
    /// Feedback refused: the disk is full, or the recorder closed.
    public var feedbackRefused = 0
    /// Feedback kept on requests that were not among the last: it is in no count of a second.
    public var feedbackUnknown = 0
    /// Whether the spool takes exchanges now.
    public var isSpooling = false
    /// Bytes of the spool's segments.
    public var spoolBytes = 0

    public init() {}
}
