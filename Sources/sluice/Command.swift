/// One option of a command: its definition yields parsing, help and did-you-mean.
struct Flag: Sendable {
    /// Without the dashes: `change`.
    let name: String
    /// A single letter, where it has one.
    var short: Character? = nil
    /// What its value is called in the help; nil: a switch.
    var value: String? = nil
    /// Whether it may be given more than once.
    var repeats = false
    let summary: String
}

/// One command of the command line.
struct Command: Sendable {
    let name: String
    /// One sentence, as the list of commands shows it.
    let summary: String
    /// What stands behind the name, a form each: `RUN [options]`.
    let usage: [String]
    let flags: [Flag]
    /// Numbers of positional arguments that it takes.
    var positionals: ClosedRange<Int> = 0...0
    let statuses: [Status]
    /// Paragraphs under the usage, and examples.
    var details = ""
    var examples: [String] = []
    /// The help of what the command does for one of its positionals, where each has its own.
    var topic: (@Sendable (String, Int) -> String?)? = nil
    /// Commands of their own behind this one's name, `dataset lint`: theirs are the flags, and this one's `run` is
    /// never called.
    var subcommands: [Command] = []
    let run: @Sendable (Arguments, Console) async -> Int32

    /// The last word of the name: what a user types behind the command that this one belongs to.
    var word: String { name.split(separator: " ").last.map(String.init) ?? name }

    /// A command that does nothing but hold others.
    static func group(_ name: String, summary: String, details: String, _ subcommands: [Command]) -> Command {
        Command(
            name: name, summary: summary, usage: subcommands.map { $0.word + " " + ($0.usage.first ?? "") },
            flags: [], statuses: [ExitStatus.ok] + ExitStatus.failures, details: details,
            subcommands: subcommands, run: { _, _ in ExitStatus.internalError })
    }

    struct Status: Sendable {
        let code: Int32
        let meaning: String
    }
}

/// Exit statuses that mean the same everywhere.
enum ExitStatus {
    static let ship: Int32 = 0
    static let block: Int32 = 1
    static let cannotTell: Int32 = 2
    static let couldNotMeasure: Int32 = 3
    static let usage: Int32 = 64
    static let badInput: Int32 = 65
    static let internalError: Int32 = 70
    static let stopped: Int32 = 130

    static let ok = Command.Status(code: 0, meaning: "done")
    static let failures: [Command.Status] = [
        Command.Status(code: usage, meaning: "the command line is not understood"),
        Command.Status(
            code: badInput, meaning: "policy, data set or another input is bad, or not available yet"),
        Command.Status(code: internalError, meaning: "a defect of Sluice itself"),
    ]
    static let storeTrouble = Command.Status(
        code: couldNotMeasure, meaning: "the store cannot be read or written")
    static let verdicts: [Command.Status] = [
        Command.Status(code: ship, meaning: "SHIP (reservations are listed)"),
        Command.Status(code: block, meaning: "BLOCK"),
        Command.Status(code: cannotTell, meaning: "CANNOT TELL: undecided, or too much unmeasured"),
        Command.Status(
            code: couldNotMeasure, meaning: "no verdict could be formed: app, judge or store unreachable"),
        Command.Status(code: stopped, meaning: "stopped by Ctrl-C; the message says how to resume"),
    ]
}
