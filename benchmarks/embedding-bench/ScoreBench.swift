import Domain
import Embedding
import Glibc
import Metrics
import Notation
import Scoring

/// Metrics of meaning over lines of examples, measured in the pass that the gate measures them in.
enum ScoreBench {
    static func run(_ folder: String, _ mode: String, _ names: String, threads: Int?) async throws {
        var definitions: [MetricDefinition] = []
        for name in names.split(separator: ",") {
            let parts = name.split(separator: "=", maxSplits: 1)
            // A bare `nil` would be JSON's null.
            var parameter: JSONValue?
            if parts.count > 1 { parameter = try JSONValue.parse(String(parts[1])) }
            definitions.append(
                try MetricCatalogue.define(MetricRequest(name: String(parts[0]), parameter: parameter)))
        }
        let items = try readItems()
        let references = items.flatMap(\.example.references)
        let embedder = try EncoderEmbedder(folder: folder, threads: threads)
        func measure(_ items: [ModelPass.Item]) async -> [[Measurement]] {
            var pass = ModelPass(
                definitions: definitions, provider: EmbeddingProvider(embedder, references: { references }),
                scratch: MemoryScratch(), kept: KeptScores(), reuse: .successes)
            var scores: [[Measurement]] = []
            for first in stride(from: 0, to: items.count, by: 64) {
                scores += await pass.measure(Array(items[first..<min(first + 64, items.count)]))
            }
            return scores
        }
        if mode == "--scores" {
            for row in await measure(items) { print(json(row)) }
            return
        }
        // What is first touched is read from the file.
        _ = await measure(Array(items.prefix(16)))
        var wall = Double.infinity
        var processor = Double.infinity
        for _ in 0..<3 {
            let (began, used) = (EmbeddingBench.now(), EmbeddingBench.now(CLOCK_PROCESS_CPUTIME_ID))
            _ = await measure(items)
            wall = min(wall, EmbeddingBench.now() - began)
            processor = min(processor, EmbeddingBench.now(CLOCK_PROCESS_CPUTIME_ID) - used)
        }
        print("score\t\(wall)\t\(processor)")
    }

    private static func readItems() throws -> [ModelPass.Item] {
        var items: [ModelPass.Item] = []
        while let line = readLine() {
            let value = try JSONValue.parse(line)
            func texts(_ key: String) -> [String]? {
                value[key]?.arrayValue.map { $0.compactMap(\.stringValue) }
            }
            var example = Example(id: String(items.count), query: value["query"]?.stringValue ?? "")
            example.references = texts("references") ?? []
            var answer = Answer(latencyMilliseconds: nil)
            answer.text = value["text"]?.stringValue
            answer.documents = texts("documents").map { documents in
                documents.enumerated().map { RetrievedDocument(id: "d\($0 + 1)", text: $1) }
            }
            let observation = Observation(
                example: example.id, arm: .candidate, repetition: 0, outcome: .answered(answer))
            items.append(ModelPass.Item(example: example, observation: observation, row: items.count))
        }
        return items
    }

    private static func json(_ row: [Measurement]) -> String {
        let cells = row.map { score in
            switch score {
            case .value(let value): "\(value)"
            case .values, .labels: "null"
            case .notApplicable(let reason), .failed(let reason), .unmeasured(let reason): quoted(reason)
            }
        }
        return "[" + cells.joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(.string(text))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
