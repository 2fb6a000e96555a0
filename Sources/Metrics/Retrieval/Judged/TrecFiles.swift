import Glibc

/// Judgements and rankings as TREC's files have them.
///
/// Judgements: `topic iteration document grade` a line. A ranking: `topic Q0 document rank score name` a line. Fields stand
/// apart by white space; blank lines and lines that begin with `#` are passed over. Documents are ranked by score, the
/// highest first, and equal scores by name, the greater first; the rank that the file gives is of no account. Scores are
/// compared in 64 bits, as trec_eval does since it follows version 9, which read them into 32.
public struct TrecFiles: Sendable {
    /// A line that cannot be read.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        public let message: String
        public var description: String { "line \(line): \(message)" }
    }

    /// Topics that were both judged and answered, sorted by name in the order of bytes.
    public let topics: [(name: String, ranking: JudgedRanking)]
    /// Topics that were judged.
    public let judgedTopics: Int
    /// Topics that were ranked.
    public let rankedTopics: Int
    /// What the ranking calls itself.
    public let runName: String

    public enum File: Sendable { case judgements, ranking }

    /// Why the files cannot be used.
    public struct Failure: Error, Sendable, Hashable {
        public let file: File
        public let problem: Problem
    }

    /// - Parameters:
    ///   - level: The least grade that is relevant.
    ///   - depth: Ranks beyond it are left out.
    ///   - countsMissing: Whether a topic that was judged and has no ranking counts as one where nothing was found.
    /// - Throws: The first line that cannot be read, a document that stands twice.
    /// - Complexity: linear in the files, and sorting each topic's ranking.
    public init(
        judgements: [UInt8], ranking: [UInt8], level: Int32 = 1, depth: Int = .max,
        countsMissing: Bool = false
    ) throws(Failure) {
        let judged: [String: Judgements]
        do throws(Problem) { judged = try Self.judgements(judgements) } catch {
            throw Failure(file: .judgements, problem: error)
        }
        var topics: [(name: String, ranking: JudgedRanking)] = []
        do throws(Problem) {
            let (runs, name) = try Self.runs(ranking)
            runName = name
            rankedTopics = runs.count
            for (topic, run) in runs {
                guard let judgements = judged[topic] else { continue }
                topics.append((topic, try judgements.rank(run, ranking, level: level, depth: depth)))
            }
            if countsMissing {
                for (topic, judgements) in judged where runs[topic] == nil {
                    topics.append((topic, try judgements.rank([], ranking, level: level, depth: depth)))
                }
            }
        } catch { throw Failure(file: .ranking, problem: error) }
        judgedTopics = judged.count
        self.topics = topics.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private struct Retrieved {
        let document: UInt64
        let name: Range<Int>
        let score: Double
        let line: Int
    }

    private struct Judgements {
        var grades: [UInt64: Int32] = [:]
        var documents: [Int] = []

        func rank(
            _ run: [Retrieved], _ bytes: [UInt8], level: Int32, depth: Int
        ) throws(Problem) -> JudgedRanking {
            let sorted = run.sorted { left, right in
                if left.score != right.score { return left.score > right.score }
                return TrecFiles.precedes(bytes, right.name, left.name)
            }
            var seen = Set<UInt64>(minimumCapacity: sorted.count)
            var ranked: [Int32] = []
            ranked.reserveCapacity(sorted.count)
            for entry in sorted.prefix(depth) {
                guard seen.insert(entry.document).inserted else {
                    throw Problem(line: entry.line, message: "the document stands twice in its topic")
                }
                ranked.append(grades[entry.document] ?? JudgedRanking.outside)
            }
            return JudgedRanking(grades: ranked, documents: documents, level: level)
        }
    }

    private static func judgements(_ bytes: [UInt8]) throws(Problem) -> [String: Judgements] {
        var all: [String: Judgements] = [:]
        var current = Judgements()
        var topic = ""
        var fields = FieldReader(bytes)
        while let line = fields.next() {
            guard line.count == 4 || line.count == 5 else {
                throw Problem(line: fields.line, message: "has \(line.count) fields, not 4")
            }
            if !fields.isSame(line[0], topic) {
                all[topic] = topic.isEmpty ? nil : current
                topic = fields.text(line[0])
                current = all[topic] ?? Judgements()
            }
            guard let grade = fields.integer(line[3]), grade < 1_000_000 else {
                throw Problem(line: fields.line, message: "its grade is no whole number")
            }
            let document = fields.key(line[2])
            let value = grade < 0 ? JudgedRanking.unjudged : Int32(grade)
            guard current.grades.updateValue(value, forKey: document) == nil else {
                throw Problem(line: fields.line, message: "the document stands twice in its topic")
            }
            if grade >= 0 {
                while current.documents.count <= grade { current.documents.append(0) }
                current.documents[grade] += 1
            }
        }
        if !topic.isEmpty { all[topic] = current }
        return all
    }

    private static func runs(_ bytes: [UInt8]) throws(Problem) -> (runs: [String: [Retrieved]], name: String)
    {
        var all: [String: [Retrieved]] = [:]
        var current: [Retrieved] = []
        var topic = ""
        var name = ""
        var fields = FieldReader(bytes)
        while let line = fields.next() {
            guard line.count >= 6 else {
                throw Problem(line: fields.line, message: "has \(line.count) fields, not 6")
            }
            if !fields.isSame(line[0], topic) {
                if !topic.isEmpty { all[topic] = current }
                topic = fields.text(line[0])
                current = all[topic] ?? []
                // Held once: appending must not copy it.
                all[topic] = nil
            }
            guard let score = fields.number(line[4]) else {
                throw Problem(line: fields.line, message: "its score is no number")
            }
            if name.isEmpty { name = fields.text(line[5]) }
            current.append(
                Retrieved(document: fields.key(line[2]), name: line[2], score: score, line: fields.line))
        }
        if !topic.isEmpty { all[topic] = current }
        return (all, name)
    }

    private static func precedes(_ bytes: [UInt8], _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        bytes[left].lexicographicallyPrecedes(bytes[right])
    }
}
