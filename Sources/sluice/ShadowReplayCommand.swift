/// `sluice shadow replay`: recorded requests sent to both arms.
enum ShadowReplayCommand {
    static let command = Command(
        name: "shadow replay",
        summary: "send recorded requests to production and candidate, and report on the answers",
        usage: ["RECORDED... --only \"POST /path\" [options]"],
        flags: [
            Flag(
                name: "only", value: "ROUTE", repeats: true,
                summary:
                    "send requests of this method and path, such as \"POST /v1/*\"; nothing else is ever sent"
            ),
            Flag(
                name: "production", value: "URL",
                summary: "production's address (default: the policy's baseline)"),
            Flag(
                name: "candidate", value: "URL", summary: "the candidate's (default: the policy's candidate)"),
            Flag(
                name: "noise",
                summary: "ask production twice: how much it varies by itself is the noise floor"),
            Flag(
                name: "pace", value: "PACE",
                summary: "10/s, original, original×2, or free within --concurrency (default: free)"),
            Flag(name: "concurrency", value: "N", summary: "requests in flight at once (default: 4)"),
            Flag(name: "timeout", value: "TIME", summary: "for one answer (default: 30s)"),
            Flag(name: "limit", value: "N", summary: "send the first N of those that are allowed"),
            Flag(
                name: "key", value: "PART",
                summary:
                    "what a user is told by: header:NAME, cookie:NAME, body:/pointer (default: as recorded)"),
            Flag(
                name: "slice", value: "NAME=PART", repeats: true,
                summary: "a label of each request, from such a part"),
            Flag(
                name: "keep-header", value: "NAME", repeats: true,
                summary: "send this recorded header too; one that bears a credential is never sent"),
            Flag(
                name: "header", value: "NAME: VALUE", repeats: true,
                summary: "send this header to both; ${env:NAME} is looked up and stored nowhere"),
            Flag(name: "out", value: "FILE", summary: "where exchanges go (default: shadow-replay.jsonl)"),
            Flag(
                name: "resume", value: "FILE",
                summary: "go on with a replay that was stopped; nothing is sent twice"),
            Flag(
                name: "allow-empty",
                summary: "send requests of POST, PUT and PATCH that were recorded without a body"),
            Flag(name: "quiet", short: "q", summary: "no progress"),
        ] + ShadowCommand.flags, positionals: 1...64, statuses: ShadowCommand.statuses + ExitStatus.failures,
        details: """
            RECORDED is a gateway's spool or exchanges, a HAR file, a log of requests with their bodies (JSON Lines with
            method, path, body), or OTLP traces whose root spans say their input. Only scheme, host and port of the
            addresses are used where the recording has a path.

            Requests carry X-Sluice-Shadow, so that an app can refuse to act. Credentials are stripped: of recorded
            headers those that shape an answer are sent, and no other. Each exchange is on disk as it ends: a replay that
            is stopped says what was done, and --resume goes on.
            """,
        examples: [
            "sluice shadow replay spool/ --only \"POST /v1/answer\" --candidate http://127.0.0.1:8102 --noise",
            "sluice shadow replay site.har --only \"POST /v1/*\" --pace original×2 --html shadow.html",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let session = try ShadowSession(arguments, console)
            if let refused = session.refused { return refused }
            let replay = try ShadowReplay(arguments, console, session)
            return try await replay.run()
        } catch {
            return EvalCommand.report(error, arguments, console, command: "shadow replay")
        }
    }
}
