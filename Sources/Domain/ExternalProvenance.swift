/// Where scores come from that were made elsewhere, as a run found them.
public struct ExternalProvenance: Sendable, Hashable {
    /// As the policy names it.
    public let file: String
    /// Of the file's bytes; nil where it could not be read.
    public let digest: String?
    /// When the newest of its scores was made: RFC 3339, UTC.
    public let madeAt: String?
    /// What scored, as the file says: a model, a program's version.
    public let scorer: String?
    /// Scores taken from it, of whatever example.
    public let scores: Int
    /// Why some or all of it could not be used, a reason with its count each.
    public let problems: [String]

    public init(
        file: String, digest: String?, madeAt: String?, scorer: String?, scores: Int, problems: [String]
    ) {
        self.file = file
        self.digest = digest
        self.madeAt = madeAt
        self.scorer = scorer
        self.scores = scores
        self.problems = problems
    }

    /// In one sentence, for methods: `ragas.jsonl (sha256 9f2c41d0…, made 2026-11-20T03:00:00Z by gpt-4o)`.
    public var words: String {
        var facts: [String] = []
        if let digest { facts.append("sha256 " + digest.drop { $0 != ":" }.dropFirst().prefix(8) + "…") }
        if let madeAt {
            facts.append("made " + madeAt + (scorer.map { " by " + $0 } ?? ""))
        } else if let scorer {
            facts.append("made by " + scorer)
        }
        return facts.isEmpty ? file : "\(file) (\(facts.joined(separator: ", ")))"
    }
}
