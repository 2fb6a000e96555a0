import Domain
import Gateway
import Glibc
import HTTPServer
import Policy
import Rollout
import Storage
import Traffic

/// `sluice gateway`: the data plane before production and a candidate.
enum GatewayCommand {
    static let command = Command(
        name: "gateway",
        summary: "passes live traffic on, sends a share of it to a candidate, and shuts by itself",
        usage: [
            "--production URL [--candidate URL] [options]", "--plan FILE [options]", "--from URL [options]",
        ],
        flags: [
            Flag(name: "production", value: "URL", summary: "where production listens"),
            Flag(name: "candidate", value: "URL", summary: "where the candidate listens"),
            Flag(name: "share", value: "SHARE", summary: "the candidate's part of the users; 0% if left out"),
            Flag(
                name: "by", value: "SOURCE", repeats: true,
                summary:
                    "what names a user: 'header NAME', 'cookie NAME', 'json /POINTER' or 'client'; the first that a "
                    + "request has; client if left out"),
            Flag(name: "mirror", value: "SHARE", summary: "copy so much of GET and POST to the candidate"),
            Flag(name: "noise-floor", summary: "copy the same to production a second time"),
            Flag(
                name: "fallback", value: "WHEN",
                summary: "production answers for the candidate: never, failures or errors (the default here)"),
            Flag(
                name: "announce", value: "HEADER",
                summary: "the response header that says which arm answered; X-Sluice-Arm if left out"),
            Flag(
                name: "plan", value: "FILE", summary: "a plan (docs/gateway.md); read again when it changes"),
            Flag(
                name: "from", value: "URL",
                summary: "ask a control plane for plans; bearer in SLUICE_CONTROL_TOKEN"),
            Flag(
                name: "from-authorities", value: "FILE", summary: "PEM file that the control plane is held to"
            ),
            Flag(
                name: "listen", value: "ADDRESS", summary: "host:port for clients; 127.0.0.1:8400 if left out"
            ),
            Flag(
                name: "admin", value: "ADDRESS",
                summary: "host:port for health and metrics, or 'none'; 127.0.0.1:8401 if left out"),
            Flag(name: "loops", value: "N", summary: "threads that serve; as many as processors, 4 at most"),
            Flag(name: "certificate", value: "FILE", summary: "PEM file: clients speak TLS; needs --key"),
            Flag(name: "key", value: "FILE", summary: "PEM file with the certificate's key"),
            Flag(
                name: "state", value: "FOLDER",
                summary: "last good plan and blown fuse; .sluice/gateway if left out"),
            Flag(
                name: "capture", value: "FOLDER",
                summary: "spool exchanges there, redacted, and accept feedback"),
            Flag(
                name: "capture-share", value: "SHARE",
                summary: "of the users; failures are always kept; 100% if left out"),
            Flag(
                name: "evidence", value: "FOLDER",
                summary: "ship what was captured there, packed, and make room in the spool"),
            Flag(
                name: "statistics", value: "FILE",
                summary: "a JSON line of counts a second, by stage, arm and slice"),
            Flag(
                name: "access-log", value: "FILE", summary: "a JSON line a request; '-' for standard output"),
            Flag(
                name: "access-share", value: "SHARE",
                summary: "of the requests that went well; 100% if left out"),
            Flag(name: "grace", value: "TIME", summary: "what is under way may take so long at the end; 10s"),
            Flag(name: "check", summary: "read plan and variables, say what would hold, and end"),
            Flag(
                name: "sign", value: "ARM", summary: "print a tester's override header for the plan, and end"),
            Flag(name: "for", value: "TIME", summary: "how long the signature holds; 1h if left out"),
        ],
        statuses: [
            Command.Status(code: 0, meaning: "ended by SIGTERM or Ctrl-C, what was under way answered"),
            Command.Status(
                code: ExitStatus.couldNotMeasure, meaning: "could not listen, or the state cannot be kept"),
        ] + ExitStatus.failures,
        details: """
            Requests go to production, and of the users whom the plan takes to the candidate; whoever was taken at 1 % \
            stays at 10 %. Nothing that happens to the candidate, to copies or to the disk delays or fails production's \
            answers. A candidate beyond a hard limit is shut out within a quarter of a second, until a plan with another \
            number.

            A plan that changes on disk, or SIGHUP, is applied at once and without losing a request; a bad one is refused, \
            and the old one stays. Upgrades (WebSocket) go to production alone.
            """,
        examples: [
            "sluice gateway --production http://127.0.0.1:8101 --candidate http://127.0.0.1:8102 --share 1% "
                + "--by 'header X-User-ID'",
            "sluice gateway --plan plan.yaml --listen 0.0.0.0:8080",
            "sluice gateway --plan plan.yaml --check",
        ],
        run: run)

    /// Why the gateway cannot run; shown to the user.
    struct Refusal: Error {
        let status: Int32
        let message: String
    }

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let setup = try GatewaySetup(arguments)
            if arguments.has("sign") { return try setup.sign(arguments, console) }
            if arguments.has("check") { return try setup.check(console) }
            return try await serve(setup, console)
        } catch let refusal as Refusal {
            console.error("sluice gateway: \(Sluice.printable(refusal.message))")
            return refusal.status
        } catch let shown as PolicyFile.Shown {
            return shown.status
        } catch let problem as Arguments.Problem {
            console.error("sluice gateway: \(problem.message)\(problem.hint.map { "; \($0)" } ?? "")")
            return ExitStatus.usage
        } catch {
            console.error("sluice gateway: \(error)")
            return ExitStatus.internalError
        }
    }

    private static func serve(_ setup: GatewaySetup, _ console: Console) async throws -> Int32 {
        DescriptorLimit.raise()
        let plan = try setup.plan(console)
        let doors = setup.doors(console)
        let log = try setup.accessLog()
        let capture = try setup.capture(doors)
        if setup.keepsNothing(of: plan) {
            doors.say("the plan has a 'capture', but no --capture FOLDER is given: nothing is kept")
        }
        let carrier = try setup.carrier(doors)
        let gateway: Gateway
        let ports: (port: Int, adminPort: Int?)
        do {
            gateway = try Gateway(
                try setup.settings(), plan: plan, source: setup.source(), doors: doors, log: log,
                recorder: capture)
            try setup.start(capture)
            try setup.start(carrier)
            ports = try gateway.start()
        } catch let problem as Gateway.Problem {
            throw Refusal(status: ExitStatus.couldNotMeasure, message: problem.description)
        }
        let scheme = setup.isSecure ? "https" : "http"
        console.out("listening on \(scheme)://\(setup.listenHost):\(ports.port)\n")
        if let port = ports.adminPort, let host = setup.adminHost {
            console.out("health and metrics on http://\(host):\(port)\n")
        }
        await GatewaySignals.wait { gateway.reload() }
        doors.say("ending: no new connections, what is under way is answered")
        await gateway.stop()
        capture.recorder.close()
        carrier?.close()
        return 0
    }
}
