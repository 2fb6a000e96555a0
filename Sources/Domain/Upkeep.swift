/// How a data set is looked after: what the lint and the calendar go by.
public struct Upkeep: Sendable, Hashable {
    /// Age in days beyond which an example is stale; nil: never.
    public var maximumAge: Int?
    /// Days within which the set must have grown; nil: it need not.
    public var additions: Int?
    /// Days within which somebody must have reviewed it; nil: nobody need.
    public var review: Int?
    /// What every example must say of where it comes from.
    public var provenance: [ProvenanceMember]
    /// Least similarity of two inputs that count as nearly the same.
    public var similarity: Double

    public init(
        maximumAge: Int? = 365, additions: Int? = 31, review: Int? = 92,
        provenance: [ProvenanceMember] = [.source, .owner, .annotator, .approver, .date, .guideline],
        similarity: Double = 0.8
    ) {
        self.maximumAge = maximumAge
        self.additions = additions
        self.review = review
        self.provenance = provenance
        self.similarity = similarity
    }
}
