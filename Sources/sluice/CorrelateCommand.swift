import Domain
import Interchange
import Reporting
import Statistics
import Storage
import Text

/// `sluice correlate`: which offline metrics predict which online outcomes, release by release.
enum CorrelateCommand {
    static let command = Command(
        name: "correlate", summary: "which offline metrics predict which online outcomes, release by release",
        usage: ["FILE [options]   CSV or JSON Lines, a row a release"],
        flags: [
            Flag(
                name: "metrics", value: "A,B", repeats: true,
                summary: "offline columns; else all that begin with 'offline.'"),
            Flag(
                name: "outcomes", value: "X,Y", repeats: true,
                summary: "online columns; else all that begin with 'online.'"),
            Flag(
                name: "lower", value: "C,D", repeats: true,
                summary: "columns where lower is better; where it is given, higher is better in all others"),
            Flag(
                name: "lag", value: "N",
                summary: "hold metrics also against outcomes of up to N releases later (default 0)"),
            Flag(
                name: "alpha", value: "P",
                summary: "the chance of any false claim among all pairs (default 0.05)"),
            Flag(
                name: "worth", value: "R",
                summary: "the least correlation that would earn a metric its place (default 0.5)"),
            Flag(name: "seed", value: "N", summary: "of the permutations (default 0)"),
            Flag(name: "json", summary: "everything as JSON"),
        ],
        positionals: 1...1,
        statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            A row names its release ('release', 'version' or 'name') and may date it ('date'); rows are taken from \
            the oldest to the newest. Cells that are empty, NA, NaN, null or - are missing: they leave their pair \
            alone, and are counted. In \
            JSON Lines {"release": "v7", "offline": {"recall": 0.91}} has the column 'offline.recall'. FILE may be \
            '-' for standard input.

            A metric earns its place where its rank correlation with an outcome stands after Holm's correction over \
            all pairs, and still with the order of the releases held fixed. Where there are too few releases to \
            know, it says so, and how many are needed.
            """,
        examples: [
            "sluice correlate examples/correlate/releases.csv --lag 1 --lower online.escalation_rate",
            "sluice correlate examples/correlate/releases.csv --metrics offline.rouge_l --json",
        ], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do throws(Refusal) {
            let report = try report(arguments, console)
            if arguments.has("json") {
                console.out(CorrelateJSON.render(report))
            } else {
                console.out(
                    CorrelateTerminal.render(report, width: console.width, colour: console.hasColour))
            }
            return 0
        } catch {
            for message in error.messages { console.error(message) }
            return error.status
        }
    }

    private struct Refusal: Error {
        let status: Int32
        let messages: [String]

        static func usage(_ words: String) -> Refusal {
            Refusal(
                status: ExitStatus.usage,
                messages: ["sluice correlate: \(Sluice.printable(words))\nsee 'sluice correlate --help'"])
        }

        static func input(_ words: String) -> Refusal {
            Refusal(
                status: ExitStatus.badInput, messages: ["sluice correlate: \(Sluice.printable(words))"])
        }
    }

    private static func report(
        _ arguments: Arguments, _ console: Console
    ) throws(Refusal) -> CorrelateReport {
        let options = try options(arguments)
        let path = arguments.positionals[0]
        let file = path == "-" ? "standard input" : path
        let table = try table(path, file)
        let metrics = try chosen("metrics", prefix: "offline.", arguments, table, file)
        let outcomes = try chosen("outcomes", prefix: "online.", arguments, table, file)
        if let both = metrics.first(where: { outcomes.contains($0) }) {
            throw .usage("'\(both)' is both a metric and an outcome")
        }
        let lower = listed("lower", arguments)
        for name in lower where !metrics.contains(name) && !outcomes.contains(name) {
            let near = nearest(name, in: metrics + outcomes).map { "; did you mean '\($0)'?" } ?? ""
            throw .usage("--lower names '\(name)', which is neither a metric nor an outcome\(near)")
        }
        var problems: [DatasetProblem] = []
        func series(_ names: [String]) -> [ReleaseSeries] {
            names.map { name in
                let column = table.numbers(name)
                problems += column.problems
                return ReleaseSeries(
                    name: name, values: column.values,
                    lowerIsBetter: lower.isEmpty ? nil : lower.contains(name))
            }
        }
        let (offline, online) = (series(metrics), series(outcomes))
        guard problems.isEmpty else { throw refusal(problems) }
        let study: ReleaseStudy
        do throws(EstimateError) {
            study = try ReleaseStudy(metrics: offline, outcomes: online, options: options)
        } catch {
            throw .input("\(file): \(error); choose fewer with --metrics and --outcomes")
        }
        let used = Set(metrics + outcomes)
        return CorrelateReport(
            file: file, releases: table.releases, dates: table.dates, metrics: metrics, outcomes: outcomes,
            unused: table.columns.filter { !used.contains($0) }, study: study)
    }

    private static func options(_ arguments: Arguments) throws(Refusal) -> ReleaseStudy.Options {
        var options = ReleaseStudy.Options()
        do throws(Arguments.Problem) {
            if let lag = try arguments.number("lag", least: 0) { options.maximumLag = lag }
            if let seed = try arguments.number("seed", least: 0) { options.seed = UInt64(seed) }
        } catch {
            throw .usage(error.message)
        }
        if let alpha = try share("alpha", arguments) { options.alpha = alpha }
        if let worth = try share("worth", arguments) { options.worth = worth }
        return options
    }

    private static func share(_ name: String, _ arguments: Arguments) throws(Refusal) -> Double? {
        guard let text = arguments.value(name) else { return nil }
        guard let value = Double(text), value > 0, value < 1 else {
            throw .usage("--\(name) takes a number between 0 and 1, not '\(text)'")
        }
        return value
    }

    private static func table(_ path: String, _ file: String) throws(Refusal) -> ReleaseTable {
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = path == "-" ? try InputFile.standardInput() : try InputFile.read(path)
        } catch {
            throw .input(error.description)
        }
        let read = ReleaseTableReader.read(file: file, bytes: bytes)
        guard let table = read.table, read.problems.isEmpty else { throw refusal(read.problems) }
        return table
    }

    private static func refusal(_ problems: [DatasetProblem]) -> Refusal {
        var messages = problems.prefix(20).map { Sluice.printable($0.description) }
        if problems.count > 20 { messages.append("and \(problems.count - 20) more") }
        return Refusal(status: ExitStatus.badInput, messages: messages)
    }

    /// The columns that a flag names, or those of its prefix.
    private static func chosen(
        _ flag: String, prefix: String, _ arguments: Arguments, _ table: ReleaseTable, _ file: String
    ) throws(Refusal) -> [String] {
        let names = listed(flag, arguments)
        if !arguments.has(flag) {
            let found = table.columns.filter { $0.hasPrefix(prefix) }
            if !found.isEmpty { return found }
            let columns = table.columns.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
            throw .input(
                "\(file): no column begins with '\(prefix)'; name the \(flag) with --\(flag)"
                    + (columns.isEmpty ? ": the file has none besides the release" : " among \(columns)"))
        }
        guard !names.isEmpty else { throw .usage("--\(flag) names no column") }
        for name in names where !table.columns.contains(name) {
            let near = nearest(name, in: table.columns).map { "; did you mean '\($0)'?" } ?? ""
            throw .input("\(file): there is no column '\(name)'\(near)")
        }
        return names
    }

    /// What a flag lists, once each, in the order given.
    private static func listed(_ flag: String, _ arguments: Arguments) -> [String] {
        var names: [String] = []
        for value in arguments.all(flag) {
            for part in value.split(separator: ",") {
                let name = String(part.drop { $0 == " " })
                if !name.isEmpty, !names.contains(name) { names.append(name) }
            }
        }
        return names
    }
}
