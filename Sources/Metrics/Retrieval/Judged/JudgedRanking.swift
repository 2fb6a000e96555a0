/// One topic's ranking with the relevance of each document, as trec_eval's measures see it.
///
/// Relevance is a grade from 0. A document may be outside the judged pool, or in it and not judged: neither is relevant,
/// and measures made for incomplete judgements tell the two apart from judged ones.
public struct JudgedRanking: Sendable {
    /// Not in the pool of judged documents.
    public static let outside: Int32 = -1
    /// In the pool, and not judged.
    public static let unjudged: Int32 = -2

    /// The grade of each retrieved document in the order of rank, or `outside`, or `unjudged`.
    public let grades: [Int32]
    /// How many documents of the topic, retrieved or not, have each grade.
    public let documents: [Int]
    /// The least grade that is relevant.
    public let level: Int32

    /// - Parameters:
    ///   - grades: In the order of rank.
    ///   - documents: How many documents of the topic have grade 0, 1 …; trailing zeros are of no account.
    ///   - level: From 1.
    public init(grades: [Int32], documents: [Int], level: Int32 = 1) {
        self.grades = grades
        self.documents = documents
        self.level = level
        relevantCount = documents.dropFirst(Int(level)).reduce(0, +)
        relevantRetrieved = grades.count { $0 >= level }
    }

    /// Relevant documents of the topic, and those of them that were retrieved.
    public let relevantCount: Int
    public let relevantRetrieved: Int

    public var retrievedCount: Int { grades.count }

    /// Judged and found not relevant, retrieved or not.
    var irrelevantCount: Int { documents.prefix(Int(level)).reduce(0, +) }

    func isRelevant(_ rank: Int) -> Bool { grades[rank] >= level }

    /// Relevant documents in the first `count` ranks.
    func relevant(in count: Int) -> Int { grades.prefix(count).count { $0 >= level } }

    func isIrrelevant(_ rank: Int) -> Bool { grades[rank] >= 0 && grades[rank] < level }
}
