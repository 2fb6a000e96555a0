/// A gate that is let pass for a while, because a named person said why.
public struct Waiver: Sendable, Hashable {
    /// The rule, as it is written among the gates.
    public let gate: String
    public let owner: String
    public let why: String
    /// The last day on which it counts, in UTC.
    public let until: Day
    public let place: SourcePlace

    public init(
        gate: String, owner: String, why: String, until: Day,
        place: SourcePlace = SourcePlace(file: "", line: 0)
    ) {
        self.gate = gate
        self.owner = owner
        self.why = why
        self.until = until
        self.place = place
    }

    public func isOver(on day: Day) -> Bool { day > until }
}
