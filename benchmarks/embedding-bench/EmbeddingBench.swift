import BERT
import Domain
import Embedding
import Glibc
import Metrics
import Notation
import Scoring

/// Texts through an encoder, for the oracles and for `make bench`.
///
/// `embedding-bench MODEL [--ids | --vectors | --tokens | --time] [--threads N]` reads a JSON string a line from
/// standard input. It prints, a line a text, the ids of its pieces (for which `vocab.txt` and `tokenizer_config.json`
/// are enough), or its vector, or also its tokens' vectors; with `--time` the seconds that loading and embedding all
/// texts took: wall clock, then processor.
///
/// With `--scores METRIC,…` or `--time-scores METRIC,…` a line is an object with `query`, `text`, `references` and
/// `documents`, all optional: it prints the metrics' scores, as the gate measures them, or the seconds for all lines.
@main
struct EmbeddingBench {
    static func main() async {
        var words = Array(CommandLine.arguments.dropFirst())
        var threads: Int?
        if let place = words.firstIndex(of: "--threads"), place + 1 < words.count {
            threads = Int(words[place + 1])
            words.removeSubrange(place...place + 1)
        }
        if words.count == 3, words[1].hasSuffix("scores") {
            do { try await ScoreBench.run(words[0], words[1], words[2], threads: threads) } catch {
                fail("\(error)")
            }
            return
        }
        guard let folder = words.first, let mode = words.last, words.count == 2 else {
            fail(
                "usage: embedding-bench MODEL --ids|--vectors|--tokens|--time|--scores METRIC,… "
                    + "[--threads N]")
        }
        do {
            let texts = try readTexts()
            if mode == "--ids" {
                let tokenizer = try WordPiece(
                    vocabulary: Vocabulary(read(folder + "/vocab.txt")),
                    configuration: TokenizerConfiguration(json: read(folder + "/tokenizer_config.json")))
                for text in texts { print(tokenizer.ids(text)) }
                return
            }
            let start = now()
            let embedder = try EncoderEmbedder(folder: folder, threads: threads)
            let loaded = now()
            switch mode {
            case "--vectors", "--tokens":
                for first in stride(from: 0, to: texts.count, by: 256) {
                    let part = Array(texts[first..<min(first + 256, texts.count)])
                    let detail: EmbeddingDetail = mode == "--tokens" ? .tokens : .texts
                    for embedded in try await embedder.embed(part, detail) { show(embedded) }
                }
            case "--time":
                // What is first touched is read from the file.
                _ = try await embedder.embed(Array(texts.prefix(64)), .texts)
                var wall = Double.infinity
                var processor = Double.infinity
                for _ in 0..<3 {
                    let (began, used) = (now(), now(CLOCK_PROCESS_CPUTIME_ID))
                    _ = try await embedder.embed(texts, .texts)
                    wall = min(wall, now() - began)
                    processor = min(processor, now(CLOCK_PROCESS_CPUTIME_ID) - used)
                }
                print("load\t\(loaded - start)\nembed\t\(wall)\t\(processor)")
            default: fail("unknown mode \(mode)")
            }
        } catch {
            fail("\(error)")
        }
    }

    private static func show(_ embedded: TextEmbedding) {
        var line = "{\"windows\":\(embedded.windows),\"vector\":\(embedded.vector.values)"
        if let tokens = embedded.tokens { line += ",\"ids\":\(tokens.ids),\"tokens\":\(tokens.values)" }
        print(line + "}")
    }

    private static func readTexts() throws -> [String] {
        var texts: [String] = []
        while let line = readLine() {
            guard let text = try JSONValue.parse(line).stringValue else { fail("a line is no JSON string") }
            texts.append(text)
        }
        return texts
    }

    /// A file of a vocabulary, which needs no weights beside it.
    private static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { fail("cannot read \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    static func fail(_ message: String) -> Never {
        let line = Array("embedding-bench: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(1)
    }
}
