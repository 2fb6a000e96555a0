import Domain
import Metrics
import Notation
import Statistics
import Storage
import Text

/// `sluice score --qrels --run`: trec_eval's measures of a ranking, printed as trec_eval prints them.
enum RankingScores {
    static func run(_ arguments: Arguments, _ console: Console) throws(ScoreCommand.Stop) -> Int32 {
        guard let qrels = arguments.value("qrels"), let run = arguments.value("run") else {
            throw .usage("--qrels and --run go together")
        }
        var measures: [TrecMeasure] = []
        for word in arguments.positionals.isEmpty ? ["official"] : arguments.positionals {
            do throws(TrecMeasure.Unknown) { measures += try TrecMeasure.named(word) } catch {
                throw .usage(Sluice.printable(error.message))
            }
        }
        let level = try ScoreCommand.number("level", arguments) ?? 1
        guard level <= 1000 else { throw .usage("--level is a grade up to 1000") }
        let files = try read(qrels, run, level, arguments)
        guard files.judgedTopics > 0 else {
            throw .input("\(Sluice.printable(qrels)) is empty: it holds no judgement")
        }
        guard files.rankedTopics > 0 || arguments.has("complete") else {
            throw .input("\(Sluice.printable(run)) is empty: it ranks nothing")
        }
        guard !files.topics.isEmpty else {
            throw .input(
                "no topic is both judged and ranked: \(files.judgedTopics) judged in \(Sluice.printable(qrels)), "
                    + "\(files.rankedTopics) ranked in \(Sluice.printable(run)), under other names")
        }
        let report = TrecReport(
            files, measures, showsTopics: arguments.has("topics") || arguments.has("json"))
        if arguments.has("json") {
            json(report, files, try ScoreCommand.confidence(arguments), arguments, console)
            return 0
        }
        // The name of the run stands before the summary, as trec_eval has it in its sets of measures.
        let isNamed = arguments.positionals.allSatisfy { ["official", "set", "all_trec"].contains($0) }
        var hasName = !isNamed
        var text = ""
        for line in report.lines {
            if line.topic == "all", !hasName {
                text += "runid                 \tall\t\(Sluice.printable(files.runName))\n"
                hasName = true
            }
            let name =
                line.measure.count < 22
                ? line.measure + String(repeating: " ", count: 22 - line.measure.count) : line.measure
            text += "\(name)\t\(Sluice.printable(line.topic))\t\(value(line))\n"
        }
        console.out(text)
        return 0
    }

    private static func read(
        _ qrels: String, _ run: String, _ level: Int, _ arguments: Arguments
    ) throws(ScoreCommand.Stop) -> TrecFiles {
        let judgements: [UInt8]
        let ranking: [UInt8]
        do throws(StoreError) {
            judgements = try InputFile.read(qrels)
            ranking = try InputFile.read(run)
        } catch { throw .input(error.description) }
        do throws(TrecFiles.Failure) {
            return try TrecFiles(
                judgements: judgements, ranking: ranking, level: Int32(level),
                depth: try depth(arguments), countsMissing: arguments.has("complete"))
        } catch {
            let file = error.file == .judgements ? qrels : run
            throw .input("\(Sluice.printable(file)):\(error.problem.line): \(error.problem.message)")
        }
    }

    private static func depth(_ arguments: Arguments) throws(TrecFiles.Failure) -> Int {
        arguments.value("depth").flatMap { Int($0) }.map { max(1, $0) } ?? .max
    }

    /// Four digits, or a whole number.
    private static func value(_ line: TrecReport.Line) -> String {
        if let text = line.text { return text }
        let value = line.value ?? 0
        return line.isCount
            ? String(Int(value)) : Numbers.fixed(value, 4).replacing("\u{2212}", with: "-")
    }

    private static func json(
        _ report: TrecReport, _ files: TrecFiles, _ confidence: Double, _ arguments: Arguments,
        _ console: Console
    ) {
        var values: [String: [Double]] = [:]
        for line in report.lines where line.topic != "all" {
            if let value = line.value { values[line.measure, default: []].append(value) }
            guard arguments.has("topics") else { continue }
            ScoreCommand.write(console) { writer in
                writer.beginObject()
                writer.member("topic", line.topic)
                writer.member("measure", line.measure)
                if let value = line.value { writer.member("value", value) }
                if let text = line.text { writer.member("text", text) }
                writer.endObject()
            }
        }
        ScoreCommand.write(console) { writer in
            writer.beginObject()
            writer.member("format", "sluice.score/1")
            writer.member("run", files.runName)
            writer.member("topics", files.topics.count)
            writer.member("judged_topics", files.judgedTopics)
            writer.key("measures")
            writer.beginArray()
            for line in report.lines where line.topic == "all" {
                writer.beginObject()
                writer.member("measure", line.measure)
                if let value = line.value { writer.member("value", value) }
                if !line.isCount, let own = values[line.measure],
                    let interval = try? studentInterval(own, confidence: confidence)
                {
                    writer.key("interval")
                    writer.beginArray()
                    writer.number(interval.lower)
                    writer.number(interval.upper)
                    writer.endArray()
                    writer.member("confidence", interval.confidence)
                    writer.member("method", "mean over topics, " + interval.method)
                }
                writer.member("n", files.topics.count)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }
}
