import Domain
import Gating
import Glibc
import Interchange
import Metrics
import Notation
import Reporting
import Storage
import Text

/// `sluice score`: any metric over JSON lines, or over a ranking and its judgements in TREC's files.
enum ScoreCommand {
    static let command = Command(
        name: "score", summary: "score JSON lines by any metrics: a line out per line in, then the whole",
        usage: [
            "METRIC… [--file FILE] [options]   lines from FILE or standard input",
            "[MEASURE…] --qrels FILE --run FILE [options]   a ranking in TREC's files, by trec_eval's measures",
        ],
        flags: [
            Flag(name: "file", short: "f", value: "FILE", summary: "the lines (default: standard input)"),
            Flag(
                name: "policy", short: "p", value: "FILE",
                summary: "a policy whose catalogues, prices and metrics may be named; alone: all its metrics"),
            Flag(
                name: "confidence", value: "SHARE",
                summary: "two-sided coverage of intervals (default: 0.90)"),
            Flag(name: "scores", summary: "lines bear scores alone, not what is unscored and why"),
            Flag(name: "whole", summary: "only the whole, no line per line"),
            Flag(name: "json", summary: "the whole as a JSON line too, and lines alone on standard output"),
            Flag(
                name: "qrels", value: "FILE", summary: "judgements: topic, iteration, document, grade a line"),
            Flag(
                name: "run", value: "FILE",
                summary: "a ranking: topic, Q0, document, rank, score, name a line"),
            Flag(name: "topics", summary: "with --run: each topic by itself too"),
            Flag(name: "level", value: "GRADE", summary: "with --run: least grade that is relevant (1)"),
            Flag(name: "depth", value: "RANKS", summary: "with --run: ranks that are looked at (all)"),
            Flag(
                name: "complete",
                summary: "with --run: a judged topic without a ranking counts as one where nothing was found"),
        ],
        positionals: 0...1000,
        statuses: [
            ExitStatus.ok,
            Command.Status(
                code: ExitStatus.badInput,
                meaning: "some line, file or policy is bad: each is named, and no bad line is scored"),
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning: "nothing was measured: no line has a score in any metric"),
        ] + ExitStatus.failures.filter { $0.code != ExitStatus.badInput },
        details: """
            A metric is named as a policy names it: 'rouge_l', 'recall@3', 'schema: answer.json', 'bleu: { tokenize: intl \
            }'. A line is an object that holds what is expected by the names of a data set ('reference_response', \
            'expected_intent', 'retrieval_gold_doc_ids' …) and what the app answered by those of a recording ('answer', \
            'documents', 'tool_calls' …); no query is needed. A metric that does not apply to a line, or fails on it, has no \
            score there and says why: it never counts as 0. A line that cannot be read is answered in its place, counted, \
            and makes the exit status 65.

            Metrics of a whole set (bleu, ter, intent_f1, ece …) show for each line what it would be by itself. Memory does \
            not grow with the lines, but for bertscore with 'idf', which counts how rare tokens are among the references \
            of all of them first (512 MiB at most).
            """,
        examples: [
            "echo '{\"reference_response\": \"the cat sat down\", \"answer\": \"the dog sat down\"}' | "
                + "sluice score rouge_l bleu",
            "sluice score exact_match 'icontains: refund' --file answers.jsonl --json",
            "sluice score map ndcg_cut.10 --qrels qrels.txt --run run.txt",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do throws(Stop) {
            if arguments.value("run") != nil || arguments.value("qrels") != nil {
                return try RankingScores.run(arguments, console)
            }
            let session = try ScoreSession(arguments, console)
            return try await session.run()
        } catch {
            if let message = error.message { console.error("sluice score: \(message)") }
            return error.status
        }
    }

    /// Why the command ends early.
    struct Stop: Error {
        let status: Int32
        /// Nil: already told.
        let message: String?

        static func usage(_ message: String) -> Stop {
            Stop(status: ExitStatus.usage, message: message + "\nsee 'sluice score --help'")
        }

        static func input(_ message: String) -> Stop { Stop(status: ExitStatus.badInput, message: message) }
    }

    static func confidence(_ arguments: Arguments) throws(Stop) -> Double {
        guard let text = arguments.value("confidence") else { return 0.90 }
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? String(text.dropLast()) : text) else {
            throw .usage("--confidence is a share such as 0.95")
        }
        let share = isPercent ? number / 100 : number
        guard share > 0, share < 1 else { throw .usage("--confidence lies between 0 and 1") }
        return share
    }

    static func number(_ name: String, _ arguments: Arguments) throws(Stop) -> Int? {
        guard let text = arguments.value(name) else { return nil }
        guard let number = Int(text), number >= 1 else { throw .usage("--\(name) is a whole number from 1") }
        return number
    }

    static func write(_ console: Console, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        body(&writer)
        console.out(String(decoding: writer.bytes, as: UTF8.self) + "\n")
    }
}
