/// `sluice shadow`: two versions of the app over the same live requests; an action a file.
enum ShadowCommand {
    static let command = Command.group(
        "shadow",
        summary:
            "hold a candidate against production over the same live requests: what changed, and a verdict",
        details: """
            A gateway mirrors requests to the candidate and keeps what both answered; 'report' says what differs beyond
            chance, and judges it by the policy that 'eval' judges by. 'replay' makes the same report without a gateway:
            it sends recorded requests to both.
            """,
        [ShadowReportCommand.command, ShadowReplayCommand.command, ShadowExportCommand.command])

    /// What both say of the comparison.
    static let flags: [Flag] =
        [PolicyFile.flag] + PolicyDoor.flags + [
            Flag(
                name: "change", short: "c", value: "KIND", repeats: true,
                summary: "what changed, as for 'eval'"),
            Flag(name: "title", short: "t", value: "TEXT", summary: "words for what is compared"),
            Flag(
                name: "least", value: "N",
                summary: "keys with answers of both arms below which nothing is claimed (default: 20)"),
            Flag(name: "seed", value: "N", summary: "seed of every resampling (default: the policy's)"),
            Flag(name: "show", value: "N", summary: "pairs kept to be read, worst first (default: 40)"),
            Flag(name: "html", value: "FILE", summary: "write the report as one page"),
            Flag(name: "markdown", value: "FILE", summary: "write it as Markdown"),
            Flag(name: "json", summary: "print it as JSON on stdout"),
            Flag(name: "store", value: "FOLDER", summary: "where caches of models lie (default: .sluice)"),
        ]

    static let statuses: [Command.Status] = [
        Command.Status(code: ExitStatus.ship, meaning: "SHIP; or, without a policy, reported"),
        Command.Status(code: ExitStatus.block, meaning: "BLOCK"),
        Command.Status(
            code: ExitStatus.cannotTell,
            meaning: "CANNOT TELL: undecided, too few keys, or too many requests lost"),
        Command.Status(
            code: ExitStatus.couldNotMeasure, meaning: "an arm, a judge or a store could not be reached"),
        Command.Status(
            code: ExitStatus.stopped, meaning: "stopped by Ctrl-C; the message says how to resume"),
    ]
}
