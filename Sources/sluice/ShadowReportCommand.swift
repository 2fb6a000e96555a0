/// `sluice shadow report`: what a gateway captured of both arms.
enum ShadowReportCommand {
    static let command = Command(
        name: "shadow report",
        summary: "report on captured exchanges: what differs, what is beyond chance, a verdict",
        usage: ["CAPTURED... [options]"], flags: ShadowCommand.flags, positionals: 1...64,
        statuses: ShadowCommand.statuses + ExitStatus.failures,
        details: """
            CAPTURED is a gateway's spool, a folder of exchanges, a file of them (JSON Lines, packed with zstd or not), or -
            for stdin.

            Without a policy the report says what changed and judges nothing; the parts of answers are found as 'init'
            finds them. With one (sluice.yaml, or --policy) its gates judge the same answers as 'eval' would; gates that
            want expectations are left to the golden set. The unit is the sticky key, never the request. What production
            itself varies in is known where the gateway asked it twice (a third arm): only then can a difference without
            direction be told from noise.
            """,
        examples: [
            "sluice shadow report spool/ --html shadow.html",
            "sluice shadow report exchanges.jsonl --policy sluice.yaml --markdown comment.md",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let session = try ShadowSession(arguments, console)
            if let refused = session.refused { return refused }
            try ShadowInput.each(arguments.positionals, console, unread: { session.addUnread() }) {
                try session.add($0)
            }
            return try await session.finish(sources: arguments.positionals)
        } catch {
            return EvalCommand.report(error, arguments, console, command: "shadow report")
        }
    }
}
