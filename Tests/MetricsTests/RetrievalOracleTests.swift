import Domain
import Metrics
import Testing

/// trec_eval's regression test: three topics, 500 documents each, ties included.
struct TrecRun {
    let inputs: [(topic: String, input: MeasureInput)]

    /// - Parameters:
    ///   - qrels: `topic 0 document relevance` lines.
    ///   - results: Lines whose first, `document`th and `score`th words are topic, document and score.
    init(qrels: String, results: String, document: Int, score: Int) {
        var gold: [String: [String]] = [:]
        for line in qrels.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.count >= 4, let grade = Int(words[3]), grade > 0 {
                gold[words[0], default: []].append(words[2])
            }
        }
        var found: [String: [(id: String, score: Float)]] = [:]
        for line in results.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            found[words[0], default: []].append((words[document], Float(words[score]) ?? 0))
        }
        inputs = gold.keys.sorted().filter { found[$0] != nil }.map { topic in
            // trec_eval ranks by score, and equal scores by document name, the greater first.
            let ranked = (found[topic] ?? []).sorted {
                $0.score == $1.score ? $0.id > $1.id : $0.score > $1.score
            }
            var example = Example(id: topic, query: topic)
            example.goldDocuments = gold[topic]
            var answer = Answer(latencyMilliseconds: 1)
            answer.documents = ranked.map { RetrievedDocument(id: $0.id) }
            let observation = Observation(
                example: topic, arm: .candidate, repetition: 0, outcome: .answered(answer))
            return (topic, MeasureInput(example: example, observation: observation))
        }
    }

    static let names = [
        "map": "map", "Rprec": "r_precision", "recip_rank": "mrr", "P_": "precision@", "recall_": "recall@",
        "ndcg_cut_": "ndcg@", "success_": "hit@",
    ]

    /// Holds every line of trec_eval's per-topic output against our number, with its four digits.
    func check(_ expected: String) throws -> Int {
        var checked = 0
        for line in expected.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 3, let value = Double(words[2]) else { continue }
            let number = words[0].split(separator: "_").last.flatMap { Int($0) }
            let stem = number.map { String(words[0].dropLast(String($0).count)) } ?? words[0]
            guard let name = Self.names[stem] else { continue }
            let definition = try metric(name + (number.map(String.init) ?? ""))
            let chosen = inputs.filter { words[1] == "all" || $0.topic == words[1] }.map(\.input)
            let ours = try #require(aggregate(definition, chosen))
            #expect(Int((ours * 10_000).rounded()) == Int((value * 10_000).rounded()), "\(line): \(ours)")
            checked += 1
        }
        return checked
    }
}

@Suite struct RetrievalOracleTests {
    @Test func everyMeasureIsTrecEvalsDigitForDigit() throws {
        let run = try TrecRun(
            qrels: Fixtures.text("trec-qrels.txt"), results: Fixtures.text("trec-results.txt"), document: 1,
            score: 2)
        #expect(run.inputs.count == 3)
        #expect(try run.check(Fixtures.text("trec-expected.txt")) == 132)
    }
}
