/// That an example is no longer asked, and why; it stays in its file, so that its id never becomes another's.
public struct Retirement: Sendable, Hashable {
    /// Empty where nobody said it.
    public let why: String
    /// Who retired it.
    public let by: String?
    /// The day, as `2026-05-02`.
    public let on: String?

    public init(why: String, by: String? = nil, on: String? = nil) {
        self.why = why
        self.by = by
        self.on = on
    }
}
