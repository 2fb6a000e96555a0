import Domain
import Glibc
import Metrics
import Notation
import Text

/// Times metrics beside their peers' work, one thread, processor time; prints a line a case.
///
/// `metrics-bench FOLDER [--quick]`: `NAME <tab> seconds of one pair, value or run`, the least of several turns. The folder
/// holds `pairs.jsonl` (`text`, `reference`), `schema.json` with `values.jsonl`, `qrels.txt` with `run.txt`.
@main
struct MetricsBench {
    static func main() {
        let words = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") }
        let turns = CommandLine.arguments.contains("--quick") ? 1 : 5
        do {
            guard let folder = words.first else { throw BenchProblem(message: "name the folder") }
            try texts(folder, turns)
            try schema(folder, turns)
            try retrieval(folder, turns)
        } catch {
            print("metrics-bench: \(error)")
            exit(1)
        }
    }

    /// Metrics over pairs of texts, each pair by itself, as a run measures one arm.
    private static func texts(_ folder: String, _ turns: Int) throws {
        let pairs = try lines(folder + "/pairs.jsonl").map { row in
            var example = Example(id: "e", query: "q")
            example.references = [row["reference"]?.stringValue ?? ""]
            var answer = Answer(latencyMilliseconds: 1)
            answer.text = row["text"]?.stringValue
            return (
                example,
                Observation(example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer))
            )
        }
        for name in ["rouge_l", "rouge_lsum", "bleu", "chrf", "chrf_pp", "ter", "token_f1", "levenshtein"] {
            let definition = try MetricCatalogue.define(MetricRequest(name: name))
            try time(name, per: pairs.count, turns) {
                var kept = 0.0
                for (example, observation) in pairs {
                    var input = MeasureInput(example: example, observation: observation)
                    switch definition.measured(&input) {
                    case .value(let value): kept += value
                    case .values(let values): kept += values[0]
                    default: throw BenchProblem(message: "\(name) has no value")
                    }
                }
                return kept
            }
        }
    }

    private static func schema(_ folder: String, _ turns: Int) throws {
        let schema = try JSONSchema.compile(try JSONValue.parse(bytes(folder + "/schema.json"))) { text in
            let pattern = try Pattern(text, dialect: .ecma)
            return { subject in try? pattern.matches(subject) }
        }
        let values = try lines(folder + "/values.jsonl")
        try time("schema", per: values.count, turns) {
            var valid = 0.0
            for value in values where schema.isValid(value) { valid += 1 }
            return valid
        }
    }

    /// From two files on disk to the printed measures.
    private static func retrieval(_ folder: String, _ turns: Int) throws {
        var measures: [TrecMeasure] = []
        for word in ["map", "ndcg", "recip_rank", "Rprec", "bpref", "P.5,10,100", "recall.5,10,100"] {
            measures += try TrecMeasure.named(word)
        }
        let asked = measures
        try time("retrieval", per: 1, turns) {
            let files = try TrecFiles(
                judgements: bytes(folder + "/qrels.txt"), ranking: bytes(folder + "/run.txt"))
            let report = TrecReport(files, asked, showsTopics: true)
            return report.lines.last?.value ?? .nan
        }
    }

    /// The least processor time over some turns; the first, untimed turn warms up.
    private static func time(
        _ name: String, per count: Int, _ turns: Int, _ body: () throws -> Double
    ) throws {
        var least = Double.infinity
        for turn in 0...turns {
            let start = processorSeconds()
            let kept = try body()
            let taken = (processorSeconds() - start) / Double(max(1, count))
            // A result that is looked at cannot be left out by the optimiser.
            guard kept.isFinite else { throw BenchProblem(message: "\(name) has no value") }
            if turn > 0 { least = min(least, taken) }
        }
        print("\(name)\t\(least)")
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func lines(_ path: String) throws -> [JSONValue] {
        try bytes(path).split(separator: 0x0A).map { try JSONValue.parse(Array($0)) }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw BenchProblem(message: "cannot read \(path)") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = fread(buffer.baseAddress, 1, size, file)
        }
    }
}

/// What keeps a case from being timed.
struct BenchProblem: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
