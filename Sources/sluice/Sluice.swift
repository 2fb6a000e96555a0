import CMalloc
import Glibc
import Reporting
import Text

/// The `sluice` command: finds the command that was asked for and runs it.
@main
struct Sluice {
    static let version = "0.1.0"

    static let commands: [Command] = [
        InitCommand.command,
        EvalCommand.command,
        ReportCommand.command,
        BaselineCommand.command,
        ValidateCommand.command,
        ApproveCommand.command,
        DatasetCommand.command,
        SweepCommand.command,
        ContractCommand.command,
        JourneyCommand.command,
        ShadowCommand.command,
        HistoryCommand.command,
        PushCommand.command,
        ExportCommand.command,
        ImportCommand.command,
        JudgeCommand.command,
        DoctorCommand.command,
        GatewayCommand.command,
        SimulateCommand.command,
        CorrelateCommand.command,
        StatsCommand.command,
        MetricsCommand.command,
        ScoreCommand.command,
        RulesCommand.command,
        SchemaCommand.command,
    ]

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        // A limit on file sizes is an error to be told, as a full disk is.
        signal(SIGXFSZ, SIG_IGN)
        // Columns of a hundred thousand scores go back to the system at once: by itself the C library learns from
        // the first large one to keep them, and a run's peak grows by a fifth.
        _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
        let words = Array(CommandLine.arguments.dropFirst())
        let console = Console()
        var status = await run(words, console)
        if let problem = console.problem {
            console.error("sluice: the results cannot be written: \(problem)")
            if status == 0 { status = ExitStatus.couldNotMeasure }
        }
        exit(status)
    }

    static func run(_ words: [String], _ console: Console) async -> Int32 {
        guard let first = words.first else {
            console.error(Help.overview(commands, columns: console.width))
            return ExitStatus.usage
        }
        switch first {
        case "--version", "-V":
            console.out("sluice \(version)\n")
            return 0
        case "--help", "-h", "help":
            guard let name = words.dropFirst().first else {
                console.out(Help.overview(commands, columns: console.width))
                return 0
            }
            guard let command = commands.first(where: { $0.name == name }) else {
                return unknown(name, console)
            }
            let named = words.dropFirst(2).first
            if let named, let inner = command.subcommands.first(where: { $0.word == named }) {
                console.out(help(inner, topics: words.dropFirst(3), console.width))
                return 0
            }
            console.out(help(command, topics: words.dropFirst(2), console.width))
            return 0
        default: break
        }
        guard let command = commands.first(where: { $0.name == first }) else {
            return unknown(first, console)
        }
        return await run(command, Array(words.dropFirst()), console)
    }

    private static func run(_ command: Command, _ rest: [String], _ console: Console) async -> Int32 {
        if !command.subcommands.isEmpty, let word = rest.first, !word.hasPrefix("-") {
            if let inner = command.subcommands.first(where: { $0.word == word }) {
                return await run(inner, Array(rest.dropFirst()), console)
            }
            let words = command.subcommands.map(\.word)
            let hint = nearest(word, in: words).map { "did you mean '\($0)'?" }
            console.error(
                "sluice \(command.name): unknown action '\(printable(word))'; "
                    + (hint ?? "there are " + words.joined(separator: ", ")))
            return ExitStatus.usage
        }
        if rest.contains("--help") || rest.contains("-h") {
            console.out(help(command, topics: rest[...], console.width))
            return 0
        }
        if !command.subcommands.isEmpty {
            let words = command.subcommands.map(\.word).joined(separator: ", ")
            console.error(
                "sluice \(command.name): say what to do: \(words)\nsee 'sluice \(command.name) --help'")
            return ExitStatus.usage
        }
        do throws(Arguments.Problem) {
            let arguments = try Arguments(rest, flags: command.flags, positionals: command.positionals)
            return await command.run(arguments, console)
        } catch {
            let hint = error.hint.map { "; " + $0 } ?? ""
            console.error(
                "sluice \(command.name): \(printable(error.message))\(hint)\nsee 'sluice \(command.name) --help'"
            )
            return ExitStatus.usage
        }
    }

    /// A command's help, or that of the topic which was named with it.
    private static func help(_ command: Command, topics: ArraySlice<String>, _ columns: Int) -> String {
        if let topic = command.topic, let name = topics.first(where: { !$0.hasPrefix("-") }),
            let text = topic(name, columns)
        {
            return text
        }
        return Help.text(of: command, columns: columns)
    }

    private static func unknown(_ name: String, _ console: Console) -> Int32 {
        let near = nearest(name, in: commands.map(\.name))
        let hint = near.map { "did you mean '\($0)'?" } ?? "see 'sluice --help'"
        console.error("sluice: unknown command '\(printable(name))'; \(hint)")
        return ExitStatus.usage
    }

    /// Text that came from outside, safe to show on a terminal.
    static func printable(_ text: String) -> String {
        // A line end would forge lines of our own; all else that is hidden is shown as what it is.
        text.unicodeScalars.map {
            $0.value < 0x20 || VisibleText.isHidden($0) ? VisibleText.escape($0) : String($0)
        }.joined()
    }
}
