import Domain
import Embedding
import Foundation
import Metrics
import Notation
import Scoring
import Testing

@Suite struct BERTScoreTests {
    private struct Line: Decodable {
        let text: String
        let references: [String]
        let scores: [Double]
    }

    /// The reference is bert-score on the same weights; see Fixtures/SOURCE.md.
    @Test func scoresAreTheReferences() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/bertscore.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.count == 60)
        let names = ["bertscore_precision", "bertscore_recall", "bertscore"]
        let scores = try await scores(
            names,
            lines.map { line in
                { (example: inout Example, answer: inout Answer) in
                    example.references = line.references
                    answer.text = line.text
                }
            })
        var unread = 0
        for (line, row) in zip(lines, scores) {
            if case .unmeasured(let reason) = row[0], reason.contains("too few of the text's words") {
                unread += 1
                continue
            }
            for (score, expected) in zip(row, line.scores) {
                guard case .value(let value) = score else {
                    Issue.record("\(score)")
                    continue
                }
                #expect(abs(value - expected) < 1e-5, "\(line.text)")
            }
        }
        // Texts that are unknown pieces to MiniLM, for which bert-score has a number all the same.
        #expect(unread == 12)
    }

    /// What a user may send: measured, or said why not.
    @Test func hostileTextsAreMeasured() async throws {
        let texts = [
            "\u{0}", "[SEP] [CLS]", String(repeating: "word ", count: 1000), "\u{FFFD}", "\u{202E}txet",
        ]
        let scores = try await scores(
            ["bertscore", "cosine_similarity", "answer_relevance", "groundedness"],
            texts.map { text in
                { (example: inout Example, answer: inout Answer) in
                    example.references = [text]
                    example.query = text
                    answer.text = text
                    answer.documents = [RetrievedDocument(id: "d", text: text)]
                }
            })
        for (text, row) in zip(texts, scores) {
            for (place, score) in row.enumerated() {
                switch score {
                case .value(let value): #expect(abs(value - 1) < 1e-5, "\(place) of \(text.prefix(20))")
                // Without a word there is nothing to support, and a question of control characters is blank.
                case .notApplicable: #expect(place == 3 || place == 2 && text == "\u{0}")
                // The tokenizer drops it: nothing is left to tell such texts apart by.
                case .unmeasured: #expect(text == "\u{FFFD}")
                default: Issue.record("\(score) of \(text.prefix(20))")
                }
            }
        }
    }

    /// All of these are one unknown piece after another to MiniLM, whose vectors are alike: no score says so.
    @Test(arguments: [
        "😀", "😀🎉👩‍👩‍👧", "กรุงเทพเป็นเมืองหลวง", "አዲስ አበባ ዋና ከተማ ናት", String(repeating: "x", count: 100_000),
    ])
    func textsThatTheModelCannotReadAreNoScore(text: String) async throws {
        let scores = try await scores(
            ["bertscore", "cosine_similarity", "answer_relevance"],
            [
                { (example: inout Example, answer: inout Answer) in
                    example.references = [text]
                    example.query = text
                    answer.text = text
                    answer.documents = [RetrievedDocument(id: "d", text: text)]
                }
            ])
        for score in scores[0] {
            switch score {
            case .unmeasured(let reason): #expect(reason.contains("too few of the text's words"), "\(reason)")
            default: Issue.record("\(score)")
            }
        }
    }

    private func scores(
        _ names: [String], _ items: [(inout Example, inout Answer) -> Void]
    ) async throws -> [[Metrics.Measurement]] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let embedder = try EncoderEmbedder(
            folder: root.appendingPathComponent(".build/models/minilm").path, threads: 2)
        let provider = EmbeddingProvider(embedder)
        var pass = ModelPass(
            definitions: try names.map { try MetricCatalogue.define(MetricRequest(name: $0)) },
            provider: provider, scratch: MemoryScratch(), kept: KeptScores(), reuse: .successes)
        let made = items.enumerated().map { number, set in
            var example = Example(id: "\(number)", query: "q")
            var answer = Answer(latencyMilliseconds: 1)
            set(&example, &answer)
            return ModelPass.Item(
                example: example,
                observation: Observation(
                    example: example.id, arm: .candidate, repetition: 0, outcome: .answered(answer)),
                row: number)
        }
        return await pass.measure(made)
    }
}
